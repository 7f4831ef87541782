"""UMAP's graph: how much each point belongs to the neighbourhood of each other (McInnes, Healy and Melville 2018).

Letters: N points, k neighbours of each, E edges.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch

from embedviz.projection.one_thread import one_thread
from embedviz.space.search import Neighbors

ROWS = 2_000  # at a time: small parts stay in the cache, and a stop need not wait
BISECTIONS = 64
MIN_SIGMA = 1e-3  # of the mean distance, as in umap-learn: twins would make it 0


@dataclass(frozen=True)
class Graph:
    """Weighted edges, each pair once: head < tail (E,) int64, weight (E,) float32 in (0, 1]."""

    head: torch.Tensor
    tail: torch.Tensor
    weight: torch.Tensor


def memberships(distances: torch.Tensor, local_connectivity: int = 1) -> Iterator[torch.Tensor]:
    """Compute exp(-(d - rho) / sigma), 1 at most, in parts.

    rho is the distance to the nearest that is not a twin (equation 3.1), or to the local_connectivity-th of those, or
    the farthest where there are fewer. sigma makes the memberships add up to log2(k + 1): the point itself is one of its
    neighbours in umap-learn's count, and adds nothing.

    Parameters
    ----------
    distances : torch.Tensor
        (N, k) float32, ascending.
    local_connectivity : int
        How many neighbours have a membership of 1.

    Yields
    ------
    torch.Tensor
        Rows of (N, k) float32, in order.
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
        floor = MIN_SIGMA * torch.where(rho > 0, d.mean(1), mean)
        yield torch.exp(-over / torch.maximum(sigma, floor).clamp_min(1e-12)[:, None])


def fuzzy_union(indices: torch.Tensor, membership: torch.Tensor, mix_ratio: float = 1.0) -> Graph:
    """Join the two directions of each pair into one edge.

    Parameters
    ----------
    indices, membership : torch.Tensor
        (N, k): each point's neighbours, and how much they belong to its neighbourhood.
    mix_ratio : float
        1 for the union a + b - ab of the memberships a and b, 0 for their intersection ab, or between.

    Returns
    -------
    Graph
        Without edges of weight 0.
    """
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


def fuzzy_graph(
    near: Neighbors, local_connectivity: int = 1, mix_ratio: float = 1.0, device: str = "cpu"
) -> Generator[float, None, Graph]:
    """Build the graph of neighbours (N, k) on a device; yields the share that is done."""
    indices, distances = (torch.from_numpy(array).to(device) for array in (near.indices, near.distances))
    parts: list[torch.Tensor] = []
    for part in memberships(distances, local_connectivity):
        parts.append(part)
        yield min(1.0, len(parts) * ROWS / len(distances))
    return fuzzy_union(indices, torch.cat(parts), mix_ratio)
