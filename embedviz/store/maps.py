"""Maps of a run's spaces by what a person asks for: each is a job in the run's own folder, or in the viewer's."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import numpy as np

from embedviz.core.errors import RunError
from embedviz.projection.given_layout import given_coords, placed
from embedviz.projection.history_job import History, HistorySpec
from embedviz.projection.map_folder import Map, MapSpec, write_coords
from embedviz.projection.map_job import usable
from embedviz.projection.pair_job import MAX_LABELS as MAX_PAIR_LABELS
from embedviz.projection.pair_job import Pair, PairSpec
from embedviz.projection.pca import pca
from embedviz.projection.sampling import sampled
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.comparison_job import SpaceComparison
from embedviz.space.snapshots import MAX_LABELS, has_snapshots, snapshot_steps
from embedviz.space.storage import written
from embedviz.store.run_folder import SPACES, RunFolder
from embedviz.store.work import find_job, job_on, path_from

MAPS = "maps"


class SpaceVersion(TypedDict):
    """Version of a run's vectors, so that no map of the earlier vectors is taken for one of the later.

    The end alone does not tell: a run that goes on has none, each time that it goes on.
    """

    ended: float
    written: int


def space_version(run: RunFolder, space_name: str) -> SpaceVersion:
    """Return the version of a run's space."""
    return {"ended": run.state.ended, "written": written(run.folder / SPACES, space_name)}


def map_of(run: RunFolder, space_name: str, settings: ProjectionSettings, init: str = "") -> Map:
    """Return the map of a space by these settings; it is written when it is new, and then still to be submitted.

    Parameters
    ----------
    run : RunFolder
        The run.
    space_name : str
        One of its spaces.
    settings : ProjectionSettings
        How it is drawn.
    init : str, optional
        Id of the map whose layout it starts from, where the settings ask for that.
    """

    def spec(maps: Path) -> MapSpec:
        start = init if settings.continues_last_map and (maps / init).is_dir() else ""
        return MapSpec(
            space_name,
            settings.model_dump(),
            init=start,
            spaces=path_from(maps, run.folder / SPACES),
            **space_version(run, space_name),
        )

    return job_on(run, Map, MAPS, spec)


def open_map(run: RunFolder, map_id: str) -> Map:
    """Return the run's map with this id. RunError when there is none."""
    found = find_job(run, Map, MAPS, map_id)
    if found is None:
        raise RunError("This map no longer exists. Draw it again.")
    return found


def draw_pca(run: RunFolder, space: EmbeddingSpace, settings: ProjectionSettings) -> Map:
    """Return the PCA map of the same points, computed in this process: NumPy needs a fraction of a second."""
    same = {name: getattr(settings, name) for name in ("n_points", "sample", "n_components", "metric")}
    if settings.sample == "stratified":
        same["seed"] = settings.seed
    drawn = map_of(run, space.name, ProjectionSettings(method="pca", **same))
    if not drawn.has_coords:
        points = usable(space, sampled(space, settings))
        coords = pca(np.asarray(space.vectors[points]), settings.n_components, unit=settings.metric == "cosine")
        write_coords(drawn.folder, coords, points)
    return drawn


def draw_given(run: RunFolder, space: EmbeddingSpace, settings: ProjectionSettings) -> Map:
    """Return the map of the coordinates that the space came with, written in this process: there is nothing to compute."""
    drawn = map_of(run, space.name, settings)
    if not drawn.has_coords:
        points = placed(space, usable(space, sampled(space, settings)))
        write_coords(drawn.folder, given_coords(space, points), points)
    return drawn


def has_history(run: RunFolder, space_name: str) -> bool:
    """Return True when snapshots of this space were taken while it was trained."""
    return run.kind == "training" and len(snapshot_steps(run.folder)) > 1 and has_snapshots(run.folder, space_name)


def history_of(run: RunFolder, space_name: str) -> History:
    """Return the maps of this space's snapshots; written when new, and then still to be submitted."""
    settings = ProjectionSettings.of(n_points=MAX_LABELS)

    def spec(maps: Path) -> HistorySpec:
        return HistorySpec(
            space_name,
            settings.model_dump(),
            spaces=path_from(maps, run.folder / SPACES),
            run=path_from(maps, run.folder),
            **space_version(run, space_name),
        )

    return job_on(run, History, MAPS, spec)


def pair_of(run: RunFolder, comparison: SpaceComparison) -> Pair:
    """Return the maps of a run's space and the one it is compared with; written when new."""

    def spec(maps: Path) -> PairSpec:
        return PairSpec(
            comparison.spec.space,
            ProjectionSettings.of(n_points=MAX_PAIR_LABELS).model_dump(),
            ended=comparison.spec.ended,
            written=comparison.spec.written,
            spaces=path_from(maps, run.folder / SPACES),
            comparison=path_from(maps, comparison.folder),
        )

    return job_on(run, Pair, MAPS, spec)
