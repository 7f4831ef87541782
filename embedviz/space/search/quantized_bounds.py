"""QuantizedBounds: upper bounds of cosines from one byte a number, for several queries at once.

A vector of length 1 is rounded to whole numbers from -127 to 127 times a scale of its own, x = x' + e, and so is a query,
q = q' + d. Then

    cos(q, x) = q' · x' + q' · e + d · x <= q' · x' + |q'| |e| + |d|      (Cauchy and Schwarz)

which reads a quarter of what the vectors themselves take, and multiplies whole numbers. The errors are a few thousandths,
so that hardly any vector but the nearest is left to be measured, and answers stay exact.

The rounded vectors lie in blocks of ROWS, each dimension of a block together: the processor multiplies one dimension of
many rows at once, and has nothing to add up across its registers.

Letters: Q queries, N vectors, D dimensions (even: an odd one gets a zero), B blocks.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from embedviz.core.compiled import compiled

MIN_VECTORS = 50_000  # for fewer the plain search is as fast
MAX_BYTES = 1 << 30  # of the rounded numbers, which are kept in memory
ROWS = 64  # of a block: their sums fill half of the registers, and the block stays in the first cache for every query
LARGEST = 127  # two products of which fit into 16 bits together
CHUNK = 256 * ROWS  # rows rounded at a time
MAX_THREADS = 4  # more wait for the memory
ROUNDING = np.float32(1 + 1e-5)  # more than the errors, computed in float32, can be too small by


@dataclass(frozen=True)
class QuantizedBounds:
    """Rounded vectors.

    Attributes
    ----------
    codes : np.ndarray
        (B, D, ROWS) int8. A zero vector is zero, and so is what fills the last block.
    scales, errors : np.ndarray
        (B * ROWS,) float32: of each row, and the length of what rounding took away.
    n : int
        N, without what fills the last block.
    """

    batch: ClassVar[int] = 16
    seeds: ClassVar[int] = 32

    codes: np.ndarray
    scales: np.ndarray
    errors: np.ndarray
    n: int

    @classmethod
    def build(cls, vectors: np.ndarray) -> QuantizedBounds | None:
        """Round vectors (N, D) float32; 341,000 x 100 take a second and give 37 MB.

        Returns
        -------
        QuantizedBounds or None
            None where they would not pay, for few vectors, and where they would take more than MAX_BYTES.
        """
        n, dim = vectors.shape
        codes = (-(-n // ROWS), dim + dim % 2, ROWS)
        if n < MIN_VECTORS or math.prod(codes) > MAX_BYTES:
            return None
        scales, errors = np.zeros((2, codes[0] * ROWS), np.float32)
        bounds = cls(np.zeros(codes, np.int8), scales, errors, n)
        for start in range(0, n, CHUNK):
            part = slice(start, min(start + CHUNK, n))
            rounded, scales[part], errors[part] = _rounded(vectors[part])
            for i in range(0, len(rounded), ROWS):
                block = rounded[i : i + ROWS]
                bounds.codes[(start + i) // ROWS, :dim, : len(block)] = block.T
        return bounds

    def __len__(self) -> int:
        return self.n

    def upper_bounds(self, queries: np.ndarray) -> np.ndarray:
        """See `UpperBounds`."""
        codes = np.zeros((len(queries), self.codes.shape[1]), np.int16)
        codes[:, : queries.shape[1]], scales, errors = _rounded(queries)
        lengths = np.sqrt((codes.astype(np.int64) ** 2).sum(axis=1)).astype(np.float32) * scales * ROUNDING
        bounds = np.empty((len(queries), len(self.scales)), np.float32)
        threads = min(MAX_THREADS, os.cpu_count() or 1)
        ends = [len(self.codes) * i // threads for i in range(threads + 1)]

        def work(i: int) -> None:
            _bound(self.codes, self.scales, self.errors, codes, scales, errors, lengths, bounds, ends[i], ends[i + 1])

        others = [_helpers().submit(work, i) for i in range(1, threads)]
        work(0)
        for other in others:
            other.result()
        return bounds[:, : self.n]

    def of_rows(self, part: slice) -> QuantizedBounds:
        """Return the bounds of a part of the vectors, which begins with a block."""
        begin, end, _ = part.indices(self.n)
        if begin % ROWS:
            raise ValueError(f"A part begins at a multiple of {ROWS}, not at {begin}.")
        blocks = slice(begin // ROWS, -(-end // ROWS))
        rows = slice(begin, blocks.stop * ROWS)
        return QuantizedBounds(self.codes[blocks], self.scales[rows], self.errors[rows], end - begin)


@cache
def _helpers() -> ThreadPoolExecutor:
    """Return the threads that work beside the one that asks, the same for all bounds and their parts."""
    return ThreadPoolExecutor(MAX_THREADS - 1, "bounds")


def _rounded(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return vectors at length 1 as whole numbers (n, D), the scale of each, and the length of what is lost: (n,) float32."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    units = np.divide(vectors, lengths, out=np.zeros(vectors.shape), where=lengths > 0)
    scales = np.abs(units).max(axis=1, initial=0).astype(np.float32) / np.float32(LARGEST)
    scales[scales == 0] = 1
    codes = np.rint(units / scales[:, None])
    errors = np.linalg.norm(units - codes * scales[:, None], axis=1).astype(np.float32) * ROUNDING
    return codes.astype(np.int8), scales, errors


@compiled
def _bound(codes, scales, errors, queries, query_scales, query_errors, query_lengths, bounds, begin, end):  # pyright: ignore
    """Fill the bounds of the blocks from begin to end. Products are added in pairs to 16 bits, then to 32."""
    pair, total = np.empty(ROWS, np.int16), np.empty(ROWS, np.int32)
    for b in range(begin, end):
        block = codes[b]
        for q in range(len(queries)):
            query = queries[q]
            for r in range(ROWS):
                total[r] = 0
            for d in range(0, len(block), 2):
                even, odd = query[d], query[d + 1]
                for r in range(ROWS):
                    pair[r] = np.int16(block[d, r]) * even + np.int16(block[d + 1, r]) * odd
                for r in range(ROWS):
                    total[r] += pair[r]
            scale, length, error = query_scales[q], query_lengths[q], query_errors[q]
            first, of_query = b * ROWS, bounds[q]
            for r in range(ROWS):
                of_query[first + r] = (
                    np.float32(total[r]) * (scales[first + r] * scale) + length * errors[first + r] + error
                )
