"""Coded texts in batches: sorted by length with some chance, cut into batches, padded to the longest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedviz.models.sentiment.vocabulary import PADDING

JITTER = 4.0  # words: texts whose lengths differ by less may change places, so that batches differ from epoch to epoch


@dataclass(frozen=True)
class CodedTexts:
    """words: (T,) int32, all texts behind one another; lengths (N,)."""

    words: np.ndarray
    lengths: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, coded: Sequence[np.ndarray]) -> CodedTexts:
        lengths = np.array([len(words) for words in coded], np.int64)
        return cls(np.concatenate(coded), lengths, np.cumsum(lengths) - lengths)

    def __len__(self) -> int:
        return len(self.lengths)

    def padded(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The rows' words (B, T) int64, padded behind, and their lengths (B,) int64."""
        lengths = self.lengths[rows]
        place = np.arange(lengths.max())
        real = place < lengths[:, None]
        at = np.where(real, self.starts[rows][:, None] + place, 0)
        return np.where(real, self.words[at], PADDING).astype(np.int64), lengths

    def shuffled_batches(self, rows: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
        """The rows in batches of texts of about one length, in a random order."""
        order = rows[np.argsort(self.lengths[rows] + JITTER * rng.random(len(rows)))]
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        return [batches[i] for i in rng.permutation(len(batches))]

    def batches_by_length(self, rows: np.ndarray, size: int) -> list[np.ndarray]:
        """Places in rows, the short texts first, in batches."""
        order = np.argsort(self.lengths[rows], kind="stable")
        return [order[start : start + size] for start in range(0, len(order), size)]
