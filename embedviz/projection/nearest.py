"""Exact nearest neighbours in blocks of matrix products, on any device. Letters: N points, D dimensions, R rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch

BLOCK_ENTRIES = 10_000_000  # of the distance matrix held at a time: 40 MB, and a tenth of a second


class Nearest(NamedTuple):
    """indices (N, k) int64 and distances (N, k) float32, the nearest first, the point itself left out."""

    indices: torch.Tensor
    distances: torch.Tensor


def prepared(vectors: torch.Tensor, metric: str) -> torch.Tensor:
    """Vectors (N, D) so that `distances` may compare them.

    cosine: rows of length 1, a zero row stays zero. euclidean: moved to their mean, for |a - b|^2 is computed as
    |a|^2 + |b|^2 - 2ab, which loses its digits far from the origin; to the scale of 1, for squares overflow.
    """
    if metric == "cosine":
        largest = vectors.abs().amax(dim=1, keepdim=True)
        return torch.nn.functional.normalize(vectors / torch.where(largest > 0, largest, 1))
    largest = vectors.abs().max()
    scaled = vectors / torch.where(largest > 0, largest, 1)
    return scaled - scaled.mean(dim=0)


def distances(rows: torch.Tensor, vectors: torch.Tensor, metric: str) -> torch.Tensor:
    """Entry [r, n] is how far rows[r] and vectors[n] are apart, both prepared: 1 - cosine, or Euclid."""
    if metric == "cosine":
        return torch.mm(rows, vectors.T).neg_().add_(1).clamp_min_(0)
    squares = (vectors * vectors).sum(1)
    apart = torch.addmm(squares[None, :], rows, vectors.T, alpha=-2)
    return apart.add_((rows * rows).sum(1)[:, None]).clamp_min_(0).sqrt_()


def blocks(n: int) -> Iterator[slice]:
    """Slices of the rows whose part of the distance matrix fits BLOCK_ENTRIES."""
    size = max(1, min(2048, BLOCK_ENTRIES // max(1, n)))
    return (slice(start, min(n, start + size)) for start in range(0, n, size))


def nearest(vectors: torch.Tensor, k: int, metric: str) -> Iterator[float | Nearest]:
    """Yields the share that is done after each block, and the Nearest last. vectors (N, D) prepared, 1 <= k < N."""
    n = len(vectors)
    indices = torch.empty((n, k), dtype=torch.int64, device=vectors.device)
    values = torch.empty((n, k), dtype=torch.float32, device=vectors.device)
    for part in blocks(n):
        apart = distances(vectors[part], vectors, metric)
        own = torch.arange(part.start, part.stop, device=vectors.device)
        apart[own - part.start, own] = torch.inf
        torch.topk(apart, k, dim=1, largest=False, out=(values[part], indices[part]))
        yield part.stop / n
    yield Nearest(indices, values)
