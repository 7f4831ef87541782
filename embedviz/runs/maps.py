"""Maps of a run's spaces: jobs in the run's own folder, one for each space and each way of projecting it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

from embedviz.errors import RunError
from embedviz.files import read_json, replacing, write_json
from embedviz.projection.pca import pca
from embedviz.projection.projecting import map_steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.runs.control import Control
from embedviz.runs.job import Job
from embedviz.runs.run import Run
from embedviz.runs.status import State
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import map_tensor
from embedviz.training.progress import Progress

COORDS, QUALITY, CLUSTERS, KEPT = "coords.safetensors", "quality.json", "clusters.parquet", "kept.parquet"


class Map(Job):
    """A map by its folder. coords and points are there once has_coords says so; quality follows."""

    @property
    def settings(self) -> ProjectionSettings:
        return ProjectionSettings.of(**self.spec["settings"])

    @property
    def space_name(self) -> str:
        return self.spec["space"]

    @property
    def has_coords(self) -> bool:
        return (self.folder / COORDS).exists()

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
    def clusters(self) -> pd.Series | None:
        """The name of each point's group, (N,) categorical, the largest group first; None until it is there."""
        path = self.folder / CLUSTERS
        return pd.read_parquet(path)["cluster"] if path.exists() else None

    @property
    def kept(self) -> pd.Series | None:
        """The share of each point's nearest that the map kept, (N,) float, NaN where it was not looked at; None until
        it is there."""
        path = self.folder / KEPT
        return pd.read_parquet(path)["kept"] if path.exists() else None


def map_of(run: Run, space_name: str, settings: ProjectionSettings) -> Map:
    """The map job for this space and these settings; written when it is new, and then still to be submitted."""
    spec = {"kind": "projection", "space": space_name, "settings": settings.model_dump(), "ended": run.state.ended}
    key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:32]
    folder = run.folder / "maps" / key
    if not (folder / Map.spec_file).exists():
        Map.write(folder, {**spec, "id": key, "run": run.id})
    return Map(folder)


def open_map(run: Run, map_id: str) -> Map:
    """The run's map with this id; RunError when there is none."""
    folder = run.folder / "maps" / map_id
    if not map_id.isalnum() or not (folder / Map.spec_file).is_file():
        raise RunError("This map is not here any more. Draw it again.")
    return Map(folder)


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Computes the map: coordinates first, then clusters, then how faithful it is."""
    from embedviz.projection.clusters import clusters
    from embedviz.projection.fidelity import measured
    from embedviz.training.devices import choose

    settings = ProjectionSettings.of(**job.spec["settings"])
    space = Run(job.folder.parents[1]).spaces[job.spec["space"]]
    points = space.most_frequent(settings.n_points)
    vectors = np.asarray(space.vectors[points])
    device = choose("auto")
    coords, ingredients = None, {}
    for step in map_steps(space, points, settings, "cpu" if device.kind == "mps" else device.name):
        if isinstance(step, Progress):
            say(step)
            ingredients |= step.metrics
        else:
            coords = step
        if control.any:
            return "interrupted" if control.interrupt else "stopped"
    _write_coords(job.folder, coords, points)
    say(Progress(1, 1, message="Finding groups"))
    labels = [space.labels[i] for i in points]
    groups = clusters(vectors, labels)
    names = pd.Categorical.from_codes(groups.of, [f"{i + 1}: {name}" for i, name in enumerate(groups.names)])
    with replacing(job.folder / CLUSTERS) as temporary:
        pd.DataFrame({"cluster": names}).to_parquet(temporary, index=False)
    say(Progress(1, 1, message="Measuring how faithful the map is"))
    found = measured(vectors, coords, metric=settings.metric, seed=settings.seed)
    kept = np.full(len(points), np.nan, np.float32)
    kept[found.rows] = found.kept
    with replacing(job.folder / KEPT) as temporary:
        pd.DataFrame({"kept": kept}).to_parquet(temporary, index=False)
    write_json(job.folder / QUALITY, found.scores | ingredients)
    return "done"


def draw_pca(run: Run, space: EmbeddingSpace, settings: ProjectionSettings) -> Map:
    """The PCA map of the same points, computed here and now: NumPy needs a fraction of a second."""
    drawn = map_of(
        run, space.name, settings.model_copy(update={"method": "pca", "engine": "torch", "x_axis": "", "y_axis": ""})
    )
    if not drawn.has_coords:
        points = space.most_frequent(settings.n_points)
        coords = pca(np.asarray(space.vectors[points]), settings.n_components, unit=settings.metric == "cosine")
        _write_coords(drawn.folder, coords, points)
    return drawn


def _write_coords(folder: Path, coords: np.ndarray, points: np.ndarray) -> None:
    with replacing(folder / COORDS) as temporary:
        save_file({"coords": np.ascontiguousarray(coords), "points": points.astype(np.int64)}, temporary)
