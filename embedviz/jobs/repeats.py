"""A training repeated: over several seeds, each with a split and a beginning of its own, or over the folds of one split.

Each repeat is a file of its own below the run, so that five seeds after three train two more, and a stopped one goes on
where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.core.errors import RunError, SettingsError
from embedviz.core.files import read_json, write_json
from embedviz.core.progress import Progress
from embedviz.core.settings import TrainingSettings
from embedviz.data.reading import Table
from embedviz.data.splits import Fold
from embedviz.jobs.control import Control
from embedviz.jobs.prepared import prepare_again, read_again
from embedviz.jobs.supervisor import threads_for
from embedviz.store.job import Job
from embedviz.store.run import Run
from embedviz.store.status import State
from embedviz.training.devices import choose, torch_threads

FOLDER = "repeats"
MOST = 100
SEEDS = 2**31  # settings take those below

Over = Literal["seeds", "folds"]


@dataclass(frozen=True)
class Repeat:
    """One of the trainings. name: "seed 3" or "fold 1 of 5"; metrics as a run's; seconds of
    preparing, training and measuring."""

    name: str
    metrics: dict[str, float]
    seconds: float


class Repeats(Job):
    """The repeats by their folder; rows are there as they come."""

    @property
    def over(self) -> Over:
        return self.spec["over"]

    @property
    def n(self) -> int:
        """How many there will be."""
        return self.spec["n"]

    @property
    def rows(self) -> list[Repeat]:
        """Those that are done, in their order."""
        values = [read_json(file) for _, file in self.planned()]
        return [Repeat(**row) for row in values if row]

    def planned(self) -> list[tuple[int, Path]]:
        """Number and file of each; the numbers are seeds, or folds from 0."""
        return _planned(self.folder.parent, self.over, self.n, self.spec["seed"])

    @property
    def title(self) -> str:
        """5 seeds, 5 folds."""
        return f"{self.n} {self.over}"

    def frame(self) -> pd.DataFrame:
        """A row for each repeat that is done: repeat, the metrics, seconds; then their mean and their standard deviation
        (over n - 1; left out for a single one)."""
        rows = self.rows
        frame = pd.DataFrame([{"repeat": row.name, **row.metrics, "seconds": row.seconds} for row in rows])
        if frame.empty:
            return frame
        below = [{"repeat": "mean", **mean_of(rows)}]
        if len(rows) > 1:
            below.append({"repeat": "standard deviation", **deviation_of(rows)})
        return pd.concat([frame, pd.DataFrame(below)], ignore_index=True)


def mean_of(rows: list[Repeat]) -> dict[str, float]:
    """Each metric's mean, and "seconds"."""
    return {name: float(np.mean(values)) for name, values in _columns(rows)}


def deviation_of(rows: list[Repeat]) -> dict[str, float]:
    """Each metric's standard deviation over n - 1, and that of "seconds"; NaN for a single repeat."""
    return {name: float(np.std(values, ddof=1)) if len(values) > 1 else float("nan") for name, values in _columns(rows)}


def repeats_of(run: Run, over: Over, n: int) -> Repeats:
    """The run's training over n seeds, its own first, or n folds; written when it is new, and then still to be
    submitted."""
    if run.kind != "training" or not run.metrics:
        raise RunError(f"The run {run.name!r} cannot be repeated: there is no training of it that has ended.")
    if over not in ("seeds", "folds") or not isinstance(n, int) or not 2 <= n <= MOST:
        raise SettingsError(f"A training is repeated over 2 to {MOST} seeds or folds, not over {n!r} {over}.")
    folder = run.folder / FOLDER / f"{over}-{n}"
    if not (folder / Repeats.spec_file).exists():
        spec = {"kind": "repeats", "id": f"repeats-{over}-{n}-{run.id}", "run": run.id, "over": over, "n": n}
        Repeats.write(folder, {**spec, "seed": run.settings.seed})
    return Repeats(folder)


def left_to_train(run: Run, over: Over, n: int) -> int:
    """How many trainings it would take: those that are kept, and the run itself, are not done again."""
    seed = run.settings.seed
    left = [number for number, file in _planned(run.folder / FOLDER, over, n, seed) if not file.exists()]
    return sum(not (over == "seeds" and _is_own(run, number)) for number in left)


def kept_repeats(run: Run) -> list[Repeats]:
    """All that were asked for, the last asked for first."""
    found = [Repeats(path.parent) for path in (run.folder / FOLDER).glob(f"*/{Repeats.spec_file}")]
    return sorted(found, key=lambda repeats: -repeats.spec["created"])


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Trains each that is not there yet; what Stop cuts off is begun anew when it goes on."""
    repeats = Repeats(job.folder)
    run = Run(job.folder.parents[1])
    table = read_again(run, say)
    planned = repeats.planned()
    seconds = run.record["seconds"]  # of one, as far as it is known
    for place, (number, file) in enumerate(planned):
        if file.exists():
            continue
        if repeats.over == "folds":
            name, settings, fold = f"fold {number + 1} of {repeats.n}", run.settings, Fold(number, repeats.n)
        else:
            name, settings, fold = f"seed {number}", run.settings.model_copy(update={"seed": number}), None

        def tell(event: Progress, name: str = name, place: int = place, seconds: float = seconds) -> None:
            done = place + event.fraction
            say(
                Progress(
                    step=round(1000 * done),
                    total_steps=1000 * len(planned),
                    seconds_left=seconds * (len(planned) - done),
                    message=f"{name.capitalize()}: {event.message}",
                )
            )

        row = _own(run, number, name) if repeats.over == "seeds" else None
        row = row or _trained(run, table, settings, fold, name, control, tell)
        if row is None:
            return "interrupted" if control.interrupt else "stopped"
        write_json(file, asdict(row))
        seconds = float(np.mean([done.seconds for done in repeats.rows]))
    return "done"


def _own(run: Run, seed: int, name: str) -> Repeat | None:
    """The run itself is the repeat of its own seed, where it ran its course."""
    return Repeat(name, run.metrics, run.record["seconds"]) if _is_own(run, seed) else None


def _is_own(run: Run, seed: int) -> bool:
    return seed == run.settings.seed and run.status == "done"


def _planned(folder: Path, over: Over, n: int, first_seed: int) -> list[tuple[int, Path]]:
    if over == "folds":
        return [(i, folder / f"fold-{i}-of-{n}.json") for i in range(n)]
    seeds = [(first_seed + i) % SEEDS for i in range(n)]
    return [(seed, folder / f"seed-{seed}.json") for seed in seeds]


def _trained(
    run: Run,
    table: Table,
    settings: TrainingSettings,
    fold: Fold | None,
    name: str,
    control: Control,
    say: Callable[[Progress], None],
) -> Repeat | None:
    """None when it was asked to stop: half a training is no repeat."""
    begun = time.perf_counter()
    model = prepare_again(run, table, settings, control, say, fold)
    if model is None:
        return None
    threads = threads_for(type(model), settings)
    with torch_threads(threads):
        for event in model.fit(choose(settings.device), threads):
            say(event)
            if control.any:
                return None
        return Repeat(name, model.evaluate(), time.perf_counter() - begun)


def _columns(rows: list[Repeat]) -> Iterator[tuple[str, list[float]]]:
    """A metric that a repeat lacks is left out of its mean."""
    names = dict.fromkeys(name for row in rows for name in row.metrics)
    for name in names:
        yield name, [row.metrics[name] for row in rows if name in row.metrics]
    yield "seconds", [row.seconds for row in rows]
