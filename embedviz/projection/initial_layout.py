"""Initial layouts of a map. Letters: N points, D dimensions, c components, k neighbours."""

from __future__ import annotations

import numpy as np

from embedviz.projection.pca import pca
from embedviz.projection.settings import ProjectionSettings

RADIUS = 10.0  # from the middle to the farthest point
NOISE = 1e-4  # twins must be able to part
MAX_ROUNDS = 20  # of asking the neighbours where they are, for points between points that are new themselves


def initial_layout(
    vectors: np.ndarray,
    settings: ProjectionSettings,
    init: np.ndarray | None = None,
    neighbors: np.ndarray | None = None,
) -> np.ndarray:
    """Place the points by PCA, which keeps the broad shape, at random, or as an earlier map has them.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite.
    settings : ProjectionSettings
        For components, metric, start and seed.
    init : np.ndarray, optional
        (N, c) coordinates of an earlier map, NaN for points that are new.
    neighbors : np.ndarray, optional
        (N, k) int64: new points start amid those of their neighbours that have a place.

    Returns
    -------
    np.ndarray
        (N, c) float32.
    """
    rng = np.random.default_rng(settings.seed)
    shape = len(vectors), settings.n_components
    if init is not None and neighbors is not None:
        placed = fill_from_neighbors(init, neighbors)
        if not settings.hold:
            placed -= placed.mean(axis=0)
            placed *= RADIUS / max(np.abs(placed).max(), 1e-12)
        return (placed + rng.normal(0, NOISE, shape)).astype(np.float32)
    if settings.init == "random":
        return rng.uniform(-RADIUS, RADIUS, shape).astype(np.float32)
    placed = pca(vectors, settings.n_components, unit=settings.metric == "cosine")
    placed = RADIUS * placed / max(np.abs(placed).max(), 1e-12)
    return (placed + rng.normal(0, NOISE, shape)).astype(np.float32)


def fill_from_neighbors(coords: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
    """Fill the NaN rows of coordinates.

    Parameters
    ----------
    coords : np.ndarray
        (N, c), NaN for points without a place.
    neighbors : np.ndarray
        (N, k) int64.

    Returns
    -------
    np.ndarray
        (N, c) float64: each such point at the mean of its neighbours that have a place, or of all that have one.
    """
    placed = np.array(coords, np.float64)
    for _ in range(MAX_ROUNDS):
        missing = np.flatnonzero(~np.isfinite(placed).all(axis=1))
        if not len(missing):
            break
        around = placed[neighbors[missing]]  # (M, k, c)
        known = np.all(np.isfinite(around), axis=2)
        found = np.any(known, axis=1)
        if not found.any():
            break
        weights = known[found][:, :, None]
        placed[missing[found]] = np.where(weights, around[found], 0).sum(axis=1) / weights.sum(axis=1)
    rest = ~np.isfinite(placed).all(axis=1)
    placed[rest] = placed[~rest].mean(axis=0) if not rest.all() else 0.0
    return placed
