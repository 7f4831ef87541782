"""Units of a tokenised text: its texts, the long ones cut into blocks, read a part at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from embedviz.text.id_array import BLOCK, release
from embedviz.text.word_table import END


def units_of(ids: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """Yield the words (T,) int32 in parts of whole units of at most `size` words, as `in_blocks` has them."""
    start = 0
    while start < len(ids):
        part = ids[start : start + BLOCK]
        ends = np.flatnonzero(part == END)
        if len(ends):
            part = part[: ends[-1] + 1]
            start += len(part)
        else:  # inside a unit, which is cut where `in_blocks` would
            part = np.append(part[: BLOCK // size * size], np.int32(END))
            start += len(part) - 1
        yield in_blocks(part, size)
        release(ids)


def in_blocks(ids: np.ndarray, size: int) -> np.ndarray:
    """Return the same words with units of at most `size` of them, END after each; empty units are left out."""
    lengths = unit_lengths(ids)
    if not len(lengths) or (lengths.min() > 0 and lengths.max() <= size):
        return ids
    n_blocks = -(-lengths // size)
    last = np.cumsum(n_blocks)[n_blocks > 0] - 1
    block_lengths = np.full(n_blocks.sum(), size)
    block_lengths[last] = (lengths - (n_blocks - 1) * size)[n_blocks > 0]
    blocks = np.empty(block_lengths.sum() + len(block_lengths), np.int32)
    is_end = np.zeros(len(blocks), bool)
    is_end[np.cumsum(block_lengths + 1) - 1] = True
    blocks[is_end] = END
    blocks[~is_end] = ids[ids != END]
    return blocks


def unit_lengths(ids: np.ndarray) -> np.ndarray:
    """Return how many words each unit has: (T,) -> (n,) int64."""
    return np.diff(np.flatnonzero(ids == END), prepend=-1) - 1
