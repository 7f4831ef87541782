"""The neighbours that a map is arranged by: exact, or approximate where exact would take minutes."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from embedviz.core.progress import Progress
from embedviz.projection.fidelity import NEIGHBOR_RECALL
from embedviz.projection.settings import ProjectionSettings
from embedviz.space.search import NeighborIndex, Neighbors
from embedviz.space.search.approximate import ApproximateIndex
from embedviz.space.search.torch_exact import TorchExactIndex

MAX_EXACT = 100_000  # points: 10 s on two cores, and four times as long for twice as many


def find_neighbors(
    vectors: np.ndarray, k: int, settings: ProjectionSettings, device: str = "cpu"
) -> Generator[float, None, Neighbors]:
    """Find each point's k nearest others.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite.
    k : int
        1 <= k < N.
    settings : ProjectionSettings
        For the metric and the seed.
    device : str
        As torch names it.

    Yields
    ------
    float
        Share that is done, about every tenth of a second.

    Returns
    -------
    Neighbors
        Arrays of shape (N, k).
    """
    index: NeighborIndex
    if len(vectors) <= MAX_EXACT:
        index = TorchExactIndex(vectors, settings.metric, device)
    else:
        index = ApproximateIndex(vectors, settings.metric, settings.seed, device)
    return (yield from index.build(k))


def recall_progress(near: Neighbors, step: int = 0, total_steps: int = 0) -> Progress:
    """Report how many of the true neighbours were found. Its metrics belong to the map's quality."""
    message = f"Neighbours were found approximately: {near.recall:.0%} of the true ones"
    return Progress(
        step, total_steps, message=message, metrics={f"{NEIGHBOR_RECALL}{near.indices.shape[1]}": near.recall}
    )
