"""What a question is: the settings it has, the runs it makes, and how their results become a table, a figure, a verdict."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from embedviz.core.jobs.events import Event
from embedviz.core.settings import Settings
from embedviz.data.folds import Fold
from embedviz.experiments.result import Factor, Result, Row
from embedviz.training.protocols import AnyModelSpec

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from embedviz.core.jobs.reporter import Reporter
    from embedviz.store.dataset import Dataset
    from embedviz.store.run_folder import RunFolder
    from embedviz.store.run_specs import Columns


@dataclass(frozen=True)
class Setup:
    """What a question is asked of.

    Attributes
    ----------
    model
        Name of the model.
    settings
        Values of the model's Settings that all runs have in common.
    options
        The question's own settings.
    """

    model: str
    settings: Mapping[str, Any]
    options: Settings

    @property
    def seed(self) -> int:
        """The seed of the first repetition."""
        return int(self.settings.get("seed", 0))


@dataclass(frozen=True)
class PlannedRun:
    """A run that a question asks for.

    Attributes
    ----------
    name
        What tells it from the others: "dim 16, seed 0".
    factors
        What it is in the table: {"dim": 16, "seed": 0}.
    settings
        Values of the model's Settings, over those that all have in common.
    model
        Another model than the setup's; empty for that one.
    fold
        The fold of a cross-validation that is its test set; None for the split of its settings, or of a column.
    with_baselines
        Have the run's baselines trained as well, once it is done.
    """

    name: str
    factors: Mapping[str, Factor]
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    model: str = ""
    fold: Fold | None = None
    with_baselines: bool = False


@dataclass(frozen=True)
class Workplace:
    """What a planner has in the worker that trains its runs.

    Attributes
    ----------
    dataset, columns
        The data, and role to column where they were chosen.
    earlier
        What an earlier attempt at the same experiment came to.
    reporter
        Takes messages, and says when to stop.
    until
        When the budget is spent, by `time.monotonic`.
    """

    dataset: Dataset
    columns: Columns
    earlier: Sequence[Result]
    reporter: Reporter
    until: float

    @property
    def seconds_left(self) -> float:
        """Seconds of the budget that are left."""
        return self.until - time.monotonic()


class Planner(Protocol):
    """The runs of an experiment, one after the other. It may look at what came of those before.

    Whoever asks a question only makes it; everything but its beginning is called in the worker.
    """

    total: int  # runs that are planned; 0 while that is not known

    def prepare(self, workplace: Workplace) -> None:
        """Do what has to be done before the first run."""

    def next(self) -> PlannedRun | None:
        """Return the run to be trained next; None where nothing is left, or nothing before a result is in."""
        ...

    def watch(self, name: str, event: Event) -> bool:
        """Take an event of a run by its name; return True to have the run stopped early, as not worth its time."""
        return False

    def take(self, result: Result) -> None:
        """Take the result of a run that has ended."""

    def measure(self, result: Result, run: RunFolder) -> list[Row]:
        """Return what is measured of a run beside its scores: the `rows` of its result.

        Called once for each run that is done, after `take`; heavy libraries may be imported here.
        """
        return []


class PlannedList(Planner):
    """A planner whose runs are known from the beginning; what counts most comes first."""

    def __init__(self, runs: Iterable[PlannedRun]) -> None:
        self._runs = list(runs)
        self.total = len(self._runs)

    def next(self) -> PlannedRun | None:
        """Return the next of the list."""
        return self._runs.pop(0) if self._runs else None


@dataclass(frozen=True)
class Verdict:
    """What follows from the numbers, in plain words.

    Attributes
    ----------
    sentences
        The verdict first, then what it rests on.
    is_decided
        False where the numbers do not decide; the first sentence says so.
    """

    sentences: Sequence[str]
    is_decided: bool


class Question(Protocol):
    """A question; one instance a module, in the registry.

    Attributes
    ----------
    name
        In the registry and on the command line: "dimensions".
    title
        As people ask it: "How many dimensions?".
    summary
        What is done to answer it, in a sentence or two.
    Settings
        The question's own settings.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    Settings: ClassVar[type[Settings]]

    def reason_against(self, model: AnyModelSpec) -> str:
        """Return why the question cannot be asked of a model, in a sentence; empty where it can."""
        ...

    def planner(self, setup: Setup) -> Planner:
        """Return the planner of an experiment. SettingsError where a setting does not fit the model."""
        ...

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return the table of what is done so far; empty without any."""
        ...

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw the table, which has a row at least."""
        ...

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return what follows from the table."""
        ...
