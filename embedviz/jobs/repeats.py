"""The job that repeats a training: over several seeds, each with its own split and start, or over the folds of one split.

A split that a column gives stays: seeds change the start alone, and at most a validation set that is drawn.

Each repeat is a file of its own below the run, so that five seeds after three train two more, and a stopped one goes on
where it was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Unpack

import numpy as np

from embedviz.core.errors import RunError, SettingsError
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.events import EventDetails
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.progress import Progress
from embedviz.core.settings import TrainingSettings
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.folds import Fold
from embedviz.data.given_split import fold_message
from embedviz.data.reading import Table
from embedviz.evaluation.repeats import Over, Repeat, RepeatedScores
from embedviz.jobs.prepared import prepare, read
from embedviz.models import model_spec
from embedviz.store.run_folder import RunFolder
from embedviz.training.devices import choose, torch_threads
from embedviz.training.threads import threads_for

FOLDER = "repeats"
MAX_REPEATS = 100
SEEDS = 2**31  # settings take those below


@dataclass(frozen=True)
class RepeatsSpec(JobSpec):
    """Repeat the run two folders above. seed: the run's own, with which seeds begin."""

    kind: ClassVar[str] = "repeats"

    over: Over
    n: int
    seed: int


class Repeats(JobFolder[RepeatsSpec]):
    """The repeats by their folder; rows are there as they come."""

    spec_class = RepeatsSpec

    @property
    def over(self) -> Over:
        """Seeds or folds."""
        return self.spec.over

    @property
    def n(self) -> int:
        """Number of repeats that were asked for."""
        return self.spec.n

    @property
    def rows(self) -> list[Repeat]:
        """Those that are done, in their order."""
        found = [read_typed(file, Repeat) for _, file in self.planned()]
        return [row for row in found if row]

    def planned(self) -> list[tuple[int, Path]]:
        """Return number and file of each; the numbers are seeds, or folds from 0."""
        return _planned(self.folder.parent, self.over, self.n, self.spec.seed)

    @property
    def title(self) -> str:
        """5 seeds, 5 folds."""
        return f"{self.n} {self.over}"

    @property
    def scores(self) -> RepeatedScores:
        """The scores of those that are done."""
        return RepeatedScores(self.over, self.n, self.rows)


def repeats_of(run: RunFolder, over: Over, n: int) -> Repeats:
    """Return the run's training over n seeds, its own first, or n folds; written when new, and then still to be submitted.

    Raises
    ------
    RunError
        When no training of the run has ended.
    SettingsError
        Unless n is 2 to 100 and `over` is "seeds" or "folds", and for folds of a run whose split a column gave.
    """
    if run.kind != "training" or not run.metrics:
        raise RunError(f"The run {run.name!r} cannot be repeated: there is no training of it that has ended.")
    if over not in ("seeds", "folds") or type(n) is not int or not 2 <= n <= MAX_REPEATS:
        raise SettingsError(f"A training is repeated over 2 to {MAX_REPEATS} seeds or folds, not over {n!r} {over}.")
    if over == "folds" and (column := given_split_column(run)):
        raise SettingsError(fold_message(column))
    folder = run.folder / FOLDER / f"{over}-{n}"
    spec = RepeatsSpec(over, n, run.training_settings().seed)
    return Repeats.create(folder, spec, f"repeats-{over}-{n}-{run.id}")


def given_split_column(run: RunFolder) -> str:
    """Return the column that gave the run's split, which every repeat keeps; empty where the split was drawn."""
    return run.protocol.column if run.protocol else ""


def left_to_train(run: RunFolder, over: Over, n: int) -> int:
    """Return how many trainings it would take: those that are kept, and the run itself, are not done again."""
    seed = run.training_settings().seed
    left = [number for number, file in _planned(run.folder / FOLDER, over, n, seed) if not file.exists()]
    return sum(not (over == "seeds" and _is_own(run, number)) for number in left)


def kept_repeats(run: RunFolder) -> list[Repeats]:
    """Return all that were asked for, the last asked for first."""
    found = [Repeats(path.parent) for path in (run.folder / FOLDER).glob(f"*/{Repeats.record_file}")]
    return sorted(found, key=lambda repeats: -repeats.created)


@job("repeats", lane="training")
def train_repeats(spec: RepeatsSpec, folder: Path, reporter: Reporter) -> None:
    """Train each repeat that is not there yet. One that was cut off by Stop starts over when the job is resumed."""
    repeats = Repeats(folder)
    run = RunFolder(folder.parents[1])
    own = run.training_settings()
    table = read(run, reporter)
    planned = repeats.planned()
    seconds = run.record.get("seconds", 0.0)  # of one, as far as it is known
    for place, (number, file) in enumerate(planned):
        if file.exists():
            continue
        if spec.over == "folds":
            fold = Fold(number, spec.n)
            name, settings = fold.title, own
        else:
            name, settings, fold = f"seed {number}", own.model_copy(update={"seed": number}), None
        if spec.over == "seeds" and _is_own(run, number):  # the run itself, which ran its course
            row = Repeat(name, run.metrics, run.record.get("seconds", 0.0))
        else:
            row = _trained(run, table, settings, fold, name, _part_of(reporter, name, place, len(planned), seconds))
        write_typed(file, row)
        seconds = float(np.mean([done.seconds for done in repeats.rows]))


def _part_of(reporter: Reporter, name: str, place: int, total: int, seconds: float) -> Reporter:
    """A reporter for one of the trainings, whose progress is a part of the whole."""

    def emit(event: Progress, **details: Unpack[EventDetails]) -> None:
        done = place + event.fraction
        reporter(
            Progress(
                step=round(1000 * done),
                total_steps=1000 * total,
                seconds_left=seconds * (total - done),
                message=f"{name.capitalize()}: {event.message}",
            ),
            **details,
        )

    return reporter.with_emit(emit)


def _is_own(run: RunFolder, seed: int) -> bool:
    return seed == run.training_settings().seed and run.status == "done"


def _planned(folder: Path, over: Over, n: int, first_seed: int) -> list[tuple[int, Path]]:
    if over == "folds":
        return [(i, folder / f"fold-{i}-of-{n}.json") for i in range(n)]
    seeds = [(first_seed + i) % SEEDS for i in range(n)]
    return [(seed, folder / f"seed-{seed}.json") for seed in seeds]


def _trained(
    run: RunFolder, table: Table, settings: TrainingSettings, fold: Fold | None, name: str, reporter: Reporter
) -> Repeat:
    """Train one. Half a training is no repeat: a Stop passes through."""
    started, model = time.perf_counter(), model_spec(run.model)
    prepared = prepare(run, table, settings, reporter, fold)
    threads = threads_for(model, settings)
    with torch_threads(threads):
        learner = prepared.learner(settings, choose(settings.device), threads)
        reporter.follow_all(learner.run())
        metrics = model.evaluate(learner.best(), prepared).metrics
    return Repeat(name, dict(metrics), time.perf_counter() - started)
