"""A map's folder: the spec it was drawn by, coordinates, clusters, and how faithful it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

from embedviz.core.files import replacing, write_json
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.typed_json import JsonObject, read_typed, write_typed
from embedviz.projection.clusters import NO_CLUSTER
from embedviz.projection.oddities import Oddities
from embedviz.projection.packing import pack_points
from embedviz.projection.settings import ProjectionSettings
from embedviz.space.tensor_file import map_tensor

PARTIAL, COLUMNS = "partial.points", "columns.parquet"
COORDS, QUALITY, CLUSTERS, KEPT = "coords.safetensors", "quality.json", "clusters.parquet", "kept.parquet"
ODDITIES = "oddities.json"
OLD_NO_CLUSTER = "in no group"  # in maps drawn before version 0.2
SPACES = "../../spaces"  # of a run, from the folder of one of its maps


@dataclass(frozen=True)
class MapSpec(JobSpec):
    """Draw a map of a space.

    Attributes
    ----------
    space : str
        Name of the space.
    settings : dict
        Fields of ProjectionSettings.
    ended : float
        When the training of the space ended, so that a later part of it gets another map.
    written : int
        When the vectors were written, in nanoseconds since 1970, for the same reason.
    init : str
        Id of the map whose layout this one starts from; empty for none.
    spaces : str
        Folder of the space, relative to the map's.
    """

    kind: ClassVar[str] = "projection"

    space: str
    settings: JsonObject
    ended: float = 0.0
    written: int = 0
    init: str = ""
    spaces: str = SPACES


class Map(JobFolder[MapSpec]):
    """A map by its folder. `coords` and `points` are there once `has_coords` says so; `quality` follows."""

    spec_class = MapSpec

    @property
    def settings(self) -> ProjectionSettings:
        """The settings it is drawn by."""
        return ProjectionSettings.from_values(self.spec.settings)

    @property
    def space_name(self) -> str:
        """Name of the space that it shows."""
        return self.spec.space

    @property
    def init(self) -> str:
        """Id of the map whose layout this one starts from; empty for none."""
        return self.spec.init

    @property
    def has_coords(self) -> bool:
        """True once the points are where they stay."""
        return (self.folder / COORDS).exists()

    @property
    def has_quality(self) -> bool:
        """True once its fidelity was measured."""
        return (self.folder / QUALITY).exists()

    @property
    def has_clusters(self) -> bool:
        """True once clusters were found."""
        return (self.folder / CLUSTERS).exists()

    def partial_layout(self) -> tuple[bytes, int] | None:
        """Return the points of the layout under way, packed for the browser, and when they were written (ns).

        None when there is no layout under way.
        """
        path = self.folder / PARTIAL
        try:
            return path.read_bytes(), path.stat().st_mtime_ns
        except FileNotFoundError:
            return None

    @property
    def coords(self) -> np.ndarray:
        """(N, 2 or 3) float32, mapped from disk."""
        return self._tensors["coords"]

    @property
    def points(self) -> np.ndarray:
        """(N,) int64: row of the space that each point is."""
        return self._tensors["points"]

    @cached_property
    def _tensors(self) -> dict[str, np.ndarray]:
        return {name: map_tensor(self.folder / COORDS, name) for name in ("coords", "points")}

    @property
    def quality(self) -> dict[str, float]:
        """Scores of embedviz.projection.fidelity, and neighbor_recall@k after approximate search; empty until measured."""
        return read_typed(self.folder / QUALITY, dict[str, float]) or {}

    @property
    def oddities(self) -> Oddities | None:
        """Vectors that are zero, copies or unusable; None until they are counted."""
        return read_typed(self.folder / ODDITIES, Oddities)

    @property
    def clusters(self) -> pd.Series | None:
        """Name of each point's cluster, (N,) categorical, the largest cluster first, those in no cluster last.

        None until clusters were found.
        """
        if not self.has_clusters:
            return None
        return pd.read_parquet(self.folder / CLUSTERS)["cluster"].cat.rename_categories({OLD_NO_CLUSTER: NO_CLUSTER})

    @property
    def columns(self) -> pd.DataFrame:
        """Columns that the points have on this map alone, N rows; often none."""
        path = self.folder / COLUMNS
        return pd.read_parquet(path) if path.exists() else pd.DataFrame()

    @property
    def kept(self) -> pd.Series | None:
        """Share of each point's nearest neighbors that the map kept, (N,) float; NaN where it was not measured.

        None until it is there.
        """
        path = self.folder / KEPT
        return pd.read_parquet(path)["kept"] if path.exists() else None


def write_coords(folder: Path, coords: np.ndarray, points: np.ndarray) -> None:
    """Write where the points (N,) lie, coords (N, 2 or 3)."""
    with replacing(folder / COORDS) as temporary:
        save_file({"coords": np.ascontiguousarray(coords), "points": points.astype(np.int64)}, temporary)


def write_partial(folder: Path, coords: np.ndarray) -> None:
    """Write coords (N, 2) of a layout under way. One of three dimensions is left out: only the flat map shows them."""
    if coords.shape[1] == 2:
        with replacing(folder / PARTIAL) as temporary:
            temporary.write_bytes(pack_points(coords))


def remove_partial(folder: Path) -> None:
    """Remove what `write_partial` wrote."""
    (folder / PARTIAL).unlink(missing_ok=True)


def write_clusters(folder: Path, clusters: pd.Categorical) -> None:
    """Write the clusters of a map's points, (N,)."""
    with replacing(folder / CLUSTERS) as temporary:
        pd.DataFrame({"cluster": clusters}).to_parquet(temporary, index=False)


def write_columns(folder: Path, columns: dict[str, np.ndarray]) -> None:
    """Write columns (N,) that the points have on this map alone."""
    with replacing(folder / COLUMNS) as temporary:
        pd.DataFrame(columns).to_parquet(temporary, index=False)


def write_kept(folder: Path, kept: np.ndarray) -> None:
    """Write the share of each point's nearest neighbors that the map kept, (N,)."""
    with replacing(folder / KEPT) as temporary:
        pd.DataFrame({"kept": kept}).to_parquet(temporary, index=False)


def write_quality(folder: Path, quality: dict[str, float]) -> None:
    """Write the scores of a map."""
    write_json(folder / QUALITY, quality)


def write_oddities(folder: Path, found: Oddities) -> None:
    """Write which vectors are zero, copies or unusable."""
    write_typed(folder / ODDITIES, found)
