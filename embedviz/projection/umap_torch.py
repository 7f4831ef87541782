"""UMAP in PyTorch, nothing to compile: neighbours, fuzzy graph, initial layout, stochastic optimisation."""

from __future__ import annotations

import time

import numpy as np
import torch

from embedviz.core.generators import map_yields
from embedviz.core.progress import Progress
from embedviz.projection.fuzzy_graph import fuzzy_graph
from embedviz.projection.initial_layout import initial_layout
from embedviz.projection.layout import layout
from embedviz.projection.neighbor_search import MAX_EXACT, find_neighbors, recall_progress
from embedviz.projection.partial_layout import LayoutSteps, Pace, PartialLayout
from embedviz.projection.settings import ProjectionSettings

STEPS = 1_000  # all of the work, for Progress
EVEN_POINTS = 120_000  # for which finding all neighbours, quadratic in their number, takes as long as the layout
APPROXIMATE_SHARE = 0.2  # of the work, for finding nearly all neighbours
GRAPH_SHARE = 0.05


def umap_torch(
    vectors: np.ndarray, settings: ProjectionSettings, device: str = "cpu", init: np.ndarray | None = None
) -> LayoutSteps:
    """Lay out vectors by UMAP.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite, N > 3.
    settings : ProjectionSettings
        Everything that umap-learn's parameters of the same names mean.
    device : str
        As torch names it.
    init : np.ndarray, optional
        (N, n_components) coordinates of an earlier map, NaN for points that are new.

    Yields
    ------
    Progress or PartialLayout
        In thousandths of the work.

    Returns
    -------
    np.ndarray
        (N, n_components) float32.
    """
    n = len(vectors)
    epochs = settings.epochs_for(n)
    search_share = (1 - GRAPH_SHARE) * n / (n + EVEN_POINTS) if n <= MAX_EXACT else APPROXIMATE_SHARE
    message = " ".join([*settings.notes(n), "Finding nearest neighbours"])

    def searching(share: float) -> Progress:
        return Progress(int(share * search_share * STEPS), STEPS, message=message)

    def weighting(share: float) -> Progress:
        return Progress(int((search_share + share * GRAPH_SHARE) * STEPS), STEPS, message="Weighting neighbours")

    near = yield from map_yields(find_neighbors(vectors, settings.neighbors_for(n) - 1, settings, device), searching)
    if near.recall < 1:
        yield recall_progress(near, int(search_share * STEPS), STEPS)
    building = fuzzy_graph(near, settings.local_connectivity, settings.set_op_mix_ratio, device)
    graph = yield from map_yields(building, weighting)
    coords = torch.from_numpy(initial_layout(vectors, settings, init, near.indices)).to(device)
    free = None
    if settings.hold and init is not None:
        known = np.isfinite(init).all(axis=1)
        held = torch.from_numpy(init[known].astype(np.float32)).to(device)
        coords[torch.from_numpy(known)] = held  # to the last digit
        free = torch.from_numpy((~known).astype(np.float32)).to(device)
    optimising = layout(
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
    for epoch in optimising:
        yield Progress(
            int((before + (1 - before) * epoch / epochs) * STEPS),
            STEPS,
            epoch=epoch,
            seconds_left=(time.monotonic() - begun) * (epochs / epoch - 1),
            message=f"Optimising layout, epoch {int(epoch)}/{epochs}",
        )
        if pace.is_due():
            yield PartialLayout(coords.cpu().numpy().copy())
    return coords.cpu().numpy()
