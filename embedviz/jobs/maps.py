"""Maps of a run's spaces: jobs in the run's own folder, one for each space and each way of projecting it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

from embedviz.core.errors import DataError, RunError
from embedviz.core.files import read_json, replacing, write_json
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.jobs.control import Asked, Control
from embedviz.projection.oddities import Oddities, finite, oddities
from embedviz.projection.packing import pack_points
from embedviz.projection.partial_layout import PartialLayout
from embedviz.projection.pca import pca
from embedviz.projection.projecting import map_steps
from embedviz.projection.sampling import sampled
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import map_tensor, written
from embedviz.store.job import Job
from embedviz.store.run import SPACES, Run
from embedviz.store.status import State

FORMING, COLUMNS = "forming.points", "columns.parquet"
COORDS, QUALITY, CLUSTERS, KEPT = "coords.safetensors", "quality.json", "clusters.parquet", "kept.parquet"
ODDITIES = "oddities.json"


class Map(Job):
    """A map by its folder. coords and points are there once has_coords says so; quality follows."""

    @classmethod
    def of(cls, run: Run, spec: dict[str, Any]) -> Self:
        """The map of the run that the spec describes, in a folder named after what it says."""
        key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:32]
        folder = run.folder / "maps" / key
        if not (folder / cls.spec_file).exists():
            cls.write(folder, {**spec, "id": key, "run": run.id})
        return cls(folder)

    @property
    def settings(self) -> ProjectionSettings:
        return ProjectionSettings.of(**self.spec["settings"])

    @property
    def space_name(self) -> str:
        return self.spec["space"]

    @property
    def has_coords(self) -> bool:
        return (self.folder / COORDS).exists()

    @property
    def has_groups(self) -> bool:
        return (self.folder / CLUSTERS).exists()

    @property
    def begin(self) -> str:
        """The id of the map that this one goes on from; empty when it starts by itself."""
        return self.spec.get("begin", "")

    def forming(self) -> tuple[bytes, int] | None:
        """The points on their way, packed for the front end, and when they were written (ns); None when there are
        none."""
        path = self.folder / FORMING
        try:
            return path.read_bytes(), path.stat().st_mtime_ns
        except FileNotFoundError:
            return None

    @cached_property
    def coords(self) -> np.ndarray:
        """(N, 2 or 3) float32, mapped from disk."""
        return map_tensor(self.folder / COORDS, "coords")

    @cached_property
    def points(self) -> np.ndarray:
        """(N,) int64: which of the space's labels each point is."""
        return map_tensor(self.folder / COORDS, "points")

    @property
    def quality(self) -> dict[str, float]:
        """Scores of embedviz.projection.fidelity, and neighbor_recall@k after approximate neighbours; empty until they
        are measured."""
        return read_json(self.folder / QUALITY)

    @property
    def oddities(self) -> Oddities | None:
        """Which of its vectors are zero, copies or unusable; None until they are counted."""
        values = read_json(self.folder / ODDITIES)
        return Oddities(**values) if values else None

    @property
    def clusters(self) -> pd.Series | None:
        """The name of each point's group, (N,) categorical, the largest group first and those in none last; None
        until it is there."""
        return pd.read_parquet(self.folder / CLUSTERS)["cluster"] if self.has_groups else None

    @property
    def columns(self) -> pd.DataFrame:
        """What the points have on this map alone, N rows; often no column at all."""
        path = self.folder / COLUMNS
        return pd.read_parquet(path) if path.exists() else pd.DataFrame()

    @property
    def kept(self) -> pd.Series | None:
        """The share of each point's nearest that the map kept, (N,) float, NaN where it was not looked at; None until
        it is there."""
        path = self.folder / KEPT
        return pd.read_parquet(path)["kept"] if path.exists() else None


def map_of(run: Run, space_name: str, settings: ProjectionSettings, begin: str = "") -> Map:
    """The map job for this space and these settings; written when it is new, and then still to be submitted. begin: id
    of the map it goes on from, where the settings say that it does."""
    spec = {"kind": "projection", "space": space_name, "settings": settings.model_dump(), **version(run, space_name)}
    if begin and settings.continues_last_map:
        spec["begin"] = begin
    return Map.of(run, spec)


def version(run: Run, space_name: str) -> dict[str, float]:
    """What is another when the run's vectors are others, so that no map of the vectors before is taken for theirs. The
    end alone does not tell: a run that goes on has none, each time that it goes on."""
    return {"ended": run.state.ended, "written": written(run.folder / SPACES, space_name)}


def open_map(run: Run, map_id: str) -> Map:
    """The run's map with this id; RunError when there is none."""
    folder = run.folder / "maps" / map_id
    if not map_id.isalnum() or not (folder / Map.spec_file).is_file():
        raise RunError("This map is not here any more. Draw it again.")
    return Map(folder)


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Computes the map: odd vectors are counted first, then come coordinates, clusters, and how faithful it is."""
    from embedviz.training.devices import choose

    settings = ProjectionSettings.of(**job.spec["settings"])
    space = Run(job.folder.parents[1]).spaces[job.spec["space"]]
    drawn = sampled(space, settings)
    write_oddities(job.folder, space, drawn)
    points = _usable(space, drawn)
    device = choose("auto")
    begin = _begin(job, points, settings.n_components)
    ingredients: dict[str, float] = {}

    def on_step(step: Progress | PartialLayout) -> None:
        if isinstance(step, PartialLayout):
            _write_forming(job.folder, step.coords)
        else:
            say(step)
            ingredients.update(step.metrics)
        control.check()

    try:
        steps = map_steps(space, points, settings, "cpu" if device.kind == "mps" else device.name, begin)
        coords = result_of(steps, on_step)
        write_coords(job.folder, coords, points)
    except Asked:
        return "interrupted" if control.interrupt else "stopped"
    finally:
        (job.folder / FORMING).unlink(missing_ok=True)
    finish(job.folder, space, points, coords, settings, say, ingredients)
    return "done"


def finish(
    folder: Path,
    space: EmbeddingSpace,
    points: np.ndarray,
    coords: np.ndarray,
    settings: ProjectionSettings,
    say: Callable[..., None],
    ingredients: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """What follows the coordinates of a map: its groups, and how faithful it is. ingredients: how good that was which
    the map was made of, kept beside the scores."""
    from embedviz.projection.fidelity import measure_fidelity

    write_groups(folder, groups_of(space, points, settings, say))
    say(Progress(1, 1, message="Measuring how faithful the map is"))
    found = measure_fidelity(np.asarray(space.vectors[points]), coords, metric=settings.metric, seed=settings.seed)
    kept = np.full(len(points), np.nan, np.float32)
    kept[found.rows] = found.kept
    with replacing(folder / KEPT) as temporary:
        pd.DataFrame({"kept": kept}).to_parquet(temporary, index=False)
    write_json(folder / QUALITY, {**found.scores, **ingredients})


def groups_of(
    space: EmbeddingSpace, points: np.ndarray, settings: ProjectionSettings, say: Callable[..., None]
) -> pd.Categorical:
    """The name of each point's group, (N,), the largest group first, those in no group last."""
    from embedviz.projection.clusters import clusters

    say(Progress(1, 1, message="Finding groups"))
    vectors = np.asarray(space.vectors[points])
    return clusters(vectors, [space.labels[i] for i in points], metric=settings.metric).column()


def write_groups(folder: Path, groups: pd.Categorical) -> None:
    """Keeps the groups of a map's points."""
    with replacing(folder / CLUSTERS) as temporary:
        pd.DataFrame({"cluster": groups}).to_parquet(temporary, index=False)


def write_columns(folder: Path, columns: dict[str, np.ndarray]) -> None:
    """Keeps columns (N,) that the points have on this map alone."""
    with replacing(folder / COLUMNS) as temporary:
        pd.DataFrame(columns).to_parquet(temporary, index=False)


def _begin(job: Job, points: np.ndarray, n_components: int) -> np.ndarray | None:
    """Where the points (N,) lie on the map that this one goes on from: (N, n_components) float32, NaN for those that are
    not on it; None when there is no such map."""
    try:
        last = open_map(Run(job.folder.parents[1]), job.spec.get("begin", ""))
    except RunError:
        return None
    if not last.has_coords or last.coords.shape[1] != n_components:
        return None
    place = {row: at for at, row in enumerate(last.points.tolist())}
    at = np.array([place.get(row, -1) for row in points.tolist()])
    begin = np.full((len(points), n_components), np.nan, np.float32)
    begin[at >= 0] = last.coords[at[at >= 0]]
    return begin


def draw_pca(run: Run, space: EmbeddingSpace, settings: ProjectionSettings) -> Map:
    """The PCA map of the same points, computed here and now: NumPy needs a fraction of a second."""
    same = {name: getattr(settings, name) for name in ("n_points", "sample", "n_components", "metric")}
    if settings.sample == "stratified":
        same["seed"] = settings.seed
    drawn = map_of(run, space.name, ProjectionSettings(method="pca", **same))
    if not drawn.has_coords:
        points = _usable(space, sampled(space, settings))
        coords = pca(np.asarray(space.vectors[points]), settings.n_components, unit=settings.metric == "cosine")
        write_coords(drawn.folder, coords, points)
    return drawn


def _usable(space: EmbeddingSpace, points: np.ndarray) -> np.ndarray:
    """The points (N,) whose vectors hold neither NaN nor infinity; DataError when none is left."""
    usable = points[finite(space.vectors[points])]
    if len(points) and not len(usable):
        raise DataError(f"There is nothing to map: all {len(points):,} vectors hold NaN or infinity.")
    return usable


def write_oddities(folder: Path, space: EmbeddingSpace, points: np.ndarray) -> None:
    """Counts the zero vectors, copies and unusable ones among the points (N,), those that the map leaves out included."""
    found = oddities(space.vectors[points], [space.labels[i] for i in points])
    write_json(folder / ODDITIES, asdict(found))


def write_coords(folder: Path, coords: np.ndarray, points: np.ndarray) -> None:
    """Keeps where the points (N,) lie, coords (N, 2 or 3)."""
    with replacing(folder / COORDS) as temporary:
        save_file({"coords": np.ascontiguousarray(coords), "points": points.astype(np.int64)}, temporary)


def _write_forming(folder: Path, coords: np.ndarray) -> None:
    if coords.shape[1] == 2:  # what turns is not drawn on the flat map
        with replacing(folder / FORMING) as temporary:
            temporary.write_bytes(pack_points(coords))
