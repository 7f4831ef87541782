"""The job that draws a map: coordinates first, then how faithful it is, then clusters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.errors import DataError
from embedviz.core.generators import result_of
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.progress import Progress
from embedviz.projection.given_layout import placed
from embedviz.projection.map_folder import (
    Map,
    MapSpec,
    remove_partial,
    write_clusters,
    write_coords,
    write_kept,
    write_oddities,
    write_partial,
    write_quality,
)
from embedviz.projection.oddities import finite, oddities
from embedviz.projection.partial_layout import PartialLayout
from embedviz.projection.projecting import map_steps
from embedviz.projection.sampling import sampled
from embedviz.projection.settings import GIVEN, ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import read_space

if TYPE_CHECKING:
    import pandas as pd


@job("projection", lane="interactive")
def draw_map(spec: MapSpec, folder: Path, reporter: Reporter) -> None:
    """Draw the map. Odd vectors are counted first; then come coordinates, how faithful it is, and clusters."""
    settings = ProjectionSettings.from_values(spec.settings)
    space = read_space(folder / spec.spaces, spec.space)
    drawn = sampled(space, settings)
    count_oddities(folder, space, drawn)
    points = usable(space, drawn)
    if settings.method == GIVEN:
        points = placed(space, points)
    init = _coords_of(folder.parent, spec.init, points, settings.n_components)
    ingredients: dict[str, float] = {}

    def on_step(step: Progress | PartialLayout) -> None:
        if isinstance(step, PartialLayout):
            write_partial(folder, step.coords)
        else:
            reporter(step)
            ingredients.update(step.metrics)
        reporter.check()

    try:
        coords = result_of(map_steps(space, points, settings, _device(), init), on_step)
        write_coords(folder, coords, points)
    finally:
        remove_partial(folder)
    finish_map(folder, space, points, coords, settings, reporter, ingredients)


def finish_map(
    folder: Path,
    space: EmbeddingSpace,
    points: np.ndarray,
    coords: np.ndarray,
    settings: ProjectionSettings,
    reporter: Reporter,
    ingredients: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Measure how faithful a map is and find its clusters.

    Parameters
    ----------
    folder : Path
        The map's folder.
    space : EmbeddingSpace
        The space that it shows.
    points : ndarray
        (N,) rows of the space.
    coords : ndarray
        (N, 2 or 3) where they lie.
    settings : ProjectionSettings
        Settings of the map.
    reporter : Reporter
        Takes the progress.
    ingredients : mapping, optional
        Scores of what the map was made of, kept beside its own.
    """
    from embedviz.projection.fidelity import measure_fidelity

    reporter.report("Measuring how faithful the map is", 1, 1)
    found = measure_fidelity(np.asarray(space.vectors[points]), coords, metric=settings.metric, seed=settings.seed)
    kept = np.full(len(points), np.nan, np.float32)
    kept[found.rows] = found.kept
    write_kept(folder, kept)
    write_quality(folder, {**found.scores, **ingredients})
    write_clusters(folder, clusters_of(space, points, settings, reporter))


def clusters_of(
    space: EmbeddingSpace, points: np.ndarray, settings: ProjectionSettings, reporter: Reporter
) -> pd.Categorical:
    """Return `map_clusters` of the points (N,), and report that they are being found."""
    from embedviz.projection.map_clusters import map_clusters

    reporter.report("Finding clusters", 1, 1)
    return map_clusters(space, points, settings.metric)


def count_oddities(folder: Path, space: EmbeddingSpace, points: np.ndarray) -> None:
    """Count the zero vectors, copies and unusable ones among the points (N,), those left out of the map included."""
    write_oddities(folder, oddities(space.vectors[points], [space.labels[i] for i in points]))


def usable(space: EmbeddingSpace, points: np.ndarray) -> np.ndarray:
    """Return the points (N,) whose vectors are finite. DataError when none is left."""
    found = points[finite(space.vectors[points])]
    if len(points) and not len(found):
        raise DataError(f"There is nothing to map: all {len(points):,} vectors hold NaN or infinity.")
    return found


def _coords_of(maps: Path, map_id: str, points: np.ndarray, n_components: int) -> np.ndarray | None:
    """Return where the points (N,) lie on another map: (N, n_components) float32, NaN for those that are not on it.

    None when there is no such map.
    """
    if not map_id.isalnum() or not Map.exists(maps / map_id):
        return None
    last = Map(maps / map_id)
    if not last.has_coords or last.coords.shape[1] != n_components:
        return None
    place = {row: at for at, row in enumerate(last.points.tolist())}
    at = np.array([place.get(row, -1) for row in points.tolist()])
    init = np.full((len(points), n_components), np.nan, np.float32)
    init[at >= 0] = last.coords[at[at >= 0]]
    return init


def _device() -> str:
    """Return where layouts are computed: a GPU of CUDA, otherwise the CPU."""
    import torch

    return "cuda:0" if torch.cuda.is_available() else "cpu"
