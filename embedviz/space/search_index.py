"""SearchIndex: from fewer numbers a row, what its cosine with a query can be at most; most rows are out by that.

Vectors of length 1 are turned so that their first dimensions hold most of them (principal axes through zero), and only
the first are kept, beside the length of what is left out. With q = (q1, q2) and x = (x1, x2) turned likewise,

    cos(q, x) = q1 · x1 + q2 · x2 <= q1 · x1 + |q2| |x2|      (Cauchy and Schwarz)

which is one product of (N, C) with (C,). Who cannot reach the k-th best by this is out, so answers stay exact.

Letters: N vectors, D dimensions, C columns kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

FEWEST = 50_000  # vectors; the plain way is as fast for fewer
KEPT = 0.8  # of the squared length, on average, in the columns: fewer let too many rows through
WIDEST = 0.7  # columns a dimension; more save too little time for the room they take
COLUMNS = 16  # C is a multiple: a row then begins where the processor's registers like it
SAMPLE = 50_000  # rows from which the axes are found
BLOCK = 16_384  # rows turned at a time


@dataclass(frozen=True)
class SearchIndex:
    """turn (D, D) float32: its columns are the axes, the most important first. rows (N, C) float32: the first C - 1
    coordinates of each vector at length 1, then the length of the rest; a zero vector's row is zero."""

    turn: np.ndarray
    rows: np.ndarray

    @classmethod
    def build(cls, vectors: np.ndarray) -> SearchIndex | None:
        """The index of vectors (N, D), or None where it would not pay: few vectors, or none of the axes matters much
        more than others. 341,000 x 100 take about half a second and give 87 MB."""
        if len(vectors) < FEWEST:
            return None
        sample = _units(vectors[:: -(-len(vectors) // SAMPLE)])
        energy, axes = np.linalg.eigh(sample.T @ sample)
        energy, turn = energy[::-1], np.ascontiguousarray(axes[:, ::-1], np.float32)
        if not energy.sum() > 0:
            return None
        enough = int(np.searchsorted(np.cumsum(energy) / energy.sum(), KEPT)) + 2  # one column more for the rest
        columns = -(-enough // COLUMNS) * COLUMNS
        if columns > WIDEST * vectors.shape[1]:
            return None
        rows = np.empty((len(vectors), columns), np.float32)
        for start in range(0, len(vectors), BLOCK):
            rows[start : start + BLOCK] = _folded(_units(vectors[start : start + BLOCK]) @ turn, columns)
        return cls(turn, rows)

    def ceilings(self, query: np.ndarray) -> np.ndarray:
        """What the cosine of each vector with query (D,) is at most, but for rounding (exact_search.slack): (N,)."""
        query = np.asarray(query, np.float64)
        turned = (query / np.linalg.norm(query)) @ self._turn
        return np.asarray(self.rows) @ _folded(turned[None], self.rows.shape[1])[0]

    @cached_property
    def _turn(self) -> np.ndarray:
        return self.turn.astype(np.float64)


def _units(vectors: np.ndarray) -> np.ndarray:
    """Vectors of length 1, a zero vector left zero: (N, D) -> (N, D) float64."""
    vectors = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _folded(turned: np.ndarray, columns: int) -> np.ndarray:
    """The first columns - 1 coordinates, then the length of the rest: (N, D) -> (N, columns) float32."""
    rest = np.linalg.norm(turned[:, columns - 1 :], axis=1, keepdims=True)
    return np.concatenate([turned[:, : columns - 1], rest], axis=1).astype(np.float32)
