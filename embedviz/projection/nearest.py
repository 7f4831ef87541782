"""Exact nearest neighbours by matrix products, on any device.

Letters: N points, D dimensions, Q of them whose neighbours are asked for, k neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch

from embedviz.projection.largest_products import in_blocks
from embedviz.projection.side_by_side import side_by_side


class Nearest(NamedTuple):
    """indices (Q, k) int64 and distances (Q, k) float32, the nearest first, the point itself left out. recall: the
    share of the true nearest that are among them."""

    indices: torch.Tensor
    distances: torch.Tensor
    recall: float = 1.0


def prepared(vectors: torch.Tensor, metric: str) -> torch.Tensor:
    """Vectors (N, D) so that `nearest` may compare them.

    cosine: rows of length 1, a zero row stays zero. euclidean: moved to their mean, for |a - b|^2 is computed as
    |a|^2 + |b|^2 - 2ab, which loses its digits far from the origin; to the scale of 1, for squares overflow.
    """
    if metric == "cosine":
        largest = vectors.abs().amax(dim=1, keepdim=True)
        return torch.nn.functional.normalize(vectors / torch.where(largest > 0, largest, 1))
    largest = vectors.abs().max()
    scaled = vectors / torch.where(largest > 0, largest, 1)
    return scaled - scaled.mean(dim=0)


def comparable(vectors: torch.Tensor, metric: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows a and columns b (N, D or D + 1) of prepared vectors, so that ab is the larger, the nearer b is to a: the
    cosine, or 2ab - |b|^2, which is |a|^2 - |a - b|^2."""
    if metric == "cosine":
        return vectors, vectors
    squares = (vectors * vectors).sum(1, keepdim=True)
    return torch.cat([vectors, torch.ones_like(squares)], 1), torch.cat([2 * vectors, -squares], 1)


def distances(closeness: torch.Tensor, own: torch.Tensor, metric: str) -> torch.Tensor:
    """1 - cosine, or Euclid's, from the products (Q, k) of comparable rows and columns; own (Q, D) are the points."""
    if metric == "cosine":
        return (1 - closeness).clamp_min_(0)
    return ((own * own).sum(1, keepdim=True) - closeness).clamp_min_(0).sqrt_()


def distances_to(rows: torch.Tensor, vectors: torch.Tensor, metric: str) -> torch.Tensor:
    """Entry [r, n] is how far rows[r] and vectors[n] are apart, both prepared together: (R, D), (N, D) -> (R, N)."""
    closeness = comparable(rows, metric)[0] @ comparable(vectors, metric)[1].T
    return distances(closeness, rows, metric)


def nearest(vectors: torch.Tensor, k: int, metric: str, rows: torch.Tensor | None = None) -> Iterator[float | Nearest]:
    """Yields the share that is done, about every tenth of a second, and last the Nearest of the points at rows (Q,)
    int64, or of all. vectors (N, D) prepared, 1 <= k < N."""
    points = torch.arange(len(vectors), device=vectors.device) if rows is None else rows
    a, b = comparable(vectors, metric)
    indices = torch.empty((len(points), k), dtype=torch.int64, device=vectors.device)
    values = torch.empty((len(points), k), dtype=torch.float32, device=vectors.device)

    def search(part: slice) -> Iterator[float]:
        for block, largest in in_blocks(part, b, k):
            own = points[block]
            closeness, indices[block] = largest(a[own], but=own)
            values[block] = distances(closeness, vectors[own], metric)
            yield (block.stop - part.start) / (part.stop - part.start)

    yield from side_by_side(len(points), vectors.device, search)
    yield Nearest(indices, values)
