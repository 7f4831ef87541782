"""Points inside a region that was drawn on the map."""

from __future__ import annotations

import numpy as np


def points_inside(coords: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Tell which points lie inside a polygon, by the even-odd rule.

    Parameters
    ----------
    coords : np.ndarray
        (N, 2).
    polygon : np.ndarray
        (P, 2), closed by itself; fewer than three corners enclose nothing.

    Returns
    -------
    np.ndarray
        (N,) bool.
    """
    inside = np.zeros(len(coords), bool)
    if len(polygon) < 3:
        return inside
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    near = np.flatnonzero(((coords >= low) & (coords <= high)).all(axis=1))
    x, y = coords[near, 0], coords[near, 1]
    odd = np.zeros(len(near), bool)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        odd ^= crosses & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    inside[near] = odd
    return inside
