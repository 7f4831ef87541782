"""UMAP's layout: edges pull, random points push, in stochastic gradient steps on any device."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from embedviz.projection.fuzzy_graph import Graph

SLICES = 8  # steps an epoch: fewer are coarser, and lie 0.03 lower in trustworthiness with one


def curve(min_dist: float, spread: float) -> tuple[float, float]:
    """a and b so that 1 / (1 + a x^(2b)) comes nearest to 1 up to min_dist and exp(-(x - min_dist) / spread) beyond
    (McInnes, Healy and Melville 2018, section 4.3)."""
    from scipy.optimize import curve_fit

    x = np.linspace(0, 3 * spread, 300)
    wanted = np.where(x < min_dist, 1.0, np.exp(-(x - min_dist) / spread))
    (a, b), _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), x, wanted)
    return float(a), float(b)


def layout(
    graph: Graph, coords: torch.Tensor, *, epochs: int, negatives: int, min_dist: float, spread: float, seed: int
) -> Iterator[int]:
    """Moves coords (N, c) float32 in place, on their device; yields the number of epochs done, after each one.

    An edge fires in its weight's share of the epochs. Each epoch's firing edges are applied in SLICES parts.
    """
    a, b = curve(min_dist, spread)
    device, n = coords.device, len(coords)
    generator = torch.Generator(device).manual_seed(seed)
    share = graph.weight / graph.weight.max()
    chosen = torch.nonzero(share >= 1 / epochs)[:, 0]
    chosen = chosen[torch.randperm(len(chosen), generator=torch.Generator().manual_seed(seed))]
    share, head, tail = (part[chosen].to(device) for part in (share, graph.head, graph.tail))
    phase = torch.rand(len(share), generator=generator, device=device)
    for epoch in range(epochs):
        fires = torch.floor(share * (epoch + 1) + phase) > torch.floor(share * epoch + phase)
        rate = 1 - epoch / epochs
        for h, t in zip(head[fires].chunk(SLICES), tail[fires].chunk(SLICES), strict=True):
            at = coords[h]  # (E, c)
            apart = at - coords[t]
            d2 = (apart * apart).sum(1).clamp_min(1e-12)
            power = d2.pow(b)
            pull = ((-2 * a * b * power / d2 / (1 + a * power))[:, None] * apart).clamp_(-4, 4)
            others = torch.randint(0, n, (len(h), negatives), generator=generator, device=device)
            apart = at[:, None, :] - coords[others]  # (E, negatives, c)
            d2 = (apart * apart).sum(2)
            push = ((2 * b / ((0.001 + d2) * (1 + a * d2.pow(b))))[:, :, None] * apart).clamp_(-4, 4).sum(1)
            coords.index_add_(0, h, rate * (pull + push))
            coords.index_add_(0, t, -rate * pull)
        yield epoch + 1
