"""project: a space to a map, in one call or step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.progress import Progress
from embedviz.projection.forming import Forming, registered_onto
from embedviz.projection.pca import pca
from embedviz.projection.sampling import sampled
from embedviz.projection.settings import FEWEST, ProjectionSettings

if TYPE_CHECKING:
    from embedviz.space import EmbeddingSpace


@dataclass(frozen=True)
class Projection:
    """coords (N, 2 or 3) float32 of the space's labels at points (N,); quality: scores of embedviz.projection.fidelity,
    and neighbor_recall@k when the map was made from approximate neighbours."""

    coords: np.ndarray
    points: np.ndarray
    quality: dict[str, float]
    settings: ProjectionSettings

    def frame(self, space: EmbeddingSpace) -> pd.DataFrame:
        """label, x, y (z), and the space's columns."""
        axes = pd.DataFrame(self.coords, columns=list("xyz")[: self.coords.shape[1]])
        axes.insert(0, "label", [space.labels[i] for i in self.points])
        return pd.concat([axes, space.columns.iloc[self.points].reset_index(drop=True)], axis=1)


def steps(
    vectors: np.ndarray, settings: ProjectionSettings, device: str = "cpu", begin: np.ndarray | None = None
) -> Iterator[Progress | Forming | np.ndarray]:
    """Yields progress and layouts on their way, and last the coordinates (N, n_components) float32. vectors (N, D). The
    metrics of the progress say how good the map's ingredients are: neighbor_recall@k, where neighbours were found
    approximately.

    begin: coordinates (N, n_components) of an earlier map, NaN for points that are new; the layout starts there where
    the settings go on from the last map, and comes out turned onto it. DataError when a number of the vectors is not
    finite; SettingsError when spread is below the minimum distance.
    """
    if not len(vectors):
        raise DataError("There is nothing to map: the space is empty.")
    bad = ~np.isfinite(vectors).all(axis=1)
    if bad.any():
        raise DataError(f"{int(bad.sum()):,} vectors hold NaN or infinity, the first at row {int(np.argmax(bad)):,}.")
    settings.check()
    if settings.method == "pca" or len(vectors) < FEWEST:
        yield pca(vectors, settings.n_components, unit=settings.metric == "cosine")
        return
    if begin is not None and not (settings.goes_on and np.isfinite(begin).all(axis=1).any()):
        begin = None
    moving = _moving(vectors, settings, device, begin)
    yield from moving if begin is None or settings.hold else registered_onto(moving, begin)


def _moving(
    vectors: np.ndarray, settings: ProjectionSettings, device: str, begin: np.ndarray | None
) -> Iterator[Progress | Forming | np.ndarray]:
    if settings.method == "tsne":
        from embedviz.projection.tsne import tsne

        return tsne(vectors, settings, device, begin)
    if settings.engine == "torch":
        from embedviz.projection.umap_torch import umap_torch

        return umap_torch(vectors, settings, device, begin)
    from embedviz.projection.umap_learn import umap_learn

    return umap_learn(vectors, settings)


def map_steps(
    space: EmbeddingSpace,
    points: np.ndarray,
    settings: ProjectionSettings,
    device: str = "cpu",
    begin: np.ndarray | None = None,
) -> Iterator[Progress | Forming | np.ndarray]:
    """The same for the labels of a space at points (N,), by any method, along named axes included."""
    if settings.method == "axes":
        settings.check()
        yield along_axes(space, points, settings.x_axis, settings.y_axis)
    else:
        yield from steps(np.asarray(space.vectors[points]), settings, device, begin)


def along_axes(space: EmbeddingSpace, points: np.ndarray, x_axis: str, y_axis: str) -> np.ndarray:
    """Each label's cosine with two directions, which embedviz.space.formula reads: (N, 2) float32."""
    from embedviz.space.formula import formula

    directions = np.stack([formula(space, text).vector for text in (x_axis, y_axis)])
    return space.closeness_to(directions, "cosine").T[points]


def project(space: EmbeddingSpace, method: str = "umap", **settings: Any) -> Projection:
    """The map of a space's most frequent labels, or of a stratified sample, with how faithful it is. Settings are
    ProjectionSettings' fields."""
    from embedviz.projection.fidelity import fidelity

    checked = ProjectionSettings.of(method=method, **settings)
    points = sampled(space, checked)
    vectors = np.asarray(space.vectors[points])
    quality: dict[str, float] = {}
    for step in map_steps(space, points, checked):
        if isinstance(step, Progress):
            quality |= step.metrics
        elif isinstance(step, np.ndarray):
            coords = step
    return Projection(coords, points, fidelity(vectors, coords, metric=checked.metric) | quality, checked)
