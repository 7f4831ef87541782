"""Texts as numbered words, and batches of texts of about one length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from embedviz.models.sentiment.vocabulary import PADDING

LENGTH_JITTER = 4.0  # words: texts whose lengths differ by less may swap, so that batches differ between epochs


@dataclass(frozen=True, eq=False)
class CodedTexts:
    """Texts as the numbers of their words.

    Attributes
    ----------
    words
        (T,) int32, the texts behind one another.
    lengths
        (N,) int64, at least 1 each.
    """

    words: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, coded: Iterable[np.ndarray]) -> Self:
        """Return the texts of an array of numbers each."""
        arrays = list(coded)
        return cls(np.concatenate([np.empty(0, np.int32), *arrays]), np.array([len(text) for text in arrays], np.int64))

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def starts(self) -> np.ndarray:
        """(N,) int64: where each text begins in `words`."""
        return np.cumsum(self.lengths) - self.lengths

    def text(self, i: int) -> np.ndarray:
        """Return the numbers of text i: (L,) int32."""
        return self.words[self.starts[i] : self.starts[i] + self.lengths[i]]

    def recoded(self, numbers: np.ndarray) -> CodedTexts:
        """Return the same texts with numbers[w] in place of each number w."""
        return CodedTexts(numbers[self.words], self.lengths)

    def counts(self, rows: np.ndarray | slice, n_words: int) -> np.ndarray:
        """Return how often each number occurs in some of the texts: (n_words,) int64."""
        return np.bincount(self.words[self._is_in(rows)], minlength=n_words)

    def distinct(self, rows: np.ndarray | slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        """Return text and number, (P,) each, of every different word of each of some texts."""
        is_in, size = self._is_in(rows), int(self.words.max(initial=0)) + 1
        text = np.repeat(np.arange(len(self)), self.lengths)[is_in]
        text, word = np.divmod(np.unique(text * size + self.words[is_in]), size)
        return text, word

    def padded(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the words of texts, (B, L) int64, padded behind, and their lengths, (B,) int64."""
        lengths = self.lengths[rows]
        offset = np.arange(lengths.max())
        is_word = offset < lengths[:, None]  # (B, L)
        places = np.where(is_word, self.starts[rows][:, None] + offset, 0)
        return np.where(is_word, self.words[places], PADDING).astype(np.int64), lengths

    def shuffled_batches(self, rows: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Return the rows in batches of texts of about one length, in random order."""
        batches = _cut(rows[np.argsort(self.lengths[rows] + LENGTH_JITTER * rng.random(len(rows)))], size)
        return [batches[i] for i in rng.permutation(len(batches))]

    def batches_by_length(self, rows: np.ndarray, size: int) -> list[np.ndarray]:
        """Return places in `rows` in batches, short texts first."""
        return _cut(np.argsort(self.lengths[rows], kind="stable"), size)

    def _is_in(self, rows: np.ndarray | slice) -> np.ndarray:
        """(T,) bool: whether a word is of one of the texts `rows`."""
        is_chosen = np.zeros(len(self), bool)
        is_chosen[rows] = True
        return np.repeat(is_chosen, self.lengths)


def _cut(order: np.ndarray, size: int) -> list[np.ndarray]:
    return [order[start : start + size] for start in range(0, len(order), size)]
