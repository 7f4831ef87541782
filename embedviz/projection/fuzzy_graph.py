"""UMAP's graph: how much each point belongs to the neighbourhood of each other (McInnes, Healy and Melville 2018)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from embedviz.projection.nearest import Nearest


class Graph(NamedTuple):
    """Directed edges: head, tail (E,) int64, weight (E,) float32 in (0, 1]; both directions of a pair are there."""

    head: torch.Tensor
    tail: torch.Tensor
    weight: torch.Tensor


def fuzzy_graph(near: Nearest) -> Graph:
    """Memberships exp(-(d - rho) / sigma), rho the distance to the nearest (section 3.1, equation 3.1), sigma so that
    they add up to log2(k + 1), counting the point itself as umap-learn does; then the fuzzy union a + b - ab."""
    from scipy.sparse import coo_matrix

    d = near.distances.cpu()
    n, k = d.shape
    rho = torch.where(d > 0, d, torch.inf).min(1).values
    rho = torch.where(rho.isinf(), 0, rho)
    over = (d - rho[:, None]).clamp_min(0)
    target = np.log2(k + 1)
    low, high, sigma = torch.zeros(n), torch.full((n,), torch.inf), torch.ones(n)
    for _ in range(64):
        large = torch.exp(-over / sigma[:, None]).sum(1) > target
        high, low = torch.where(large, sigma, high), torch.where(large, low, sigma)
        sigma = torch.where(high.isinf(), sigma * 2, (low + high) / 2)
    floor = 1e-3 * torch.where(rho > 0, d.mean(1), d.mean())
    membership = torch.exp(-over / torch.maximum(sigma, floor).clamp_min(1e-12)[:, None])
    rows = np.repeat(np.arange(n), k)
    one = coo_matrix(
        (membership.reshape(-1).numpy(), (rows, near.indices.cpu().reshape(-1).numpy())), shape=(n, n)
    ).tocsr()
    other = one.T.tocsr()
    union = (one + other - one.multiply(other)).tocoo()
    return Graph(torch.from_numpy(union.row).long(), torch.from_numpy(union.col).long(), torch.from_numpy(union.data))
