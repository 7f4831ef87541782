"""The baselines of a run: other ways of predicting, trained on the run's own training set and measured as it was."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from embedviz.core.errors import RunError
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.peak_memory import PeakMemory
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.evaluation.scores import BaselineScore
from embedviz.jobs.prepared import prepare, read
from embedviz.models import model_spec
from embedviz.store.run_folder import RunFolder

FOLDER = "baselines"
ROWS = "baselines.json"


@dataclass(frozen=True)
class BaselinesSpec(JobSpec):
    """Train the baselines of the run in the folder above."""

    kind: ClassVar[str] = "baselines"


@dataclass(frozen=True)
class BaselineRows:
    """Contents of baselines.json: the scores so far, in the order in which they were made, the trivial ones first."""

    rows: list[BaselineScore] = field(default_factory=list[BaselineScore])


class Baselines(JobFolder[BaselinesSpec]):
    """The baselines by their folder; rows are there as they come."""

    spec_class = BaselinesSpec

    @classmethod
    def at(cls, run: RunFolder) -> Baselines | None:
        """Return those of the run; None where nobody asked for them yet."""
        folder = run.folder / FOLDER
        return cls(folder) if cls.exists(folder) else None

    @property
    def rows(self) -> list[BaselineScore]:
        """The scores so far. memory_bytes is the peak of the process, libraries included, as in the record of a run."""
        found = read_typed(self.folder / ROWS, BaselineRows)
        return found.rows if found else []


def has_baselines(run: RunFolder) -> bool:
    """Return True for a finished training of a model that brings baselines."""
    return run.kind == "training" and bool(run.metrics) and run.predicts


def baselines_of(run: RunFolder) -> Baselines:
    """Return the run's baselines; written when they are asked for first, and then still to be submitted."""
    if not has_baselines(run):
        raise RunError(f"The run {run.name!r} has no baselines to train: it is {run.status} and of {run.model!r}.")
    return Baselines.create(run.folder / FOLDER, BaselinesSpec(), f"baselines-{run.id}")


@job("baselines", lane="training")
def train_baselines(spec: BaselinesSpec, folder: Path, reporter: Reporter) -> None:
    """Train and measure one after the other; each row is written as it comes, so that Stop loses none."""
    run = RunFolder(folder.parent)
    prepared = prepare(run, read(run, reporter), run.training_settings(), reporter)
    rows = {row.name: row for row in Baselines(folder).rows}
    with PeakMemory() as memory:
        for baseline in model_spec(run.model).baselines(prepared):
            started = time.perf_counter()
            metrics = reporter.follow(baseline.measure())
            seconds, peak = time.perf_counter() - started, memory.take_peak()
            rows[baseline.name] = BaselineScore(baseline.name, metrics, seconds, peak, baseline.note)
            write_typed(folder / ROWS, BaselineRows(list(rows.values())))
            reporter.report(f"{baseline.name} is measured")
            reporter.check()
