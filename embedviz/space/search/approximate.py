"""Approximate nearest neighbours with a measured recall, for sets where comparing all with all takes too long.

Letters: N vectors, D dimensions, Q queries, k neighbours.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

import numpy as np
import torch

from embedviz.core.generators import map_yields, result_of
from embedviz.space.search.inverted_file import InvertedFile
from embedviz.space.search.neighbor_index import Neighbors
from embedviz.space.search.torch_exact import TorchExactIndex, TorchNeighbors
from embedviz.space.search.torch_metrics import TorchMetric, distances_from_products

TARGET_RECALL = 0.98
SAMPLE_SIZE = 1_000  # vectors whose true neighbours are found: recall is then right to about 0.003
LISTS_PER_ROOT = 4  # lists / sqrt(N): half and twice as many are as quick
MAX_COMPARED_SHARE = 0.1  # of all vectors that one is compared with: past it the exact search is as quick
FILL_SHARE = 0.2  # of the whole work
Result = TypeVar("Result")


class ApproximateIndex:
    """A search by an inverted file, with as many lists visited as the target recall needs on a sample.

    Where every vector would have to be compared with many of the others, it searches exactly instead.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite.
    metric : {"cosine", "euclidean"}
        Distance metric.
    seed : int
        Of the sample and of the lists.
    device : str
        As torch names it.
    """

    def __init__(self, vectors: np.ndarray, metric: TorchMetric = "cosine", seed: int = 0, device: str = "cpu"):
        self._exact = TorchExactIndex(vectors, metric, device)
        self._seed = seed
        self._file: InvertedFile | None = None  # None: search exactly
        self._visits, self._recall = 0, 1.0

    def build(self, k: int) -> Generator[float, None, Neighbors]:
        """Find about the k nearest of every vector, and measure the recall on a sample; see `NeighborIndex.build`."""
        points, metric = self._exact.points, self._exact.metric
        n, device = len(points), points.device
        generator = torch.Generator().manual_seed(self._seed)
        sample = torch.randperm(n, generator=generator)[:SAMPLE_SIZE].to(device)
        true = yield from _within(self._exact.neighbors_of(k, sample), 0, 0)
        file = InvertedFile(points, min(n, int(LISTS_PER_ROOT * n**0.5)), metric)
        yield from _within(file.fill(generator), 0, FILL_SHARE)
        cost = file.visits_needed(sample, true.indices, TARGET_RECALL)
        if cost.compared_share > MAX_COMPARED_SHARE:
            self._file = None
            return (yield from self._exact.build(k))
        self._file, self._visits, self._recall = file, cost.visits, cost.recall
        found = yield from _within(file.visit(cost.visits, k), FILL_SHARE, 1 - FILL_SHARE)
        near = TorchNeighbors(found.indices, distances_from_products(found.products, points, metric))
        isolated = found.met_too_few()
        if len(isolated):
            true = yield from _within(self._exact.neighbors_of(k, isolated), 1, 0)
            near.indices[isolated], near.distances[isolated] = true.indices, true.distances
        return near.to_numpy(self._exact.scale, self._recall)

    def query(self, queries: np.ndarray, k: int) -> Neighbors:
        """Find about the k nearest of each query, after `build`; see `NeighborIndex.query`."""
        if self._file is None:
            return self._exact.query(queries, k)
        points = self._exact.prepare(queries)
        found = result_of(self._file.visit(self._visits, k, points))
        near = TorchNeighbors(found.indices, distances_from_products(found.products, points, self._exact.metric))
        isolated = found.met_too_few()
        if len(isolated):
            true = self._exact.neighbors_of_points(points[isolated], k)
            near.indices[isolated], near.distances[isolated] = true.indices, true.distances
        return near.to_numpy(self._exact.scale, self._recall)


def _within(steps: Generator[float, None, Result], start: float, width: float) -> Generator[float, None, Result]:
    """Place the shares that a part of the work yields within the whole."""

    def placed(share: float) -> float:
        return start + width * share

    return map_yields(steps, placed)
