"""Where a number is cut into stretches: at the quantiles of its values."""

from __future__ import annotations

import numpy as np

TWENTIETHS = 20
FAR = 1000  # times the width of the middle nine tenths


def quantile_edges(values: np.ndarray, bins: int) -> np.ndarray:
    """Rising edges (at most bins + 1,) float64 between which values (n,) lie about equally often; NaN is left aside.
    Empty where there are fewer than two different values.

    Where one value fills several quantiles, as the zeros of a cost do, the edges that are left over go to the others.
    """
    known = values[~np.isnan(values)]
    if not len(known) or known.min() == known.max():
        return np.empty(0)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)))
    spare = bins + 1 - len(edges)
    others = known[~np.isin(known, edges)] if spare else known[:0]
    if len(others):
        edges = np.unique(np.concatenate([edges, np.quantile(others, np.linspace(0, 1, spare + 2)[1:-1])]))
    return edges


def reach(values: np.ndarray) -> tuple[float, float]:
    """The smallest and the greatest of the values (n,) that are not further than FAR from their middle nine tenths: the
    ends at which a model holds what lies outside, as one 1e29 among hundreds would hide all differences between the
    others. NaN is left aside; ValueError where there is nothing else."""
    known = values[~np.isnan(values)]
    edges = quantile_edges(known, TWENTIETHS)
    if len(edges) < 4:  # too few different values to have a middle
        return float(known.min()), float(known.max())
    far = FAR * (edges[-2] - edges[1])
    near = known[(known >= edges[1] - far) & (known <= edges[-2] + far)]
    return float(near.min()), float(near.max())
