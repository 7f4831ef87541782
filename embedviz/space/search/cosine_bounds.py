"""CosineBounds: upper bounds of cosines from few numbers a vector, which rule most vectors out.

Vectors of length 1 are rotated so that their first dimensions hold most of them (principal axes through zero), and only
the first are kept, beside the length of the rest. With q = (q1, q2) and x = (x1, x2) rotated likewise,

    cos(q, x) = q1 · x1 + q2 · x2 <= q1 · x1 + |q2| |x2|      (Cauchy and Schwarz)

which is one product of (N, C) with (C,). A vector that cannot reach the k-th best by this bound is out, so answers stay
exact.

Letters: N vectors, D dimensions, C columns kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

MIN_VECTORS = 50_000  # for fewer the plain search is as fast
MIN_ENERGY = 0.8  # of the squared length, on average, in the columns: less lets too many rows through
MAX_COLUMN_SHARE = 0.7  # columns per dimension; more save too little time for the room they take
COLUMN_MULTIPLE = 16  # C is a multiple, so that a row begins where the processor's registers like it
SAMPLE_SIZE = 50_000  # rows from which the axes are found
BLOCK = 16_384  # rows rotated at a time


@dataclass(frozen=True)
class CosineBounds:
    """Rotated and shortened vectors.

    Attributes
    ----------
    rotation : np.ndarray
        (D, D) float32, orthogonal: its columns are the axes, the most important first.
    rows : np.ndarray
        (N, C) float32: the first C - 1 coordinates of each vector at length 1, then the length of the rest. A zero
        vector's row is zero.
    """

    batch: ClassVar[int] = 1  # several at once take as long as one by one
    seeds: ClassVar[int] = 256

    rotation: np.ndarray
    rows: np.ndarray

    @classmethod
    def build(cls, vectors: np.ndarray) -> CosineBounds | None:
        """Compute the bounds of vectors; 341,000 x 100 take about half a second and give 87 MB.

        Parameters
        ----------
        vectors : np.ndarray
            (N, D) float32.

        Returns
        -------
        CosineBounds or None
            None where they would not pay: few vectors, or axes that matter about equally.
        """
        found = find_axes(vectors)
        if found is None:
            return None
        rotation, columns = found
        rows = np.empty((len(vectors), columns), np.float32)
        for start, block in zip(range(0, len(vectors), BLOCK), bound_blocks(vectors, rotation, columns), strict=True):
            rows[start : start + BLOCK] = block
        return cls(rotation, rows)

    def __len__(self) -> int:
        return len(self.rows)

    def upper_bounds(self, queries: np.ndarray) -> np.ndarray:
        """See `UpperBounds`."""
        queries = np.asarray(queries, np.float64)
        rotated = (queries / np.linalg.norm(queries, axis=1, keepdims=True)) @ self._rotation
        rows = np.asarray(self.rows)
        return np.stack([rows @ query for query in _shortened(rotated, rows.shape[1])])

    def of_rows(self, part: slice) -> CosineBounds:
        """Return the bounds of a part of the vectors."""
        return CosineBounds(self.rotation, self.rows[part])

    @cached_property
    def _rotation(self) -> np.ndarray:
        return self.rotation.astype(np.float64)


def find_axes(vectors: np.ndarray) -> tuple[np.ndarray, int] | None:
    """Return the rotation (D, D) float32 of vectors' bounds and C, their columns; None where they would not pay."""
    if len(vectors) < MIN_VECTORS:
        return None
    sample = _units(vectors[:: -(-len(vectors) // SAMPLE_SIZE)])
    energy, axes = np.linalg.eigh(sample.T @ sample)
    energy, rotation = energy[::-1], np.ascontiguousarray(axes[:, ::-1], np.float32)
    if not energy.sum() > 0:
        return None
    enough = int(np.searchsorted(np.cumsum(energy) / energy.sum(), MIN_ENERGY)) + 2  # one column for the rest
    columns = -(-enough // COLUMN_MULTIPLE) * COLUMN_MULTIPLE
    return None if columns > MAX_COLUMN_SHARE * vectors.shape[1] else (rotation, columns)


def bound_blocks(vectors: np.ndarray, rotation: np.ndarray, columns: int) -> Iterator[np.ndarray]:
    """Yield the bounds of vectors (N, D), block by block: (n, C) float32."""
    for start in range(0, len(vectors), BLOCK):
        yield _shortened(_units(vectors[start : start + BLOCK]) @ rotation, columns)


def _units(vectors: np.ndarray) -> np.ndarray:
    """Return vectors at length 1, a zero vector left zero: (N, D) -> (N, D) float64."""
    vectors = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _shortened(rotated: np.ndarray, columns: int) -> np.ndarray:
    """Return the first columns - 1 coordinates, then the length of the rest: (N, D) -> (N, columns) float32."""
    rest = np.linalg.norm(rotated[:, columns - 1 :], axis=1, keepdims=True)
    return np.concatenate([rotated[:, : columns - 1], rest], axis=1).astype(np.float32)
