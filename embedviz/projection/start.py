"""Where the points of a map start from. Letters: N points, D dimensions, c components, k neighbours."""

from __future__ import annotations

import numpy as np

from embedviz.projection.pca import pca
from embedviz.projection.settings import ProjectionSettings

WIDTH = 10.0  # from the middle to the farthest point
PARTING = 1e-4  # noise: twins must be able to part
ROUNDS = 20  # of asking the neighbours where they are, for points between points that are new themselves


def start(
    vectors: np.ndarray,
    settings: ProjectionSettings,
    begin: np.ndarray | None = None,
    near: np.ndarray | None = None,
) -> np.ndarray:
    """(N, D) -> (N, c) float32: by PCA, which keeps the broad shape, at random, or from an earlier map.

    begin: (N, c) coordinates of that map, NaN for points that are new; these start amid those of their neighbours
    near (N, k) that have a place.
    """
    rng = np.random.default_rng(settings.seed)
    shape = len(vectors), settings.n_components
    if begin is not None and near is not None:
        placed = amid_neighbors(begin, near)
        if not settings.hold:
            placed -= placed.mean(axis=0)
            placed *= WIDTH / max(np.abs(placed).max(), 1e-12)
        return (placed + rng.normal(0, PARTING, shape)).astype(np.float32)
    if settings.init == "random":
        return rng.uniform(-WIDTH, WIDTH, shape).astype(np.float32)
    placed = pca(vectors, settings.n_components, unit=settings.metric == "cosine")
    placed = WIDTH * placed / max(np.abs(placed).max(), 1e-12)
    return (placed + rng.normal(0, PARTING, shape)).astype(np.float32)


def amid_neighbors(begin: np.ndarray, near: np.ndarray) -> np.ndarray:
    """begin (N, c) with its NaN rows filled: each by the mean of its neighbours near (N, k) that have a place, those
    that find none so by the mean of all that have."""
    placed = np.array(begin, np.float64)
    for _ in range(ROUNDS):
        missing = np.flatnonzero(~np.isfinite(placed).all(axis=1))
        if not len(missing):
            break
        around = placed[near[missing]]  # (M, k, c)
        known = np.isfinite(around).all(axis=2)
        found = known.any(axis=1)
        if not found.any():
            break
        weights = known[found][:, :, None]
        placed[missing[found]] = np.where(weights, around[found], 0).sum(axis=1) / weights.sum(axis=1)
    rest = ~np.isfinite(placed).all(axis=1)
    placed[rest] = placed[~rest].mean(axis=0) if not rest.all() else 0.0
    return placed
