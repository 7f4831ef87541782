"""Exact nearest neighbours in blocks of matrix products, on any device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch

BLOCK_ENTRIES = 20_000_000  # of the distance matrix held at a time


class Nearest(NamedTuple):
    """indices (N, k) int64 and distances (N, k) float32, the nearest first, the point itself left out."""

    indices: torch.Tensor
    distances: torch.Tensor


def prepared(vectors: torch.Tensor, metric: str) -> torch.Tensor:
    """Rows of length 1 for cosine (a zero row stays zero); as they are for Euclid."""
    return torch.nn.functional.normalize(vectors) if metric == "cosine" else vectors


def distances(rows: torch.Tensor, vectors: torch.Tensor, metric: str) -> torch.Tensor:
    """Entry [r, n] is how far rows[r] and vectors[n] are apart, both prepared: 1 - cosine, or Euclid."""
    if metric == "cosine":
        return (1 - rows @ vectors.T).clamp_min_(0)
    squared = (rows * rows).sum(1)[:, None] + (vectors * vectors).sum(1) - 2 * rows @ vectors.T
    return squared.clamp_min_(0).sqrt_()


def blocks(n: int) -> Iterator[slice]:
    """Slices of the rows whose part of the distance matrix fits BLOCK_ENTRIES."""
    size = max(1, min(2048, BLOCK_ENTRIES // max(1, n)))
    return (slice(start, min(n, start + size)) for start in range(0, n, size))


def nearest(vectors: torch.Tensor, k: int, metric: str) -> Iterator[float | Nearest]:
    """Yields the share that is done after each block, and the Nearest last. vectors (N, D) prepared, k < N."""
    found: list[tuple[torch.Tensor, torch.Tensor]] = []
    for part in blocks(len(vectors)):
        d = distances(vectors[part], vectors, metric)
        d[torch.arange(len(d)), torch.arange(part.start, part.stop)] = torch.inf
        best = d.topk(k, dim=1, largest=False)
        found.append((best.indices, best.values))
        yield part.stop / len(vectors)
    yield Nearest(torch.cat([i for i, _ in found]), torch.cat([d for _, d in found]))
