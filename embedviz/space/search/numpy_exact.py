"""Exact nearest neighbours in NumPy alone, to the last bit: as if pair_closeness had measured every row.

Every row gets an upper bound of its closeness from one product of a matrix and the query: of the vectors, of the few
columns of CosineBounds, or of the bytes of QuantizedBounds. Some rows with high bounds are measured. A row whose bound lies below the k-th best of them is
out, and the rest are measured. Many queries are answered together with groups of rows in the place of rows. Ties come
in the given order.

Letters: Q queries, N vectors, D dimensions, G groups of rows, k answers.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import ClassVar, Protocol, Self

import numpy as np

from embedviz.space.metrics import Metric, norms, pair_closeness
from embedviz.space.search.neighbor_index import Neighbors
from embedviz.space.search.top_k import threshold_of, top_k

MIN_LENGTH, MAX_LENGTH = 1e-15, 1e18  # lengths past which squares in float32 lose digits
MAX_CANDIDATE_SHARE = 0.1  # of all rows left by UpperBounds: past it the vectors themselves say more
MEASURE_BLOCK = 16_384  # rows measured at a time
MIN_CLOSENESS = float(np.finfo(np.float32).min)  # below it are only excluded rows
MIN_BATCH = 8  # fewer queries than this are answered sooner one by one
BATCH = 64  # queries compared at a time
BUILD_BATCH = 1_024  # queries between two reports of progress
BLOCK, GROUP = 2_048, 16  # rows multiplied at a time, and rows of which the highest bound is kept


class UpperBounds(Protocol):
    """Upper bounds of cosines that take less to compute than the cosines."""

    batch: ClassVar[int]  # queries that are bounded sooner together than one by one, at most
    seeds: ClassVar[int]  # rows measured first: the looser the bounds, the more of them it takes to meet the nearest

    def __len__(self) -> int: ...

    def upper_bounds(self, queries: np.ndarray) -> np.ndarray:
        """Bound the cosine of every vector with queries from above, but for rounding (`NumpyExactIndex._slack`).

        Parameters
        ----------
        queries : np.ndarray
            (Q, D), none zero.

        Returns
        -------
        np.ndarray
            (Q, N) float32.
        """
        ...

    def of_rows(self, part: slice) -> Self:
        """Return the bounds of a part of the vectors."""
        ...


@dataclass(frozen=True)
class Hits:
    """The rows nearest to one query, or to each of several.

    Attributes
    ----------
    indices : np.ndarray
        (at most k,) or (Q, k) int64, best first.
    closeness : np.ndarray
        (at most k,) or (Q, k) float32, as `metrics.pair_closeness` measures it.
    """

    indices: np.ndarray
    closeness: np.ndarray

    def neighbors(self, metric: Metric) -> Neighbors:
        """Return those of several queries with their distances."""
        return Neighbors(self.indices, 1 - self.closeness if metric == "cosine" else -self.closeness)


class NumpyExactIndex:
    """The exact search over vectors that may be mapped from disk.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D) float32.
    metric : {"cosine", "euclidean", "dot"}
        Distance metric.
    lengths : np.ndarray, optional
        (N,) float32, the vectors' Euclidean lengths where they are known.
    bounds : UpperBounds, optional
        Of the same vectors.
    """

    def __init__(
        self,
        vectors: np.ndarray,
        metric: Metric = "cosine",
        lengths: np.ndarray | None = None,
        bounds: UpperBounds | None = None,
    ):
        self.vectors = np.asarray(vectors)  # of a mapped file, too: its own class would be slower
        self.metric: Metric = metric
        self.lengths = norms(self.vectors) if lengths is None else lengths
        self.bounds = bounds

    def build(self, k: int) -> Generator[float, None, Neighbors]:
        """Find the k nearest of every vector, the vector itself left out; see `NeighborIndex.build`."""
        return (yield from neighbors_of_all(self, k))

    def query(self, queries: np.ndarray, k: int) -> Neighbors:
        """Find the min(k, N) nearest of each query; see `NeighborIndex.query`."""
        return self.nearest_of_each(queries, k).neighbors(self.metric)

    def nearest_of_each(self, queries: np.ndarray, k: int) -> Hits:
        """Find the min(k, N) nearest of each query, with how close they are."""
        indices = np.empty((len(queries), min(k, len(self.vectors))), np.int64)
        closeness = np.empty(indices.shape, np.float32)
        lengths = norms(queries)
        common = np.flatnonzero((lengths >= MIN_LENGTH) & (lengths <= MAX_LENGTH))
        if self.bounds is not None and self.bounds.batch > 1:
            together = self._each_within(self.bounds, queries, lengths, common, k)
        else:
            common = common if len(common) > MIN_BATCH else common[:0]
            together = self._each_by_groups(queries, lengths, common, k)
        alone = ((i, self.nearest(queries[i], k)) for i in np.setdiff1d(np.arange(len(queries)), common))
        for i, found in chain(together, alone):
            indices[i], closeness[i] = found.indices, found.closeness
        return Hits(indices, closeness)

    def _each_within(
        self, bounds: UpperBounds, queries: np.ndarray, lengths: np.ndarray, asked: np.ndarray, k: int
    ) -> Iterator[tuple[int, Hits]]:
        """Yield the place and the k nearest of each query that is asked for, by bounds of several at once."""
        for start in range(0, len(asked), bounds.batch):
            batch = asked[start : start + bounds.batch]
            for i, of_rows in zip(batch, bounds.upper_bounds(queries[batch]), strict=True):
                yield i, self._nearest_within(queries[i], k, lengths[i : i + 1], of_rows, bounds.seeds)

    def _each_by_groups(
        self, queries: np.ndarray, lengths: np.ndarray, asked: np.ndarray, k: int
    ) -> Iterator[tuple[int, Hits]]:
        """Yield the same by the products of all vectors with many queries, in groups of rows."""
        for start in range(0, len(asked), BATCH):
            batch = asked[start : start + BATCH]
            bounds = self._group_bounds(queries[batch], lengths[batch])
            for i, of_groups in zip(batch, bounds, strict=True):
                rows = self._rows_of(self._candidates(queries[i], k, of_groups, k, self._rows_of))
                yield i, self._measure(queries[i], rows, k)

    def nearest(self, query: np.ndarray, k: int, exclude: Sequence[np.ndarray] = ()) -> Hits:
        """Find the k nearest of one query.

        Parameters
        ----------
        query : np.ndarray
            (D,) float32.
        k : int
            How many.
        exclude : sequence of np.ndarray
            Rows that may not answer, each as indices or as a mask (N,).

        Returns
        -------
        Hits
            Fewer than k where fewer rows are left.
        """
        length = norms(query[None])
        if not MIN_LENGTH <= length[0] <= MAX_LENGTH:
            return self._best_below(query, k, np.full(len(self.vectors), np.inf, np.float32), exclude)
        if self.bounds is not None:
            of_rows = self.bounds.upper_bounds(query[None])[0]
            return self._nearest_within(query, k, length, of_rows, self.bounds.seeds, exclude)
        return self._nearest_by_products(query, k, length, exclude)

    def _nearest_within(
        self,
        query: np.ndarray,
        k: int,
        length: np.ndarray,
        cosine_bounds: np.ndarray,
        seeds: int,
        exclude: Sequence[np.ndarray] = (),
    ) -> Hits:
        """Return the k nearest from upper bounds of the cosines (N,), changed in place. seeds: rows measured first."""
        bounds = self._bounds(cosine_bounds, slice(None), length)
        for rows in exclude:
            bounds[rows] = -np.inf
        candidates = self._candidates(query, k, bounds, max(seeds, 2 * k))
        if len(candidates) <= MAX_CANDIDATE_SHARE * len(self.vectors):
            return self._measure(query, candidates, k)
        return self._nearest_by_products(query, k, length, exclude)

    def _nearest_by_products(
        self, query: np.ndarray, k: int, length: np.ndarray, exclude: Sequence[np.ndarray] = ()
    ) -> Hits:
        cosines = self.vectors @ (query / length)
        cosines *= self._inverse_lengths
        return self._best_below(query, k, self._bounds(cosines, slice(None), length), exclude)

    def _best_below(self, query: np.ndarray, k: int, bounds: np.ndarray, exclude: Sequence[np.ndarray]) -> Hits:
        """Return the k nearest from an upper bound of every row (N,), changed in place."""
        for rows in exclude:
            bounds[rows] = -np.inf
        return self._measure(query, self._candidates(query, k, bounds, k), k)

    def _candidates(
        self,
        query: np.ndarray,
        k: int,
        bounds: np.ndarray,
        seeds: int,
        rows_of: Callable[[np.ndarray], np.ndarray] = lambda rows: rows,
    ) -> np.ndarray:
        """Return the rows or groups that may hold one of the k nearest, ascending, by their upper bounds (G,).

        At least `seeds` of them are measured to tell; rows_of returns the rows in groups.
        """
        leading = np.flatnonzero(bounds >= max(threshold_of(bounds, seeds), MIN_CLOSENESS))[: 4 * seeds]
        near = self._measure(query, rows_of(leading), k).closeness
        return np.flatnonzero(bounds >= (self._floor(float(near[-1])) if len(near) == k else MIN_CLOSENESS))

    def _measure(self, query: np.ndarray, rows: np.ndarray, k: int) -> Hits:
        return measure(self.vectors, query, rows, k, self.metric)

    def _bounds(self, cosines: np.ndarray, rows: slice, query_lengths: np.ndarray) -> np.ndarray:
        """Turn cosines of rows, or bounds of them, with one query or several, into bounds: (n,) or (n, Q), in place.

        They bound the cosine but for rounding (which _floor allows for), or the dot product, or the negative square of
        the distance, rounding included.
        """
        if self.metric != "cosine":
            lengths = self.lengths[rows].reshape(-1, *[1] * (cosines.ndim - 1))
            cosines += self._slack
            cosines *= lengths * query_lengths
            if self.metric == "euclidean":
                cosines *= 2
                cosines -= (1 - self._slack) * (lengths**2 + query_lengths**2)
        begin, end, _ = rows.indices(len(self.vectors))
        doubtful = self._doubtful[slice(*np.searchsorted(self._doubtful, [begin, end]))]
        cosines[doubtful - begin] = np.inf
        return cosines

    def _floor(self, closeness: float) -> float:
        """Return the bound below which no row can be as close as that."""
        if self.metric == "euclidean":
            return -(closeness**2)
        return closeness - self._slack if self.metric == "cosine" else closeness

    def _group_bounds(self, queries: np.ndarray, query_lengths: np.ndarray) -> np.ndarray:
        """Return the highest bound in every group of rows, for each of queries (Q, D): (Q, G)."""
        units = np.ascontiguousarray((queries / query_lengths[:, None]).T)
        n_blocks, in_block = -(-len(self.vectors) // BLOCK), BLOCK // GROUP
        highest = np.empty((n_blocks, in_block, len(queries)), np.float32)
        block = np.empty((BLOCK, len(queries)), np.float32)
        for number in range(n_blocks):
            rows = slice(number * BLOCK, min((number + 1) * BLOCK, len(self.vectors)))
            cosines = block[: rows.stop - rows.start]
            np.matmul(self.vectors[rows], units, out=cosines)
            cosines *= self._inverse_lengths[rows, None]
            self._bounds(cosines, rows, query_lengths)
            block[len(cosines) :] = -np.inf
            np.max(block.reshape(GROUP, in_block, -1), axis=0, out=highest[number])
        return np.ascontiguousarray(highest.reshape(-1, len(queries)).T)

    def _rows_of(self, groups: np.ndarray) -> np.ndarray:
        """Return the rows in these groups, ascending. A group is spread over its block, which NumPy reduces faster."""
        block, first = np.divmod(groups, BLOCK // GROUP)
        rows = (block * BLOCK + first)[:, None] + np.arange(0, BLOCK, BLOCK // GROUP)
        rows = np.sort(rows, axis=None)
        return rows[: np.searchsorted(rows, len(self.vectors))]

    @cached_property
    def _slack(self) -> float:
        """More than rounding can move a bound and a closeness against each other, as a share of |q| |x|.

        A dot product of D numbers in float32 is off by at most D u |q| |x|, u = 2^-24 (Higham 2002, Accuracy and
        Stability of Numerical Algorithms, p. 63), and a length by (D / 2 + 2) u of itself. pair_closeness takes a dot
        product and two lengths, a bound another dot product and two lengths: 4 D + 8, and single operations.
        """
        return (4 * self.vectors.shape[1] + 32) * 2.0**-24

    @cached_property
    def _inverse_lengths(self) -> np.ndarray:
        """(N,) float32; 0 for a zero vector, which is similar to nothing."""
        common = self.lengths >= MIN_LENGTH
        return np.divide(1, self.lengths, out=np.zeros_like(self.lengths), where=common)

    @cached_property
    def _doubtful(self) -> np.ndarray:
        """Rows so short that no bound of theirs can be trusted, and which are not zero: ascending indices."""
        short = np.flatnonzero(self.lengths < MIN_LENGTH)
        return short[np.array([self.vectors[row].any() for row in short], bool)]


def measure(vectors: np.ndarray, query: np.ndarray, rows: np.ndarray, k: int, metric: Metric) -> Hits:
    """Return the k nearest of a query (D,) among rows (in ascending order), every one measured."""
    closeness = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), MEASURE_BLOCK):
        part = vectors.take(rows[start : start + MEASURE_BLOCK], axis=0, mode="clip")
        closeness[start : start + MEASURE_BLOCK] = pair_closeness(query[None], part, metric)
    best = top_k(closeness, k)
    return Hits(rows[best], closeness[best])


class _Queryable(Protocol):
    """What `neighbors_of_all` asks."""

    vectors: np.ndarray

    def query(self, queries: np.ndarray, k: int) -> Neighbors: ...


def neighbors_of_all(index: _Queryable, k: int) -> Generator[float, None, Neighbors]:
    """Find the k nearest of every vector of an exact index, the vector itself left out; see `NeighborIndex.build`."""
    n = len(index.vectors)
    indices, distances = np.empty((n, k), np.int64), np.empty((n, k), np.float32)
    for start in range(0, n, BUILD_BATCH):
        rows = np.arange(start, min(n, start + BUILD_BATCH))
        found = index.query(index.vectors[rows], k + 1)
        other = found.indices != rows[:, None]
        other[other.all(axis=1), -1] = False  # the vector itself is not among them where k + 1 are as near
        indices[rows] = found.indices[other].reshape(-1, k)
        distances[rows] = found.distances[other].reshape(-1, k)
        yield (int(rows[-1]) + 1) / n
    return Neighbors(indices, distances)
