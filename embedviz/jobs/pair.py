"""Two maps to lay beside each other: of the labels that two spaces share, the second laid out from the first.

Both are maps of the first space, whose rows and columns they show; only where the points lie on the second comes from
the other space's vectors.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.jobs.comparison import SpaceComparison
from embedviz.jobs.control import Asked, Control
from embedviz.jobs.maps import Map, groups_of, write_columns, write_coords, write_groups
from embedviz.projection.partial_layout import PartialLayout
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.space.two_spaces import shared_rows
from embedviz.store.job import Job
from embedviz.store.run import Run, open_run
from embedviz.store.status import State

MOST = 5_000  # labels
OVERLAP = "overlap"  # of each label: the share of its nearest that it has in both spaces


class Pair(Map):
    """The first of the two maps, which knows the second."""

    @property
    def beside(self) -> Map:
        """The second map, of the same points in the same order."""
        return Map.of(Run(self.folder.parents[1]), {**self._way, "kind": "pair side"})

    @property
    def _way(self) -> dict:
        return {name: self.spec[name] for name in ("space", "settings", "comparison", "ended")}


def pair_of(run: Run, comparison: SpaceComparison) -> Pair:
    """The job for the maps of a run's space and the one it is compared with; written when it is new."""
    return Pair.of(
        run,
        {
            "kind": "pair",
            "space": comparison.spec["space"],
            "settings": ProjectionSettings(n_points=MOST).model_dump(),
            "comparison": comparison.id,
            "ended": comparison.spec["ended"],
        },
    )


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Lays out the first, then from there the second; both get the first one's groups and what the comparison found."""
    run = Run(job.folder.parents[1])
    pair = Pair(job.folder)
    comparison = SpaceComparison(run.folder / "comparisons" / job.spec["comparison"])
    other = comparison.spec["other"]
    a, b = run.spaces[job.spec["space"]], open_run(other["folder"]).spaces[other["space"]]
    rows_a, rows_b = (rows[:MOST] for rows in shared_rows(a, b))
    settings = ProjectionSettings.of(**job.spec["settings"])
    begin, layouts = None, []
    for number, vectors in enumerate((a.vectors[rows_a], b.vectors[rows_b])):

        def on_step(step: Progress | PartialLayout, number: int = number) -> None:
            if isinstance(step, Progress):
                done = number * step.total_steps + step.step
                say(Progress(done, 2 * step.total_steps, message=f"Map {number + 1} of 2. {step.message}"))
            control.check()

        try:
            begin = result_of(steps(np.asarray(vectors), settings, "cpu", begin), on_step)
        except Asked:
            return "interrupted" if control.interrupt else "stopped"
        layouts.append(begin)
    overlap = comparison.found.movers.set_index("label")["overlap"]
    columns = {OVERLAP: overlap.reindex([a.labels[row] for row in rows_a]).to_numpy(np.float32)}
    groups = groups_of(a, rows_a, settings, say)
    for folder, coords in ((pair.beside.folder, layouts[1]), (pair.folder, layouts[0])):
        write_groups(folder, groups)
        write_columns(folder, columns)
        write_coords(folder, coords, rows_a)
    return "done"
