"""A corpus for word vectors: tokens split by unit and encoded with the training part's vocabulary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import DataError
from embedviz.data.splits import PART_NAMES, TRAIN, Fold, Split, SplitMethod, draw_split
from embedviz.text.tokens import END, Tokens, count_ids
from embedviz.text.vocabulary import Vocabulary

MAX_UNIT_TOKENS = 1000  # a longer unit is cut into blocks, so that a one-line corpus splits too
MIN_UNITS = 20  # a text of fewer is cut into smaller blocks, so that every part gets some of it
MIN_BLOCK_TOKENS = 5
MIN_TOKENS = 20  # below, no part can be held out
_UNKNOWN = -2


@dataclass(frozen=True, eq=False)
class Corpus:
    """Units of text in three parts.

    Parameters
    ----------
    vocabulary : Vocabulary
        Of the training part.
    train, validation, test : (T,) int32 arrays
        Each word by its place in the vocabulary, END after each unit; unknown words are left out.
    split : Split
        The units of each part, by number; the blocks of a long one are units of their own.
    n_tokens : int
        Words of all three parts before the vocabulary was applied.
    """

    vocabulary: Vocabulary
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    split: Split
    n_tokens: int


def build_corpus(
    tokens: Tokens,
    *,
    min_count: int = 5,
    max_vocabulary: int | None = 200_000,
    validation_share: float = 0.05,
    test_share: float = 0.05,
    seed: int = 0,
    fold: Fold | None = None,
) -> Corpus:
    """Split tokenised texts by unit and encode them.

    The part of a unit is drawn before anything is counted.

    Raises
    ------
    DataError
        If the vocabulary would have fewer than two words, or a part that has a share would stay empty.
    """
    n_tokens = tokens.n_tokens
    if len(tokens.labels) < 2:
        Vocabulary.from_counter(dict.fromkeys(tokens.labels, n_tokens))  # raises: no word, or only one
    if n_tokens < MIN_TOKENS:
        raise DataError(f"This text has {n_tokens} words. Vectors need at least {MIN_TOKENS}, and better thousands.")
    ids = _in_blocks(tokens.ids, MAX_UNIT_TOKENS)
    ends = np.flatnonzero(ids == END)
    if len(ends) < MIN_UNITS:
        ids = _in_blocks(ids, max(MIN_BLOCK_TOKENS, n_tokens // MIN_UNITS))
        ends = np.flatnonzero(ids == END)
    split = draw_split(len(ends), validation_share, test_share, seed, fold=fold, method=SplitMethod.BY_UNIT)
    part_of_token = np.repeat(split.parts, np.diff(ends, prepend=-1))
    vocabulary, places = _vocabulary(tokens.labels, ids[part_of_token == TRAIN], min_count, max_vocabulary)
    parts = [_encode(ids[part_of_token == code], places) for code in range(len(PART_NAMES))]
    for encoded, name, share in zip(parts[1:], PART_NAMES[1:], (validation_share, test_share), strict=True):
        if share and (encoded != END).sum() < 2:
            raise DataError(
                f"There is too little text: its {name} set, {share:.0%}, would hold fewer than two words of the "
                f"vocabulary. Bring more text, or lower the minimum count."
            )
    return Corpus(vocabulary, *parts, split=split, n_tokens=n_tokens)


def _in_blocks(ids: np.ndarray, size: int) -> np.ndarray:
    """The same words with units of at most `size` of them, END after each; empty units are left out."""
    lengths = np.diff(np.flatnonzero(ids == END), prepend=-1) - 1
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


def _vocabulary(
    labels: list[str], training: np.ndarray, min_count: int, max_vocabulary: int | None
) -> tuple[Vocabulary, np.ndarray]:
    """The training part's vocabulary, and (len(labels) + 1,) int32: entry [i] is the place of labels[i] in it, _UNKNOWN
    where it has none; the last entry, which END finds, is END."""
    counts = count_ids(training, len(labels))
    ids = {labels[i]: i for i in np.flatnonzero(counts)}
    counter = {label: int(counts[i]) for label, i in ids.items()}
    vocabulary = Vocabulary.from_counter(counter, min_count, max_vocabulary)
    places = np.full(len(labels) + 1, _UNKNOWN, np.int32)
    places[[ids[label] for label in vocabulary.labels]] = np.arange(len(vocabulary), dtype=np.int32)
    places[-1] = END
    return vocabulary, places


def _encode(ids: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The ids as places in the vocabulary, unknown words left out: (T,) int32."""
    encoded = places[ids]
    return encoded[encoded != _UNKNOWN]
