"""The words that a sentiment network knows: those of the training set, and further ones that have a pretrained vector.

Numbers: 0 is padding, 1 the unknown word, then the V words of the training set, then the R further ones, whose vectors
stay as they are. A word without a pretrained vector has NaN for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.core.errors import DataError
from embedviz.formats.character_ngrams import composed, holds_character_ngrams
from embedviz.space import EmbeddingSpace

PADDING, UNKNOWN, FIRST = 0, 1, 2
MAX_VOCABULARY = 200_000  # words of the training set, the most frequent first


@dataclass(frozen=True, eq=False)
class SentimentVocabulary:
    """The words that have a number.

    Attributes
    ----------
    labels
        (V) words of the training set, the most frequent first.
    further
        (R) words that are known by their pretrained vector alone.
    """

    labels: list[str]
    further: list[str]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: i for i, label in enumerate([*self.labels, *self.further], FIRST)}

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def encode(self, words: Sequence[str]) -> np.ndarray:
        """Return the words' numbers, (L,) int32; UNKNOWN stands for an unknown word."""
        return np.array([self._numbers.get(word, UNKNOWN) for word in words], np.int32)


def choose_words(
    words: Sequence[str], counts: np.ndarray, pretrained: np.ndarray | None, min_count: int | None
) -> np.ndarray:
    """Choose the words of the training set that get a number, the most frequent first.

    Parameters
    ----------
    words
        (U) distinct words.
    counts
        (U,) how often each occurs in the training set.
    pretrained
        (U, D) vectors; a word that has one is kept however rare it is.
    min_count
        Occurrences that a word without a vector needs; rarer ones train the vector of the unknown word. With None it is
        never kept.

    Returns
    -------
    numpy.ndarray
        (V,) int64 places in `words`.

    Raises
    ------
    DataError
        When no word is left.
    """
    is_kept = np.zeros(len(words), bool) if min_count is None else counts >= min_count
    if pretrained is not None:
        is_kept |= has_vector(pretrained)
    kept = np.flatnonzero(is_kept & (counts > 0))
    if not len(kept) and min_count is None:
        raise DataError(
            "The vectors contain none of the words of the training set, and a model cannot learn from unknown words "
            "alone. Choose other vectors, or let the word vectors learn."
        )
    if not len(kept):
        raise DataError(
            f"No word occurs {min_count} times or more in the training set, and none has a pretrained vector. Set the "
            f"minimum count to 1, or bring more text."
        )
    return np.array(sorted(kept.tolist(), key=lambda i: (-counts[i], words[i]))[:MAX_VOCABULARY])


def has_vector(pretrained: np.ndarray) -> np.ndarray:
    """Return which words have a vector: (U, D) -> (U,) bool."""
    return ~np.isnan(pretrained[:, 0])


def coverage(counts: np.ndarray, pretrained: np.ndarray) -> tuple[float, float]:
    """Return the shares of the words, and of the distinct words, that have a vector.

    Parameters
    ----------
    counts
        (U,) how often each distinct word occurs.
    pretrained
        (U, D) their vectors.
    """
    known = counts[has_vector(pretrained)]
    return float(known.sum() / counts.sum()), float((known > 0).sum() / (counts > 0).sum())


def pretrained_vectors(space: EmbeddingSpace, words: Sequence[str], lowercase: bool) -> np.ndarray:
    """Return the vectors of words as they stand in the texts: (U) -> (U, D) float32.

    Where words were lower-cased, one that the space writes as Paris or NASA is found as that. Vectors of character n-grams
    are composed.
    """
    vectors = np.full((len(words), space.dim), np.nan, np.float32)
    if holds_character_ngrams(space):
        for i, word in enumerate(words):
            vector = composed(space, word)
            vectors[i] = np.nan if vector is None else vector
        return vectors
    places = np.array([_place(space, word, lowercase) for word in words])
    vectors[places >= 0] = space.vectors[places[places >= 0]]
    return vectors


def _place(space: EmbeddingSpace, word: str, lowercase: bool) -> int:
    spellings = (word, word.capitalize(), word.upper()) if lowercase else (word,)
    return next((space.index(spelling) for spelling in spellings if spelling in space), -1)


def further_vectors(
    space: EmbeddingSpace, vocabulary: Iterable[str], lowercase: bool, limit: int
) -> tuple[list[str], np.ndarray]:
    """Return the first `limit` words of a space that are not in the vocabulary, and their vectors: (R), (R, D) float16."""
    taken = set(vocabulary)
    found: dict[str, int] = {}
    for i, label in enumerate([] if holds_character_ngrams(space) else space.labels):
        if len(found) == limit:
            break
        word = label.lower() if lowercase else label
        if word not in taken:
            found.setdefault(word, i)
    vectors = np.asarray(space.vectors[np.fromiter(found.values(), np.int64)], np.float32)
    return list(found), np.clip(vectors, -6e4, 6e4).astype(np.float16)
