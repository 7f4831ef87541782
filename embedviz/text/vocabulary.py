"""Vocabulary: the words that get a vector, the most frequent first, with their counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.core.errors import DataError


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words and their counts.

    Parameters
    ----------
    labels : list of str
        The words (V), the most frequent first.
    counts : (V,) int64 array
        Occurrences of each word.

    Examples
    --------
    >>> vocabulary = Vocabulary.from_counter({"cat": 2, "the": 7, "sat": 1}, min_count=2)
    >>> vocabulary.labels
    ['the', 'cat']
    >>> vocabulary.encode(["the", "cat", "sat"])
    array([0, 1], dtype=int32)
    """

    labels: list[str]
    counts: np.ndarray

    @classmethod
    def from_counter(cls, counter: Mapping[str, int], min_count: int = 1, max_size: int | None = None) -> Vocabulary:
        """Build a vocabulary; ties are in alphabetical order.

        Parameters
        ----------
        counter : mapping of str to int
            Occurrences of each word.
        min_count : int
            Leave out words that occur less often.
        max_size : int, optional
            Keep at most so many words.

        Raises
        ------
        DataError
            If fewer than two words are left: there is nothing to learn from.
        """
        kept = [(word, n) for word, n in counter.items() if n >= min_count]
        if len(kept) < 2:
            raise DataError(_why_too_few(counter, len(kept), min_count))
        kept.sort(key=lambda pair: (-pair[1], pair[0]))
        kept = kept[:max_size]
        if len(kept) < 2:
            raise DataError(f"A vocabulary of {len(kept)} has nothing to learn from. Allow two words or more.")
        return cls([word for word, _ in kept], np.array([n for _, n in kept], np.int64))

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label: object) -> bool:
        return label in self._index

    @cached_property
    def _index(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels)}

    def index(self, label: str) -> int:
        """Return the word's place; KeyError if it is not in the vocabulary."""
        return self._index[label]

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """Return the places of the words, unknown ones left out: (T,) int32."""
        index = self._index
        return np.array([index[token] for token in tokens if token in index], np.int32)


def _why_too_few(counter: Mapping[str, int], kept: int, min_count: int) -> str:
    if not counter:
        return "The text holds no words. Is it the right column, and the right way of splitting words?"
    if len(counter) == 1:
        word = next(iter(counter))
        return f"The text is one word, {word[:40]!r}, over and over. Vectors need words beside other words."
    highest, second = sorted(counter.values(), reverse=True)[:2]
    return (
        f"{'Only one word is' if kept else 'No word is'} seen {min_count:,} times or more in the training set: "
        f"the most frequent of its {len(counter):,} words is seen {_times(highest)}. "
        f"Set the minimum count to {second:,} or less, or bring more text."
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")
