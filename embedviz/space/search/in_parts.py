"""Exact nearest neighbours among more vectors than memory holds: part by part, then the best of all parts.

A search needs memory for one part, whatever the number of vectors; these are read once, from front to back.

Letters: Q queries, N vectors, D dimensions, k answers.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Protocol

import numpy as np

from embedviz.space.metrics import Metric, norms
from embedviz.space.search.neighbor_index import NeighborIndex, Neighbors
from embedviz.space.search.numpy_exact import Hits, NumpyExactIndex, UpperBounds, neighbors_of_all
from embedviz.space.search.top_k import top_k

PART = 1 << 20  # vectors searched at a time: their bounds and lengths take 12 MB


class ExactIndex(NeighborIndex, Protocol):
    """An exact search that takes one query as well, and rows that may not answer."""

    def nearest(self, query: np.ndarray, k: int, exclude: Sequence[np.ndarray] = ()) -> Hits:
        """Find the k nearest of one query; see `NumpyExactIndex.nearest`."""
        ...

    def nearest_of_each(self, queries: np.ndarray, k: int) -> Hits:
        """Find the min(k, N) nearest of each query (Q, D), with how close they are."""
        ...


def exact_index(
    vectors: np.ndarray, metric: Metric, lengths: np.ndarray, bounds: UpperBounds | None = None
) -> ExactIndex:
    """Return the exact search among vectors: in parts where there are many."""
    search = NumpyExactIndex if len(vectors) <= PART else PartsIndex
    return search(vectors, metric, lengths, bounds)


class PartsIndex:
    """The answers of `NumpyExactIndex`, which it takes the same parameters as, with the memory of one part."""

    def __init__(
        self,
        vectors: np.ndarray,
        metric: Metric = "cosine",
        lengths: np.ndarray | None = None,
        bounds: UpperBounds | None = None,
    ):
        self.vectors = np.asarray(vectors)
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
        best = Hits(np.empty((len(queries), 0), np.int64), np.empty((len(queries), 0), np.float32))
        for start, part in self._parts():
            more = part.nearest_of_each(queries, k)
            indices = np.concatenate([best.indices, more.indices + start], axis=1)
            closeness = np.concatenate([best.closeness, more.closeness], axis=1)
            order = np.argsort(-closeness, axis=1, kind="stable")[:, :k]  # of equal ones the earlier part's
            best = Hits(np.take_along_axis(indices, order, axis=1), np.take_along_axis(closeness, order, axis=1))
        return best

    def nearest(self, query: np.ndarray, k: int, exclude: Sequence[np.ndarray] = ()) -> Hits:
        """Find the k nearest of one query; see `NumpyExactIndex.nearest`."""
        indices, closeness = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        for start, part in self._parts():
            found = part.nearest(query, k, [_within(rows, start, len(part.vectors)) for rows in exclude])
            indices.append(found.indices + start)
            closeness.append(found.closeness)
        rows, near = np.concatenate(indices), np.concatenate(closeness)
        best = top_k(near, k)
        return Hits(rows[best], near[best])

    def _parts(self) -> Iterator[tuple[int, NumpyExactIndex]]:
        for start in range(0, len(self.vectors), PART):
            part = slice(start, start + PART)
            bounds = None if self.bounds is None else self.bounds.of_rows(part)
            yield start, NumpyExactIndex(self.vectors[part], self.metric, self.lengths[part], bounds)


def _within(rows: np.ndarray, start: int, n: int) -> np.ndarray:
    """Return those of the rows, indices or a mask (N,), that lie in the part of n rows, counted from its start."""
    if rows.dtype == bool:
        return rows[start : start + n]
    return rows[(rows >= start) & (rows < start + n)] - start
