"""Nearest vectors, exact to the last bit: as if pair_closeness had measured every row, ties in the given order.

Every row gets a ceiling, which its closeness cannot pass, from one product of a matrix and the query: of the vectors,
or of an index's few columns. Some rows with high ceilings are measured. Whose ceiling lies below the k-th best of them
is out, and the rest are measured. For many queries at once the same is done with groups of rows in the place of rows.

Letters: Q queries, N vectors, D dimensions, G groups of rows, k answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.space.metrics import Metric, norms, pair_closeness
from embedviz.space.search_index import SearchIndex

SHORTEST, LONGEST = 1e-15, 1e18  # lengths past which squares in float32 lose digits
SEEDS = 256  # rows measured first where ceilings come from an index
TOO_MANY = 10  # one row in so many is left by an index: then the vectors themselves say more
BLOCK_OF_MAXIMA = 64  # scores of which one is looked at first, for the greatest of many
MEASURED = 16_384  # rows measured at a time
LOWEST = float(np.finfo(np.float32).min)  # below it are only rows left out
FEW = 8  # queries that are answered sooner one by one
BATCH = 64  # queries compared at a time
BLOCK, GROUP = 2_048, 16  # rows multiplied at a time, and rows of which the highest ceiling is kept


@dataclass(frozen=True)
class Nearest:
    """indices, best first, (at most k,) int64, and how close they are as pair_closeness has it, (at most k,) float32."""

    indices: np.ndarray
    closeness: np.ndarray


class ExactSearch:
    """Over vectors (N, D) float32, which may be mapped, their lengths (N,), and an index of them where there is one."""

    def __init__(self, vectors: np.ndarray, lengths: np.ndarray, index: SearchIndex | None = None):
        self.vectors = np.asarray(vectors)  # of a mapped file, too: its own class would be slower
        self.lengths = lengths
        self.index = index

    def nearest(self, query: np.ndarray, k: int, metric: Metric, without: Sequence[np.ndarray] = ()) -> Nearest:
        """The k nearest to query (D,). Each of without leaves rows out, given as indices or as a mask (N,)."""
        length = norms(query[None])

        def settled(ceilings: np.ndarray, seeds: int, most: int | None = None) -> Nearest | None:
            for rows in without:
                ceilings[rows] = -np.inf
            return self._settled(query, k, metric, ceilings, seeds, lambda rows: rows, most)

        if not SHORTEST <= length[0] <= LONGEST:
            return settled(np.full(len(self.vectors), np.inf, np.float32), k)
        if self.index is not None:
            ceilings = self._ceilings(self.index.ceilings(query), slice(None), length, metric)
            found = settled(ceilings, max(SEEDS, 2 * k), len(self.vectors) // TOO_MANY)
            if found is not None:
                return found
        cosines = self.vectors @ (query / length)
        cosines *= self._inverse_lengths
        return settled(self._ceilings(cosines, slice(None), length, metric), k)

    def nearest_of_many(self, queries: np.ndarray, k: int, metric: Metric) -> np.ndarray:
        """Indices of the k nearest to each of queries (Q, D), best first: (Q, min(k, N)) int64."""
        found = np.empty((len(queries), min(k, len(self.vectors))), np.int64)
        lengths = norms(queries)
        common = (lengths >= SHORTEST) & (lengths <= LONGEST)
        together = np.flatnonzero(common) if common.sum() > FEW else np.empty(0, np.int64)
        for i in np.setdiff1d(np.arange(len(queries)), together):
            found[i] = self.nearest(queries[i], k, metric).indices
        for start in range(0, len(together), BATCH):
            batch = together[start : start + BATCH]
            ceilings = self._group_ceilings(queries[batch], lengths[batch], metric)
            for i, of_groups in zip(batch, ceilings, strict=True):
                found[i] = self._settled(queries[i], k, metric, of_groups, k, self._rows_of).indices
        return found

    def _settled(
        self,
        query: np.ndarray,
        k: int,
        metric: Metric,
        ceilings: np.ndarray,
        seeds: int,
        rows_of: Callable[[np.ndarray], np.ndarray],
        most: int | None = None,
    ) -> Nearest | None:
        """The k nearest, from a ceiling of every row or group (G,), of which at least so many seeds are measured first;
        rows_of says which rows are in groups. None when more than so many rows would be left to measure."""
        leading = np.flatnonzero(ceilings >= max(_reached_by(ceilings, seeds), LOWEST))[: 4 * seeds]
        near = self._measured(query, rows_of(leading), k, metric).closeness
        floor = self._floor(float(near[-1]), metric) if len(near) == k else LOWEST
        groups = np.flatnonzero(ceilings >= floor)
        if most is not None and len(groups) > most:
            return None
        return self._measured(query, rows_of(groups), k, metric)

    def _measured(self, query: np.ndarray, rows: np.ndarray, k: int, metric: Metric) -> Nearest:
        """The k nearest among rows (in ascending order), every one measured."""
        closeness = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), MEASURED):
            part = self.vectors.take(rows[start : start + MEASURED], axis=0, mode="clip")
            closeness[start : start + MEASURED] = pair_closeness(query[None], part, metric)
        best = top(closeness, k)
        return Nearest(rows[best], closeness[best])

    def _ceilings(self, cosines: np.ndarray, rows: slice, query_lengths: np.ndarray, metric: Metric) -> np.ndarray:
        """From cosines of rows, or what they are at most, with one query or several: (n,) or (n, Q), changed in place.

        What the cosine is at most but for rounding (which _floor sees to), or the dot product, or the negative square
        of the distance, rounding included.
        """
        if metric != "cosine":
            lengths = self.lengths[rows].reshape(-1, *[1] * (cosines.ndim - 1))
            cosines += self._slack
            cosines *= lengths * query_lengths
            if metric == "euclidean":
                cosines *= 2
                cosines -= (1 - self._slack) * (lengths**2 + query_lengths**2)
        begin, end, _ = rows.indices(len(self.vectors))
        doubtful = self._doubtful[slice(*np.searchsorted(self._doubtful, [begin, end]))]
        cosines[doubtful - begin] = np.inf
        return cosines

    def _floor(self, closeness: float, metric: Metric) -> float:
        """The ceiling below which no row can be as close as that."""
        if metric == "euclidean":
            return -(closeness**2)
        return closeness - self._slack if metric == "cosine" else closeness

    def _group_ceilings(self, queries: np.ndarray, query_lengths: np.ndarray, metric: Metric) -> np.ndarray:
        """The highest ceiling in every group of rows, for each of queries (Q, D): (Q, G)."""
        units = np.ascontiguousarray((queries / query_lengths[:, None]).T)
        n_blocks, in_block = -(-len(self.vectors) // BLOCK), BLOCK // GROUP
        highest = np.empty((n_blocks, in_block, len(queries)), np.float32)
        block = np.empty((BLOCK, len(queries)), np.float32)
        for number in range(n_blocks):
            rows = slice(number * BLOCK, min((number + 1) * BLOCK, len(self.vectors)))
            cosines = block[: rows.stop - rows.start]
            np.matmul(self.vectors[rows], units, out=cosines)
            cosines *= self._inverse_lengths[rows, None]
            self._ceilings(cosines, rows, query_lengths, metric)
            block[len(cosines) :] = -np.inf
            np.max(block.reshape(GROUP, in_block, -1), axis=0, out=highest[number])
        return np.ascontiguousarray(highest.reshape(-1, len(queries)).T)

    def _rows_of(self, groups: np.ndarray) -> np.ndarray:
        """The rows in these groups, in ascending order. A group's are spread over its block, which NumPy reduces faster."""
        block, first = np.divmod(groups, BLOCK // GROUP)
        rows = (block * BLOCK + first)[:, None] + np.arange(0, BLOCK, BLOCK // GROUP)
        rows = np.sort(rows, axis=None)
        return rows[: np.searchsorted(rows, len(self.vectors))]

    @cached_property
    def _slack(self) -> float:
        """More than rounding can move a ceiling and a closeness against each other, as a share of |q| |x|.

        A dot product of D numbers in float32 is off by at most D u |q| |x|, u = 2^-24 (Higham 2002, Accuracy and
        Stability of Numerical Algorithms, p. 63), and a length by (D / 2 + 2) u of itself. pair_closeness takes a dot
        product and two lengths, a ceiling another dot product and two lengths: 4 D + 8, and single operations.
        """
        return (4 * self.vectors.shape[1] + 32) * 2.0**-24

    @cached_property
    def _inverse_lengths(self) -> np.ndarray:
        """(N,) float32; 0 for a zero vector, which is similar to nothing."""
        common = self.lengths >= SHORTEST
        return np.divide(1, self.lengths, out=np.zeros_like(self.lengths), where=common)

    @cached_property
    def _doubtful(self) -> np.ndarray:
        """Rows so short that no ceiling of theirs can be trusted, and which are not zero: ascending indices."""
        short = np.flatnonzero(self.lengths < SHORTEST)
        return short[np.array([self.vectors[row].any() for row in short], bool)]


def top(scores: np.ndarray, k: int) -> np.ndarray:
    """Indices of the k greatest, best first, ties in order: (N,) -> (at most k,)."""
    if k >= len(scores):
        return np.argsort(-scores, kind="stable")
    if _is_long(scores, k):
        candidates = np.flatnonzero(scores >= _reached_by(scores, k))
        if len(candidates) < len(scores):
            return candidates[top(scores[candidates], k)]
    border = np.partition(scores, len(scores) - k)[len(scores) - k]
    above, level = np.flatnonzero(scores > border), np.flatnonzero(scores == border)
    return np.concatenate([above[np.argsort(-scores[above], kind="stable")], level[: k - len(above)]])


def _reached_by(scores: np.ndarray, n: int) -> float:
    """A number that n of the scores (N,) reach at least, and not many more; all do where there are no more than n."""
    if n >= len(scores):
        return -np.inf
    if _is_long(scores, n):  # the n-th greatest of the blocks' maxima is reached by n scores at least
        whole = len(scores) // BLOCK_OF_MAXIMA * BLOCK_OF_MAXIMA
        scores = scores[:whole].reshape(BLOCK_OF_MAXIMA, -1).max(axis=0)
    return float(np.partition(scores, len(scores) - n)[len(scores) - n])


def _is_long(scores: np.ndarray, n: int) -> bool:
    return n * BLOCK_OF_MAXIMA < len(scores) // 4
