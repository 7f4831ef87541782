"""Where the points of a map start from."""

from __future__ import annotations

import numpy as np

from embedviz.projection.pca import pca
from embedviz.projection.settings import ProjectionSettings

WIDTH = 10.0  # from the middle to the farthest point
PARTING = 1e-4  # noise: twins must be able to part


def start(vectors: np.ndarray, settings: ProjectionSettings) -> np.ndarray:
    """(N, D) -> (N, n_components) float32: by PCA, which keeps the broad shape, or at random."""
    rng = np.random.default_rng(settings.seed)
    shape = len(vectors), settings.n_components
    if settings.init == "random":
        return rng.uniform(-WIDTH, WIDTH, shape).astype(np.float32)
    placed = pca(vectors, settings.n_components, unit=settings.metric == "cosine")
    placed = WIDTH * placed / max(np.abs(placed).max(), 1e-12)
    return (placed + rng.normal(0, PARTING, shape)).astype(np.float32)
