"""What came of one run of an experiment, as its folder keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from embedviz.evaluation.learning_curves import learning_curves
from embedviz.evaluation.scores import BaselineScore

if TYPE_CHECKING:
    from embedviz.store.run_folder import RunFolder

Factor = str | int | float | bool
Row = dict[str, Factor]
Outcome = Literal["training", "done", "failed", "cut off", "pruned"]


@dataclass(frozen=True)
class Result:
    """A run of an experiment.

    Attributes
    ----------
    name, factors
        As planned.
    run_id
        The run in the store.
    outcome
        "training" until its end; "cut off" where the budget or a Stop ended it before the end of its schedule;
        "pruned" where the planner had it stopped because others were better by then.
    reason
        Why it failed.
    metrics, score
        Of the run, and the name of the score that counts: "accuracy".
    curve
        The unit of the learning curves ("log_loss"), and the values on the training and the validation set where the kept
        weights were measured: {"training": 0.3, "validation": 0.4}.
    passes
        Epochs that were trained.
    seconds, memory_bytes
        What the run took, and the most memory its process held.
    baselines
        Scores of the run's baselines, where the plan asked for them.
    rows
        What the question measured of the run beside its scores: see `Planner.measure`.
    sizes
        Examples of each set that has some ("train", "validation", "test"), and of training examples left out ("unused").
    was_there
        It had been trained before, with the same settings, data, seed and version.
    """

    name: str
    factors: dict[str, Factor]
    run_id: str
    outcome: Outcome = "training"
    reason: str = ""
    metrics: dict[str, float] = field(default_factory=dict[str, float])
    score: str = ""
    curve: dict[str, float] = field(default_factory=dict[str, float])
    curve_score: str = ""
    passes: float = 0.0
    seconds: float = 0.0
    memory_bytes: float = 0.0
    baselines: list[BaselineScore] = field(default_factory=list[BaselineScore])
    rows: list[Row] = field(default_factory=list[Row])
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    was_there: bool = False

    @property
    def test(self) -> float | None:
        """The score that counts, on the test set."""
        return self.metrics.get(f"test/{self.score}")

    @property
    def validation(self) -> float | None:
        """The same on the validation set."""
        return self.metrics.get(f"validation/{self.score}")

    @property
    def train(self) -> float | None:
        """The same on the training set, where it was measured."""
        return self.metrics.get(f"train/{self.score}")


def done(results: Sequence[Result]) -> list[Result]:
    """Return the results of runs that ran their course and were scored."""
    return [result for result in results if result.outcome == "done" and result.score]


def ended_result(result: Result, run: RunFolder) -> Result:
    """Return the result of a run that has ended.

    Parameters
    ----------
    result : Result
        As it was when the run began.
    run : RunFolder
        The run.
    """
    state = run.state
    if state.state != "done":
        outcome: Outcome = "failed" if state.state == "failed" else "cut off"
        return replace(result, outcome=outcome, reason=state.reason, seconds=state.elapsed())
    events = run.events().events
    charts = [chart for chart in learning_curves(events) if any(curve.best for curve in chart.curves)]
    curve: dict[str, float] = {}
    for line in charts[-1].curves if charts else ():
        best = next(found.best for found in charts[-1].curves if found.best)
        at = line.best or min(line.points, key=lambda point: abs(point[0] - best[0]), default=None)
        if at:
            curve[line.part] = float(at[1])
    record = run.record
    return replace(
        result,
        outcome="done",
        metrics=run.metrics,
        score=run.primary_metric,
        curve=curve,
        curve_score=charts[-1].score if charts else "",
        passes=max((event.get("epoch", 0.0) for event in events), default=0.0),
        seconds=record.get("seconds", 0.0),
        memory_bytes=record.get("memory_bytes", 0.0),
        sizes=_sizes(run),
    )


def _sizes(run: RunFolder) -> dict[str, int]:
    """Return the sizes of the sets; none for a run of an earlier version."""
    if run.protocol is None:
        return {}
    sizes = {**run.protocol.sizes, "unused": int(run.protocol.details.get("unused_training_rows", 0))}
    return {name: size for name, size in sizes.items() if size}
