"""Learning curves of a training, by stage and score: what its charts are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from embedviz.core.jobs.events import Event
from embedviz.evaluation.scores import SCORES

Part = Literal["training", "validation"]
TRAIN, VALIDATION = "train/", "validation/"
LOSS = "loss"
LOSSES = (LOSS, "log_loss")  # in the unit of the training loss


@dataclass(frozen=True)
class Curve:
    """A score over the passes of a training.

    Attributes
    ----------
    part
        The set that it was measured on.
    points
        (passes over the data, value), in the order of the training.
    best
        The point whose weights were kept; None on the training set.
    """

    part: Part
    points: Sequence[tuple[float, float]]
    best: tuple[float, float] | None = None


@dataclass(frozen=True)
class CurveChart:
    """Curves of one score of one stage, in one unit.

    Attributes
    ----------
    stage
        The stage of the training, as its events name it; empty where it has only one.
    score
        Name of the score in `SCORES`.
    pass_name
        What a pass over the data is called: "epoch" or "round".
    curves
        Of the training set, of the validation set, or of both.
    """

    stage: str
    score: str
    pass_name: str
    curves: Sequence[Curve]


def learning_curves(events: Sequence[Event]) -> list[CurveChart]:
    """Return the charts of a training, in the order of its stages.

    A stage has a chart of the score that selects its weights: the loss or the log loss where it was measured, otherwise the
    first score. The training set joins it where it was measured alike, or where the score is a loss. A training loss in
    another unit has a chart of its own, and so no chart needs a second axis.

    Parameters
    ----------
    events
        As events.jsonl has them.
    """
    stages: dict[str, list[Event]] = {}
    for event in events:
        stages.setdefault(event.get("stage", ""), []).append(event)
    return [chart for stage, of_stage in stages.items() for chart in _charts(stage, of_stage)]


def _charts(stage: str, events: Sequence[Event]) -> list[CurveChart]:
    pass_name = next((event["pass_name"] for event in events if "pass_name" in event), "epoch")
    score = _validation_score(events)
    losses = [(event.get("epoch", 0.0), event["loss"]) for event in events if "loss" in event and "epoch" in event]
    if score is None:
        return [CurveChart(stage, LOSS, pass_name, [Curve("training", losses)])] if losses else []
    validation = Curve("validation", _measured(events, VALIDATION + score), _best(events, score))
    alike = _measured(events, TRAIN + score)
    if alike or score in LOSSES:
        training = alike or losses
        return [CurveChart(stage, score, pass_name, [*([Curve("training", training)] if training else []), validation])]
    charts = [CurveChart(stage, score, pass_name, [validation])]
    return [*charts, CurveChart(stage, LOSS, pass_name, [Curve("training", losses)])] if losses else charts


def _measured(events: Sequence[Event], name: str) -> list[tuple[float, float]]:
    return [
        (event.get("epoch", 0.0), event.get("metrics", {})[name])
        for event in events
        if name in event.get("metrics", {})
    ]


def _validation_score(events: Sequence[Event]) -> str | None:
    names = dict.fromkeys(name for event in events for name in event.get("metrics", {}))
    scores = [name.removeprefix(VALIDATION) for name in names if name.startswith(VALIDATION)]
    return next((name for name in (*LOSSES, *scores) if name in scores), None)


def _best(events: Sequence[Event], score: str) -> tuple[float, float]:
    """Return the last point that is marked as the best, for its weights were kept; else the best value."""
    if marked := _measured([event for event in events if event.get("best")], VALIDATION + score):
        return marked[-1]
    greatest = score in SCORES and SCORES[score].greater_is_better
    choose = max if greatest else min
    return choose(_measured(events, VALIDATION + score), key=lambda point: point[1])
