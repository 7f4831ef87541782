"""Comparisons of a run's space with another space: jobs in the run's own folder, one for each other space and each k."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pandas as pd

from embedviz.core.files import read_json, replacing, write_json
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.jobs.control import Asked, Control
from embedviz.jobs.maps import version
from embedviz.space.two_spaces import TwoSpaces, compare_spaces
from embedviz.store.job import Job
from embedviz.store.run import Run, open_run
from embedviz.store.status import State

FIGURES, MOVERS = "comparison.json", "movers.parquet"


class SpaceComparison(Job):
    """A comparison by its folder; found is there when it is done."""

    @property
    def found(self) -> TwoSpaces | None:
        figures = read_json(self.folder / FIGURES)
        return TwoSpaces(**figures, movers=pd.read_parquet(self.folder / MOVERS)) if figures else None


def comparison_of(a: Run, space_a: str, b: Run, space_b: str, k: int) -> SpaceComparison:
    """The comparison of two runs' spaces; written when it is new, and then still to be submitted. Trained again, a run
    has another."""
    spec = {
        "kind": "comparison",
        "space": space_a,
        "other": {"folder": str(b.folder), "space": space_b, **version(b, space_b)},
        "k": k,
        **version(a, space_a),
    }
    key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:32]
    folder = a.folder / "comparisons" / key
    if not (folder / SpaceComparison.spec_file).exists():
        SpaceComparison.write(folder, {**spec, "id": key, "run": a.id})
    return SpaceComparison(folder)


def twins_of(run: Run, runs: list[Run]) -> list[Run]:
    """Those of the runs that differ from it in nothing but the seed, and have ended: what they differ by is noise."""
    if run.kind != "training":
        return []
    own = _way_of(run)
    return [other for other in runs if other.id != run.id and other.status == "done" and _way_of(other) == own]


def _way_of(run: Run) -> dict[str, Any]:
    """All that decides what comes of a run but its seed and where it ran."""
    if run.kind != "training":
        return {}
    settings = {
        name: value for name, value in run.spec["settings"].items() if name not in ("seed", "device", "threads")
    }
    data = {
        name: run.spec["data"].get(name)
        for name in ("source", "sample", "path", "modified", "sha256", "options", "only")
    }
    return {"model": run.model, "settings": settings, "data": data, "columns": run.spec["columns"]}


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Compares, and writes movers.parquet, then comparison.json."""
    other = job.spec["other"]
    a = Run(job.folder.parents[1]).spaces[job.spec["space"]]
    b = open_run(other["folder"]).spaces[other["space"]]

    def on_step(step: Progress) -> None:
        say(step)
        control.check()

    try:
        found = result_of(compare_spaces(a, b, job.spec["k"]), on_step)
    except Asked:
        return "interrupted" if control.interrupt else "stopped"
    figures = dict(vars(found))
    with replacing(job.folder / MOVERS) as temporary:
        figures.pop("movers").to_parquet(temporary, index=False)
    write_json(job.folder / FIGURES, figures)
    return "done"
