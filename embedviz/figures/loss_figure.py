"""Learning curves: training loss and validation score, the best one marked."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from embedviz.core.jobs.events import Event
from embedviz.evaluation.scores import SCORES, readable
from embedviz.figures.colors import OKABE_ITO

MAX_POINTS = 300  # of a line
VALIDATION, TRAIN_LOSS = "validation/", "train/loss"
LOSSES = ("loss", "log_loss")  # measured in what the training loss is measured in


def loss_figure(events: Sequence[Event]) -> go.Figure:
    """Draw the learning curves of a training.

    The training curve is of what was measured on the training part as on the validation part ("train/loss"), where a model measures
    that, because the loss that it descends may be in other units. The validation curve is of the loss where it was measured, otherwise of the log loss, or of the first score there is, on
    an axis of its own. A line has fewer than 600 points.

    Parameters
    ----------
    events : list of dict
        As events.jsonl has them.
    """
    training = [(e.get("epoch", 0.0), e["loss"]) for e in events if "loss" in e and "epoch" in e]
    alike = [
        (e.get("epoch", 0.0), e.get("metrics", {})[TRAIN_LOSS]) for e in events if TRAIN_LOSS in e.get("metrics", {})
    ]
    training = alike or training
    score = _validation_score(events)
    measured = [
        (e, e.get("metrics", {})[VALIDATION + score]) for e in events if VALIDATION + score in e.get("metrics", {})
    ]
    points = [(e.get("epoch", 0.0), value) for e, value in measured]
    same_axis = score in LOSSES
    figure = go.Figure()
    _line(figure, "training", training, OKABE_ITO[4])
    _line(figure, "validation" if same_axis else f"validation {readable(score)}", points, OKABE_ITO[5], same_axis)
    if measured:
        epoch, best = points[_best(measured, score)]
        figure.add_scatter(
            x=[epoch], y=[best], name="best", mode="markers", marker={"color": OKABE_ITO[5], "size": 9},
            yaxis="y" if same_axis else "y2",
        )  # fmt: skip
    figure.update_layout(yaxis_range=_range(training + points if same_axis else training))
    if points and not same_axis:
        right = {"title": readable(score), "overlaying": "y", "side": "right", "showgrid": False}
        figure.update_layout(yaxis2={**right, "range": _range(points)})
    figure.update_layout(
        height=260,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis_title="epoch",
        yaxis_title="loss",
        legend={"orientation": "h", "y": 1.12},
        hovermode="x unified",
    )
    return figure


def _validation_score(events: Sequence[Event]) -> str:
    names = dict.fromkeys(name for event in events for name in event.get("metrics", {}))
    scores = [name.removeprefix(VALIDATION) for name in names if name.startswith(VALIDATION)]
    return next((name for name in (*LOSSES, *scores) if name in scores), LOSSES[0])


def _best(measured: list[tuple[Event, float]], score: str) -> int:
    """Return the last event that is marked as the best, for that is what the training kept; else the best value."""
    marked = [i for i, (event, _) in enumerate(measured) if event.get("best")]
    if marked:
        return marked[-1]
    values = [value for _, value in measured]
    greatest = score in SCORES and SCORES[score].greater_is_better
    return values.index(max(values) if greatest else min(values))


def _line(figure: go.Figure, name: str, points: list[tuple[float, float]], color: str, same_axis: bool = True) -> None:
    thin = points[:: max(1, len(points) // MAX_POINTS)]
    x, y = zip(*thin, strict=True) if thin else ((), ())
    line = {"color": color, "width": 2}
    figure.add_scatter(x=x, y=y, name=name, mode="lines", line=line, yaxis="y" if same_axis else "y2")


def _range(points: list[tuple[float, float]]) -> list[float] | None:
    """Return an explicit range, because Plotly's own cuts a line that grows under the same key."""
    values = [value for _, value in points]
    if not values:
        return None
    margin = 0.08 * (max(values) - min(values)) or 0.1
    return [min(values) - margin, max(values) + margin]
