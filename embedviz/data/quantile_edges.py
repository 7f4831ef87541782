"""Bin edges of a number at the quantiles of its values."""

from __future__ import annotations

import numpy as np

TWENTIETHS = 20
MAX_DISTANCE = 1000  # from the middle nine tenths, in multiples of their width


def quantile_edges(values: np.ndarray, bins: int) -> np.ndarray:
    """Return ascending edges between which about equally many values lie.

    Where one value fills several quantiles, as the zeros of a cost do, the remaining edges go to the others.

    Parameters
    ----------
    values : (n,) float array
        NaN is ignored.
    bins : int

    Returns
    -------
    (at most bins + 1,) float64 array
        Empty where there are fewer than two distinct values.
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


def reach(values: np.ndarray, distance: float = MAX_DISTANCE) -> tuple[float, float]:
    """Return the range to which a model clips numbers, as one 1e29 among hundreds would hide all other differences.

    Parameters
    ----------
    values : (n,) float array
        NaN is ignored.
    distance : float
        From the middle nine tenths, in multiples of their width.

    Returns
    -------
    (float, float)
        The smallest and the largest value within the distance.

    Raises
    ------
    ValueError
        If there is no number.
    """
    known = values[~np.isnan(values)]
    edges = quantile_edges(known, TWENTIETHS)
    if len(edges) < 4:  # too few distinct values to have a middle
        return float(known.min()), float(known.max())
    far = distance * (edges[-2] - edges[1])
    near = known[(known >= edges[1] - far) & (known <= edges[-2] + far)]
    return float(near.min()), float(near.max())
