"""The baselines of a run: other ways of predicting, trained on the run's own training part and measured as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

from embedviz.core.errors import RunError
from embedviz.core.files import read_json, write_json
from embedviz.core.peak_memory import PeakMemory
from embedviz.core.progress import Progress
from embedviz.evaluation.scores import BaselineScore
from embedviz.jobs.control import Control
from embedviz.jobs.prepared import prepare_again, read_again
from embedviz.models import model_class
from embedviz.store.job import Job
from embedviz.store.run import Run
from embedviz.store.status import State

FOLDER = "baselines"
ROWS = "baselines.json"


class Baselines(Job):
    """The baselines by their folder; rows are there as they come."""

    @classmethod
    def at(cls, run: Run) -> Baselines | None:
        """Those of the run; None where nobody asked for them yet."""
        folder = run.folder / FOLDER
        return cls(folder) if (folder / cls.spec_file).exists() else None

    @property
    def rows(self) -> list[BaselineScore]:
        """In the order in which they were made, the trivial ones first. memory_bytes is what the process held at its
        most meanwhile, libraries included, as in the record of a run."""
        return [BaselineScore(**row) for row in read_json(self.folder / ROWS).get("rows", [])]


def has_baselines(run: Run) -> bool:
    """True for a finished training of a model that brings baselines."""
    return run.kind == "training" and bool(run.metrics) and hasattr(model_class(run.model), "baselines")


def baselines_of(run: Run) -> Baselines:
    """The run's baselines; written when they are asked for first, and then still to be submitted."""
    if not has_baselines(run):
        raise RunError(f"The run {run.name!r} has no baselines to train: it is {run.status} and of {run.model!r}.")
    folder = run.folder / FOLDER
    if not (folder / Baselines.spec_file).exists():
        Baselines.write(folder, {"kind": "baselines", "id": f"baselines-{run.id}", "run": run.id})
    return Baselines(folder)


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Trains and measures one after the other; each row is written as it comes, so that Stop loses none."""
    run = Run(job.folder.parent)
    table = read_again(run, say)
    model = prepare_again(run, table, run.settings, control, say)
    if model is None:
        return "interrupted" if control.interrupt else "stopped"
    del table
    rows = {row.name: row for row in Baselines(job.folder).rows}
    with PeakMemory() as held:
        for step in model.baselines():
            if isinstance(step, Progress):
                say(step)
            else:
                rows[step.name] = replace(step, memory_bytes=held.take_peak())
                write_json(job.folder / ROWS, {"rows": [asdict(row) for row in rows.values()]})
                say(Progress(message=f"{step.name} is measured"))
            if control.any:
                return "interrupted" if control.interrupt else "stopped"
    return "done"
