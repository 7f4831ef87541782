"""Exact nearest neighbours by matrix products, on any device.

Letters: N vectors, D dimensions, Q queries, k neighbours.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from embedviz.space.search.largest_products import in_blocks
from embedviz.space.search.neighbor_index import Neighbors
from embedviz.space.search.parallel_parts import run_parts
from embedviz.space.search.torch_metrics import Preparation, TorchMetric, comparable, distances_from_products


@dataclass(frozen=True)
class TorchNeighbors:
    """indices (Q, k) int64 and distances (Q, k) float32 on a device, the nearest first."""

    indices: torch.Tensor
    distances: torch.Tensor

    @classmethod
    def empty(cls, n: int, k: int, device: torch.device) -> TorchNeighbors:
        """Return uninitialised arrays for n queries."""
        return cls(
            torch.empty((n, k), dtype=torch.int64, device=device),
            torch.empty((n, k), dtype=torch.float32, device=device),
        )

    def to_numpy(self, scale: float, recall: float = 1.0) -> Neighbors:
        """Return them as the protocol hands them out."""
        return Neighbors(self.indices.cpu().numpy(), self.distances.cpu().numpy(), recall, scale)


class TorchExactIndex:
    """The exact search over vectors held on a device.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite.
    metric : {"cosine", "euclidean"}
        Distance metric.
    device : str
        As torch names it.
    """

    def __init__(self, vectors: np.ndarray, metric: TorchMetric = "cosine", device: str = "cpu"):
        x = torch.from_numpy(np.array(vectors, np.float32)).to(device)
        self._prepare = Preparation(x, metric)
        self.metric: TorchMetric = metric
        self.points = self._prepare(x)

    @property
    def scale(self) -> float:
        """True distances are this times those of the answers."""
        return self._prepare.scale

    def build(self, k: int) -> Generator[float, None, Neighbors]:
        """Find the k nearest of every vector, the vector itself left out; see `NeighborIndex.build`."""
        found = yield from self.neighbors_of(k)
        return found.to_numpy(self.scale)

    def query(self, queries: np.ndarray, k: int) -> Neighbors:
        """Find the k nearest of each query; see `NeighborIndex.query`."""
        return self.neighbors_of_points(self.prepare(queries), k).to_numpy(self.scale)

    def prepare(self, queries: np.ndarray) -> torch.Tensor:
        """Return queries (Q, D) on the device, prepared as the vectors are."""
        return self._prepare(torch.from_numpy(np.array(queries, np.float32)).to(self.points.device))

    def neighbors_of_points(self, points: torch.Tensor, k: int) -> TorchNeighbors:
        """Find the k nearest of prepared points (Q, D)."""
        rows, columns = comparable(points, self.metric)[0], comparable(self.points, self.metric)[1]
        found = TorchNeighbors.empty(len(points), k, points.device)
        for block, largest in in_blocks(slice(0, len(points)), columns, k):
            products, found.indices[block] = largest(rows[block])
            found.distances[block] = distances_from_products(products, points[block], self.metric)
        return found

    def neighbors_of(self, k: int, rows: torch.Tensor | None = None) -> Generator[float, None, TorchNeighbors]:
        """Find the k nearest of the vectors at rows (Q,) int64, or of all, each itself left out.

        Yields the share that is done, about every tenth of a second.
        """
        device, metric = self.points.device, self.metric
        chosen = torch.arange(len(self.points), device=device) if rows is None else rows
        a, b = comparable(self.points, metric)
        found = TorchNeighbors.empty(len(chosen), k, device)

        def search(part: slice) -> Iterator[float]:
            for block, largest in in_blocks(part, b, k):
                own = chosen[block]
                products, found.indices[block] = largest(a[own], exclude=own)
                found.distances[block] = distances_from_products(products, self.points[own], metric)
                yield (block.stop - part.start) / (part.stop - part.start)

        yield from run_parts(len(chosen), device, search)
        return found
