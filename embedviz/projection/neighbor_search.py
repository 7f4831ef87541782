"""The neighbours that a map is arranged by: exact, or approximate where exact would take minutes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from embedviz.core.progress import Progress
from embedviz.projection.fidelity import NEIGHBOR_RECALL
from embedviz.projection.nearest import Nearest, nearest, prepared
from embedviz.projection.nearest_approximate import nearest_approximate
from embedviz.projection.settings import ProjectionSettings

EXACT_UP_TO = 100_000  # points: 10 s on two cores, and four times as long for twice as many


def neighbor_search(
    vectors: np.ndarray, k: int, settings: ProjectionSettings, device: str = "cpu"
) -> Iterator[float | Nearest]:
    """Yields the share that is done, about every tenth of a second, and last each point's k nearest. vectors (N, D)
    finite, 1 <= k < N."""
    x = prepared(torch.from_numpy(np.array(vectors, np.float32)).to(device), settings.metric)
    if len(x) <= EXACT_UP_TO:
        yield from nearest(x, k, settings.metric)
    else:
        yield from nearest_approximate(x, k, settings.metric, settings.seed)


def recall_progress(near: Nearest, step: int = 0, total_steps: int = 0) -> Progress:
    """Says how many of the true neighbours were found. Its metrics belong to the map's quality."""
    message = f"Neighbours were found approximately: {near.recall:.0%} of the true ones"
    return Progress(
        step, total_steps, message=message, metrics={f"{NEIGHBOR_RECALL}{near.indices.shape[1]}": near.recall}
    )
