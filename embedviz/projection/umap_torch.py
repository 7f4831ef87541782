"""UMAP in PyTorch, nothing to compile: exact neighbours, fuzzy graph, PCA start, stochastic layout."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from embedviz.projection.fuzzy_graph import fuzzy_graph
from embedviz.projection.layout import layout
from embedviz.projection.nearest import Nearest, nearest, prepared
from embedviz.projection.pca import pca
from embedviz.projection.settings import ProjectionSettings
from embedviz.training.progress import Progress

GRAPH_SHARE = 0.15  # of the time, about, that neighbours and graph take


def umap_torch(
    vectors: np.ndarray, settings: ProjectionSettings, device: str = "cpu"
) -> Iterator[Progress | np.ndarray]:
    """Yields progress, and last the coordinates (N, n_components) float32. vectors (N, D) are finite, N > 3."""
    x = prepared(torch.from_numpy(np.array(vectors, np.float32)).to(device), settings.metric)
    k = min(settings.n_neighbors - 1, len(x) - 1)  # as umap-learn counts, the point itself is one of n_neighbors
    total = settings.epochs
    near = None
    for found in nearest(x, k, settings.metric):
        if isinstance(found, Nearest):
            near = found
        else:
            yield Progress(int(found * GRAPH_SHARE * total), total, message="Finding each point's neighbours")
    graph = fuzzy_graph(near)
    start = pca(vectors, settings.n_components, unit=settings.metric == "cosine")
    rng = np.random.default_rng(settings.seed)
    start = 10 * start / max(np.abs(start).max(), 1e-12) + rng.normal(
        0, 1e-4, start.shape
    )  # twins must be able to part
    coords = torch.from_numpy(start.astype(np.float32)).to(device)
    moving = layout(
        graph,
        coords,
        epochs=total,
        negatives=settings.negative_samples,
        min_dist=settings.min_dist,
        spread=settings.spread,
        seed=settings.seed,
    )
    for epoch in moving:
        step = int(GRAPH_SHARE * total + (1 - GRAPH_SHARE) * epoch)
        yield Progress(step, total, epoch=epoch, message=f"Moving the points, round {epoch} of {total}")
    yield coords.cpu().numpy()
