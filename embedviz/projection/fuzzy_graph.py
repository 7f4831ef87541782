"""UMAP's graph: how much each point belongs to the neighbourhood of each other (McInnes, Healy and Melville 2018).

Letters: N points, k neighbours of each, E edges.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch

from embedviz.projection.nearest import Nearest
from embedviz.projection.one_thread import one_thread

ROWS = 2_000  # at a time: small parts stay in the cache, and a stop need not wait
BISECTIONS = 64
SMALLEST_SIGMA = 1e-3  # of the mean distance, as in umap-learn: twins would make it 0


class Graph(NamedTuple):
    """Each pair once: head < tail (E,) int64, weight (E,) float32 in (0, 1]."""

    head: torch.Tensor
    tail: torch.Tensor
    weight: torch.Tensor


def memberships(distances: torch.Tensor, local_connectivity: int = 1) -> Iterator[torch.Tensor]:
    """distances (N, k) ascending -> parts of (N, k), in order: exp(-(d - rho) / sigma), 1 at most.

    rho is the distance to the nearest that is not a twin (equation 3.1), or to the local_connectivity-th of those, or
    the farthest where there are fewer. sigma makes the memberships add up to
    log2(k + 1): the point itself is one of its neighbours in umap-learn's count, and adds nothing.
    """
    mean = distances.mean()
    target = math.log2(distances.shape[1] + 1)
    for d in distances.split(ROWS):
        twins = (d == 0).sum(1)
        place = (twins + local_connectivity - 1).clamp_max(d.shape[1] - 1)
        rho = d.gather(1, place[:, None])[:, 0]
        over = (d - rho[:, None]).clamp_min(0)
        low, high, sigma = torch.zeros_like(rho), torch.full_like(rho, torch.inf), torch.ones_like(rho)
        with one_thread():
            for _ in range(BISECTIONS):
                too_large = torch.exp(-over / sigma[:, None]).sum(1) > target
                high, low = torch.where(too_large, sigma, high), torch.where(too_large, low, sigma)
                sigma = torch.where(high.isinf(), sigma * 2, (low + high) / 2)
        floor = SMALLEST_SIGMA * torch.where(rho > 0, d.mean(1), mean)
        yield torch.exp(-over / torch.maximum(sigma, floor).clamp_min(1e-12)[:, None])


def fuzzy_union(indices: torch.Tensor, membership: torch.Tensor, mix_ratio: float = 1.0) -> Graph:
    """Two directions of a pair with memberships a and b become one edge, their union a + b - ab, or at a mix_ratio of 0
    their intersection ab, or what lies between. Both arguments (N, k)."""
    n, k = indices.shape
    rows = torch.arange(n, device=indices.device).repeat_interleave(k)
    columns, a = indices.reshape(-1), membership.reshape(-1)
    pair, order = torch.sort(torch.minimum(rows, columns) * n + torch.maximum(rows, columns), stable=True)
    a = a[order]
    second = torch.zeros_like(pair, dtype=torch.bool)
    second[1:] = pair[1:] == pair[:-1]
    first = ~second
    b = torch.zeros_like(a)
    b[:-1] = torch.where(second[1:], a[1:], 0)  # a pair's other direction, where there is one, follows it
    both = a * b
    weight = (mix_ratio * (a + b - both) + (1 - mix_ratio) * both)[first]
    pair = pair[first]
    real = weight > 0
    return Graph((pair // n)[real], (pair % n)[real], weight[real])


def fuzzy_graph(near: Nearest, local_connectivity: int = 1, mix_ratio: float = 1.0) -> Iterator[float | Graph]:
    """Yields the share that is done, and the Graph last."""
    parts: list[torch.Tensor] = []
    for part in memberships(near.distances, local_connectivity):
        parts.append(part)
        yield min(1.0, len(parts) * ROWS / len(near.distances))
    yield fuzzy_union(near.indices, torch.cat(parts), mix_ratio)
