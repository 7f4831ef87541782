"""Units of a text in a random order, also of a text that does not fit in memory.

A large text is shuffled in two sequential passes: each unit goes to a random bucket, then each bucket, which fits in memory,
is shuffled by itself. Every order is equally likely, as in a shuffle at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from embedviz.text import id_array
from embedviz.text.id_array import empty_ids, folder_of, release

BUCKET = 1 << 20  # tokens on average


def shuffled_units(tokens: np.ndarray, seed: int, n_tokens: int | None = None) -> np.ndarray:
    """Return tokens (T,) int32, -1 after each unit, with the units in an order drawn from the seed.

    Parameters
    ----------
    tokens : (T,) int32 array
    seed : int
    n_tokens : int, optional
        Return only the beginning, of so many tokens or a few more to the end of a unit.

    Returns
    -------
    (T,) int32 array
        In memory; of a large array that is mapped from a file, mapped from the same folder.
    """
    n_tokens = len(tokens) if n_tokens is None else n_tokens
    folder = folder_of(tokens)
    if folder is None or tokens.nbytes <= id_array.IN_MEMORY_BYTES:
        return _shuffled(tokens, np.random.default_rng(seed), n_tokens)
    return _shuffled_on_disk(tokens, seed, n_tokens, folder)


def _shuffled(tokens: np.ndarray, rng: np.random.Generator, n_tokens: int) -> np.ndarray:
    ends = np.flatnonzero(tokens < 0) + 1
    starts = np.r_[0, ends[:-1]]
    order = rng.permutation(len(ends))
    order = order[: np.searchsorted(np.cumsum((ends - starts)[order]), n_tokens) + 1]
    return _gathered(tokens, starts, ends - starts, order)


def _shuffled_on_disk(tokens: np.ndarray, seed: int, n_tokens: int, folder: Path) -> np.ndarray:
    n_buckets = -(-len(tokens) // BUCKET)
    sizes = np.zeros(n_buckets, np.int64)  # tokens of each bucket
    for _, lengths, buckets in _units(tokens, seed, n_buckets):
        sizes += np.bincount(buckets, lengths, n_buckets).astype(np.int64)
        release(tokens)
    n_needed = int(np.searchsorted(np.cumsum(sizes), n_tokens)) + 1
    sizes = sizes[:n_needed]
    ends = np.cumsum(sizes)
    places = ends - sizes
    shuffled = empty_ids(int(ends[-1]), folder)
    for part, lengths, buckets in _units(tokens, seed, n_buckets):
        order = np.argsort(buckets, kind="stable")
        order = order[: np.searchsorted(buckets[order], n_needed)]
        grouped = _gathered(part, np.cumsum(lengths) - lengths, lengths, order)
        sizes_here = np.bincount(buckets[order], lengths[order], n_needed).astype(np.int64)
        done = 0
        for bucket in np.flatnonzero(sizes_here):
            n = sizes_here[bucket]
            shuffled[places[bucket] : places[bucket] + n] = grouped[done : done + n]
            places[bucket] += n
            done += n
        release(tokens)
        release(shuffled)
    for bucket, (end, size) in enumerate(zip(ends.tolist(), sizes.tolist(), strict=True)):
        if size:
            rng = np.random.default_rng([seed, 1 + bucket])
            shuffled[end - size : end] = _shuffled(np.array(shuffled[end - size : end]), rng, size)
        release(shuffled)
    return shuffled


def _units(tokens: np.ndarray, seed: int, n_buckets: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield the text in parts of whole units, (T,) int32, with the length and a random bucket of each: (N,) int64 both.

    The same seed draws the same buckets.
    """
    rng = np.random.default_rng([seed, 0])
    start, size = 0, id_array.BLOCK
    while start < len(tokens):
        ends = np.flatnonzero(tokens[start : start + size] < 0) + 1
        if not len(ends):
            size *= 2  # a unit longer than a block
            continue
        part = tokens[start : start + ends[-1]]
        yield part, np.diff(ends, prepend=0), rng.integers(n_buckets, size=len(ends))
        start, size = start + len(part), id_array.BLOCK


def _gathered(tokens: np.ndarray, starts: np.ndarray, lengths: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The units of tokens (T,), by the start and the length (N,) of each, in this order (N,)."""
    ends = np.cumsum(lengths[order])
    gathered = np.empty(ends[-1] if len(ends) else 0, tokens.dtype)
    done = 0
    while done < len(order):  # block by block, for the places take more memory than the tokens
        begun = ends[done - 1] if done else 0
        after = max(done + 1, int(np.searchsorted(ends, begun + id_array.BLOCK, "right")))
        units = order[done:after]
        places = ends[done:after] - lengths[units]
        gathered[begun : ends[after - 1]] = tokens[
            np.repeat(starts[units] - places, lengths[units]) + np.arange(begun, ends[after - 1])
        ]
        done = after
    return gathered
