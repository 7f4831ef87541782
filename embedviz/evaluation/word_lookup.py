"""The words of a set in a space: which are in its vocabulary, and their unit vectors. Letters: W words, D dimensions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.evaluation.word_vector_scores import COMPOSED, KNOWN, UNKNOWN, Coverage
from embedviz.space import EmbeddingSpace
from embedviz.space.analogy import unit_vectors
from embedviz.space.letter_case import in_space_case
from embedviz.space.metrics import norms

MAX_EXAMPLES = 10  # of unknown words


@dataclass(frozen=True, eq=False)
class WordLookup:
    """The different words of a set, looked up in a space.

    Attributes
    ----------
    words : tuple of str
        W words as the set has them.
    rows : np.ndarray
        (W,) int64, the row of each in the space; -1 for one that is not in the vocabulary.
    units : np.ndarray
        (W, D) float32, their vectors at length 1; zero for a word without a vector.
    is_composed : np.ndarray
        (W,) bool, which vectors are composed from character n-grams.
    """

    words: tuple[str, ...]
    rows: np.ndarray
    units: np.ndarray
    is_composed: np.ndarray

    @cached_property
    def index_of(self) -> dict[str, int]:
        """The place of each word among `words`."""
        return {word: i for i, word in enumerate(self.words)}

    @property
    def is_known(self) -> np.ndarray:
        """Which words are in the vocabulary, (W,) bool."""
        return self.rows >= 0

    @property
    def has_vector(self) -> np.ndarray:
        """Which words have a vector, composed ones included, (W,) bool."""
        return self.is_known | self.is_composed

    def status(self, questions: np.ndarray) -> np.ndarray:
        """Return the status of questions, each a row of places of words: (Q, n) -> (Q,) of KNOWN, COMPOSED or UNKNOWN."""
        known, answerable = self.is_known[questions].all(axis=1), self.has_vector[questions].all(axis=1)
        return np.select([known, answerable], [KNOWN, COMPOSED], UNKNOWN).astype(object)

    def coverage(self, status: np.ndarray) -> Coverage:
        """Return the coverage, from the status of each question."""
        unknown = [self.words[i] for i in np.flatnonzero(~self.is_known)]
        return Coverage(
            asked=len(status),
            answered=int((status == KNOWN).sum()),
            composed=int((status == COMPOSED).sum()),
            unknown_words=len(unknown),
            examples=tuple(unknown[:MAX_EXAMPLES]),
        )


def look_up(space: EmbeddingSpace, words: Iterable[str], candidates: np.ndarray | None = None) -> WordLookup:
    """Look words up in a space, in lower case where it has them only so.

    Parameters
    ----------
    space : EmbeddingSpace
        The space. Its fastText subwords, where there are any, give vectors to unknown words.
    words : iterable of str
        Words, repeated ones once.
    candidates : np.ndarray, optional
        Rows of the words that count as the vocabulary; by default all.
    """
    different = tuple(dict.fromkeys(words))
    rows = np.full(len(different), -1, np.int64)
    units = np.zeros((len(different), space.dim), np.float32)
    is_composed = np.zeros(len(different), bool)
    for i, word in enumerate(different):
        label = in_space_case(space, word)
        if label in space:
            rows[i] = space.index(label)
        elif (composed := space.compose(label)) is not None:
            units[i], is_composed[i] = composed, True
    if candidates is not None:
        rows[~np.isin(rows, candidates)] = -1
    known = rows >= 0
    units[known] = space.vectors[rows[known]]
    return WordLookup(different, rows, unit_vectors(units, norms(units)), is_composed)
