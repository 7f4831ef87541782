"""The job that draws two maps to lay beside each other: of the labels that two spaces share, the second laid out from
the first.

Both are maps of the first space, whose rows and columns they show; only where the points lie on the second comes from
the other space's vectors.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from embedviz.core.generators import result_of
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.progress import Progress
from embedviz.projection.map_folder import Map, MapSpec, write_clusters, write_columns, write_coords
from embedviz.projection.map_job import clusters_of
from embedviz.projection.partial_layout import PartialLayout
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.space.comparison_job import SpaceComparison
from embedviz.space.storage import read_space
from embedviz.space.two_spaces import shared_rows

MAX_LABELS = 5_000
OVERLAP = "overlap"  # of each label: the share of its nearest neighbors that it has in both spaces


@dataclass(frozen=True)
class PairSpec(MapSpec):
    """Draw the labels that two compared spaces share. comparison: its folder, relative to the map's."""

    kind: ClassVar[str] = "pair"

    comparison: str = ""


@dataclass(frozen=True)
class PairSideSpec(PairSpec):
    """The second map of a pair. The job of the first one draws it."""

    kind: ClassVar[str] = "pair side"


class Pair(Map):
    """The first of the two maps, which knows the second."""

    spec_class = PairSpec

    @property
    def beside(self) -> Map:
        """The second map, of the same points in the same order."""
        return Map.keyed(self.folder.parent, PairSideSpec(**asdict(self.spec)))


@job("pair", lane="interactive")
def draw_pair(spec: PairSpec, folder: Path, reporter: Reporter) -> None:
    """Lay out the first, then from there the second; both get the first one's clusters and what the comparison found."""
    comparison = SpaceComparison(folder / spec.comparison)
    a, b = read_space(folder / spec.spaces, spec.space), comparison.other_space()
    rows_a, rows_b = (rows[:MAX_LABELS] for rows in shared_rows(a, b))
    settings = ProjectionSettings.from_values(spec.settings)
    layouts: list[np.ndarray] = []

    def on_step(step: Progress | PartialLayout) -> None:
        if isinstance(step, Progress):
            done = len(layouts) * step.total_steps + step.step
            reporter.report(f"Map {len(layouts) + 1} of 2. {step.message}", done, 2 * step.total_steps)
        reporter.check()

    for vectors in (a.vectors[rows_a], b.vectors[rows_b]):
        init = layouts[0] if layouts else None
        layouts.append(result_of(steps(np.asarray(vectors), settings, "cpu", init), on_step))
    overlap = comparison.result().movers.set_index("label")["overlap"]
    columns = {OVERLAP: overlap.reindex([a.labels[row] for row in rows_a]).to_numpy(np.float32)}
    clusters = clusters_of(a, rows_a, settings, reporter)
    for side, coords in ((Pair(folder).beside.folder, layouts[1]), (folder, layouts[0])):
        write_clusters(side, clusters)
        write_columns(side, columns)
        write_coords(side, coords, rows_a)
