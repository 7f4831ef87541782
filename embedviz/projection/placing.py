"""New points placed on an existing UMAP, each by itself: what comes with it does not change where it lies.

As in umap-learn's `transform`, a point starts amid its neighbours on the map and is optimised while they stay. Instead of drawing
edges, every step follows the expected force, so that no point depends on the others. Letters: N points of the map, D dimensions, c
components, Q new points, k neighbours, R random points of the map.
"""

from __future__ import annotations

import numpy as np
import torch

from embedviz.projection.curve import curve
from embedviz.projection.fuzzy_graph import memberships
from embedviz.projection.one_thread import one_thread
from embedviz.projection.settings import ProjectionSettings
from embedviz.space.search.torch_exact import TorchExactIndex

STEPS = 100
RANDOM_POINTS = 64  # R, others in each step
MAX_MOVE = 4.0  # of a pull or push in one direction, as in the layout
PULLS_PER_PUSH = 2.0  # in the layout an edge pulls each of its ends twice, and pushes its head once
SPARE = 16  # further candidates for the k nearest, among which equally distant ones are told apart
BLOCK = 500  # new points at a time


def place_points(
    vectors: np.ndarray, coords: np.ndarray, queries: np.ndarray, settings: ProjectionSettings, device: str = "cpu"
) -> np.ndarray:
    """Place new vectors on a map.

    Parameters
    ----------
    vectors, coords : np.ndarray
        (N, D) finite, N > 1, and (N, c): what the map shows, and where.
    queries : np.ndarray
        (Q, D), finite. One that equals a vector of the map lies where that does.
    settings : ProjectionSettings
        Those that the map was made with.
    device : str
        As torch names it.

    Returns
    -------
    np.ndarray
        (Q, c) float32.
    """
    if not len(queries):
        return np.empty((0, coords.shape[1]), np.float32)
    k = max(1, settings.neighbors_for(len(vectors)) - 1)
    near = TorchExactIndex(vectors, settings.metric, device).query(queries, min(k + SPARE, len(vectors))).indices
    places = torch.from_numpy(np.asarray(coords, np.float32))
    found = np.concatenate(
        [
            _optimised(places, *_weighted(vectors, queries[rows], near[rows], k, settings), settings).numpy()
            for rows in (slice(start, start + BLOCK) for start in range(0, len(queries), BLOCK))
        ]
    )
    equal = _places_of_equals(vectors, queries)
    found[equal >= 0] = coords[equal[equal >= 0]]
    return found


def _weighted(
    vectors: np.ndarray, queries: np.ndarray, near: np.ndarray, k: int, settings: ProjectionSettings
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the k nearest of the candidates of new vectors (Q, k + `SPARE`), and their memberships: (Q, k) each.

    Distances are computed from differences: those of matrix products are rounded as the number of queries goes.
    """
    ends = [np.asarray(side, np.float64) for side in (vectors[near], queries[:, None])]
    if settings.metric == "cosine":
        ends = [end / np.linalg.norm(end, axis=2, keepdims=True).clip(1e-30) for end in ends]
    distances = np.linalg.norm(ends[0] - ends[1], axis=2)
    if settings.metric == "cosine":
        distances = distances**2 / 2
    order = np.lexsort((near, distances), axis=1)[:, :k]
    distances = torch.from_numpy(np.take_along_axis(distances, order, 1).astype(np.float32))
    weights = torch.cat(list(memberships(distances, settings.local_connectivity)))
    return torch.from_numpy(np.take_along_axis(near, order, 1)), weights


def _optimised(
    places: torch.Tensor, indices: torch.Tensor, weights: torch.Tensor, settings: ProjectionSettings
) -> torch.Tensor:
    """Return the places of new points with neighbours (Q, k) of memberships (Q, k): (Q, c)."""
    a, b = curve(settings.min_dist, settings.spread)
    generator = torch.Generator().manual_seed(settings.seed)
    anchors, weights = places[indices], weights.clamp_min(1e-6)  # (Q, k, c)
    total = weights.sum(1, keepdim=True)  # (Q, 1)
    x = (anchors * weights[:, :, None]).sum(1) / total
    push = settings.repulsion_strength * settings.negative_samples / PULLS_PER_PUSH
    with one_thread():
        for step in range(STEPS):
            apart = x[:, None] - anchors
            d2 = apart.square().sum(2).clamp_min(1e-12)
            pull = -2 * a * b * d2.pow(b - 1) / (a * d2.pow(b) + 1)
            pulls = ((apart * pull[:, :, None]).clamp(-MAX_MOVE, MAX_MOVE) * weights[:, :, None]).sum(1) / total
            others = places[torch.randint(len(places), (RANDOM_POINTS,), generator=generator)]
            apart = x[:, None] - others
            d2 = apart.square().sum(2)
            force = 2 * b / ((0.001 + d2) * (a * d2.clamp_min(1e-12).pow(b) + 1))
            pushes = (apart * force[:, :, None]).clamp(-MAX_MOVE, MAX_MOVE).mean(1)
            x = x + 0.5 * (1 - step / STEPS) * (pulls + push * pushes)
    return x


def _places_of_equals(vectors: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return for each query the first vector that is equal to it, -1 for none: (Q,) int64."""
    rows = {row.tobytes(): i for i, row in reversed(list(enumerate(np.ascontiguousarray(vectors, np.float32))))}
    return np.array([rows.get(row.tobytes(), -1) for row in np.ascontiguousarray(queries, np.float32)], np.int64)
