"""Projecting a space on a map, step by step."""

from __future__ import annotations

import numpy as np

from embedviz.core.errors import DataError
from embedviz.projection.alignment import align_steps
from embedviz.projection.given_layout import given_coords
from embedviz.projection.partial_layout import LayoutSteps
from embedviz.projection.pca import pca
from embedviz.projection.settings import GIVEN, MIN_POINTS, ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.formula import formula


def steps(
    vectors: np.ndarray, settings: ProjectionSettings, device: str = "cpu", init: np.ndarray | None = None
) -> LayoutSteps:
    """Lay out vectors by any method that needs nothing but them.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D).
    settings : ProjectionSettings
        How.
    device : str
        As torch names it.
    init : np.ndarray, optional
        (N, n_components) coordinates of an earlier map, NaN for points that are new. Where the settings continue from
        the last map the layout starts there, and comes out aligned with it.

    Yields
    ------
    Progress or PartialLayout
        A Progress's metrics describe what the map is made of: neighbor_recall@k, where neighbours are approximate.

    Returns
    -------
    np.ndarray
        (N, n_components) float32.

    Raises
    ------
    DataError
        For no vectors, or numbers that are not finite.
    SettingsError
        When settings contradict each other.
    """
    if not len(vectors):
        raise DataError("There is nothing to map: the space is empty.")
    bad = ~np.isfinite(vectors).all(axis=1)
    if bad.any():
        raise DataError(f"{int(bad.sum()):,} vectors hold NaN or infinity, the first at row {int(np.argmax(bad)):,}.")
    settings.check()
    if settings.method == "pca" or len(vectors) < MIN_POINTS:
        return pca(vectors, settings.n_components, unit=settings.metric == "cosine")
    if init is not None and not (settings.continues_last_map and np.isfinite(init).all(axis=1).any()):
        init = None
    optimising = _engine(vectors, settings, device, init)
    return (yield from optimising if init is None or settings.hold else align_steps(optimising, init))


def _engine(vectors: np.ndarray, settings: ProjectionSettings, device: str, init: np.ndarray | None) -> LayoutSteps:
    if settings.method == "tsne":
        from embedviz.projection.tsne import tsne

        return tsne(vectors, settings, device, init)
    if settings.engine == "torch":
        from embedviz.projection.umap_torch import umap_torch

        return umap_torch(vectors, settings, device, init)
    from embedviz.projection.umap_learn import umap_learn

    return umap_learn(vectors, settings)


def map_steps(
    space: EmbeddingSpace,
    points: np.ndarray,
    settings: ProjectionSettings,
    device: str = "cpu",
    init: np.ndarray | None = None,
) -> LayoutSteps:
    """Lay out the labels of a space at rows `points` (N,), by any method; otherwise as `steps`."""
    if settings.method == GIVEN:
        settings.check()
        return given_coords(space, points)
    if settings.method == "axes":
        settings.check()
        return along_axes(space, points, settings.x_axis, settings.y_axis)
    return (yield from steps(np.asarray(space.vectors[points]), settings, device, init))


def along_axes(space: EmbeddingSpace, points: np.ndarray, x_axis: str, y_axis: str) -> np.ndarray:
    """Return each point's cosine with two directions, written as `embedviz.space.formula` reads them: (N, 2) float32."""
    directions = np.stack([formula(space, text).vector for text in (x_axis, y_axis)])
    return space.closeness_to(directions, "cosine").T[points]


def composed_axes(space: EmbeddingSpace, settings: ProjectionSettings) -> str:
    """Return the sentences that mark words of named axes whose vectors are composed; empty for none and other methods."""
    texts = (settings.x_axis, settings.y_axis) if settings.method == "axes" else ()
    return " ".join(dict.fromkeys(filter(None, (formula(space, text).composed for text in texts))))
