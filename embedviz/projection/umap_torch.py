"""UMAP in PyTorch, nothing to compile: neighbours, fuzzy graph, a start, stochastic layout."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch

from embedviz.core.progress import Progress
from embedviz.projection.forming import Forming, Pace
from embedviz.projection.fuzzy_graph import Graph, fuzzy_graph
from embedviz.projection.layout import layout
from embedviz.projection.nearest import Nearest
from embedviz.projection.neighbor_search import EXACT_UP_TO, neighbor_search, recall_progress
from embedviz.projection.settings import ProjectionSettings
from embedviz.projection.start import start

STEPS = 1_000  # the whole way, for Progress
EVEN = 120_000  # points for which finding all neighbours, which grows with their square, takes as long as moving them
APPROXIMATE_SHARE = 0.2  # of the whole way, for finding nearly all
GRAPH_SHARE = 0.05


def umap_torch(
    vectors: np.ndarray, settings: ProjectionSettings, device: str = "cpu", begin: np.ndarray | None = None
) -> Iterator[Progress | Forming | np.ndarray]:
    """Yields progress and the layout on its way, and last the coordinates (N, n_components) float32. vectors (N, D) are
    finite, N > 3; begin (N, n_components): an earlier map, NaN for points that are new."""
    n = len(vectors)
    epochs = settings.epochs_for(n)
    search_share = (1 - GRAPH_SHARE) * n / (n + EVEN) if n <= EXACT_UP_TO else APPROXIMATE_SHARE
    said = " ".join(settings.notes(n))
    for found in neighbor_search(vectors, settings.neighbors_for(n) - 1, settings, device):
        if isinstance(found, Nearest):
            near = found
        else:
            message = f"{said} Finding each point's neighbours".strip()
            yield Progress(int(found * search_share * STEPS), STEPS, message=message)
    if near.recall < 1:
        yield recall_progress(near, int(search_share * STEPS), STEPS)
    for found in fuzzy_graph(near, settings.local_connectivity, settings.set_op_mix_ratio):
        if isinstance(found, Graph):
            graph = found
        else:
            done = search_share + found * GRAPH_SHARE
            yield Progress(int(done * STEPS), STEPS, message="Weighing the neighbours")
    coords = torch.from_numpy(start(vectors, settings, begin, near.indices.cpu().numpy())).to(device)
    free = None
    if settings.hold and begin is not None:
        known = np.isfinite(begin).all(axis=1)
        coords[torch.from_numpy(known)] = torch.from_numpy(begin[known].astype(np.float32)).to(
            device
        )  # to the last digit
        free = torch.from_numpy((~known).astype(np.float32)).to(device)
    moving = layout(
        graph,
        coords,
        epochs=epochs,
        negatives=settings.negative_samples,
        min_dist=settings.min_dist,
        spread=settings.spread,
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        repulsion=settings.repulsion_strength,
        free=free,
    )
    pace = Pace()
    before, begun = search_share + GRAPH_SHARE, time.monotonic()
    for epoch in moving:
        yield Progress(
            int((before + (1 - before) * epoch / epochs) * STEPS),
            STEPS,
            epoch=epoch,
            seconds_left=(time.monotonic() - begun) * (epochs / epoch - 1),
            message=f"Moving the points, round {int(epoch)} of {epochs}",
        )
        if pace.is_due():
            yield Forming(coords.cpu().numpy().copy())
    yield coords.cpu().numpy()
