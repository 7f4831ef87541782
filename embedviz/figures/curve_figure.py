"""Learning curves as charts: of one training, or of several on one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from embedviz.evaluation.learning_curves import Curve, CurveChart
from embedviz.evaluation.scores import readable
from embedviz.figures.colors import DISTINCT_COLORS
from embedviz.figures.safe_text import safe

MAX_POINTS = 300  # of a line
PART_COLORS = {"training": DISTINCT_COLORS[4], "validation": DISTINCT_COLORS[5]}
MAX_COMPARED_RUNS = len(DISTINCT_COLORS)
HEADER_PX = 60  # above the plot, for the title and the legend
HEIGHT_PX = 280


def chart_title(chart: CurveChart) -> str:
    """Return the title of a chart: "Estimates: RMSE, validation set"."""
    name = readable(chart.score)
    title = f"{chart.stage}: {name}" if chart.stage else f"{name[:1].upper()}{name[1:]}"
    parts = [curve.part for curve in chart.curves]
    return f"{title}, {parts[0]} set" if len(parts) == 1 else title


def curve_figure(chart: CurveChart) -> go.Figure:
    """Draw the curves of a training, with the weights that were kept marked. A line has fewer than 600 points."""
    figure = go.Figure()
    for curve in chart.curves:
        _add_line(figure, curve, curve.part, PART_COLORS[curve.part])
    for curve in chart.curves:
        _add_best(figure, curve, PART_COLORS[curve.part], "best")
    return _laid_out(figure, chart_title(chart), chart, chart.curves)


def compared_curves_figure(charts: Mapping[str, CurveChart], runs: Sequence[str]) -> go.Figure:
    """Draw the same score of several runs on one axis.

    Parameters
    ----------
    charts
        By run. Of a chart with two curves, that of the validation set is drawn.
    runs
        All that are compared, at most `MAX_COMPARED_RUNS`: a run has the colour of its place here in every chart.
    """
    figure = go.Figure()
    curves = [chart.curves[-1] for chart in charts.values()]
    for name, curve in zip(charts, curves, strict=True):
        color = DISTINCT_COLORS[runs.index(name)]
        _add_line(figure, curve, safe(name), color)
        _add_best(figure, curve, color, None)
    first = next(iter(charts.values()))
    shown = CurveChart(first.stage, first.score, first.pass_name, curves[:1])
    return _laid_out(figure, chart_title(shown), first, curves)


def _add_line(figure: go.Figure, curve: Curve, name: str, color: str) -> None:
    thin = curve.points[:: max(1, len(curve.points) // MAX_POINTS)]
    x, y = zip(*thin, strict=True) if thin else ((), ())
    figure.add_scatter(x=x, y=y, name=name, mode="lines", line={"color": color, "width": 2})


def _add_best(figure: go.Figure, curve: Curve, color: str, name: str | None) -> None:
    if curve.best is not None:
        x, y = curve.best
        marker = {"color": color, "size": 9}
        hover = {} if name else {"hoverinfo": "skip"}
        figure.add_scatter(x=[x], y=[y], name=name, mode="markers", marker=marker, showlegend=bool(name), **hover)


def _laid_out(figure: go.Figure, title: str, chart: CurveChart, curves: Sequence[Curve]) -> go.Figure:
    figure.update_layout(
        title={
            "text": title,
            "font": {"size": 15},
            "x": 0,
            "y": 1,
            "yanchor": "top",
            "yref": "container",
            "pad": {"t": 4},
        },
        height=HEIGHT_PX,
        margin={"l": 8, "r": 8, "t": HEADER_PX, "b": 8},
        xaxis_title=chart.pass_name,
        yaxis_title=readable(chart.score),
        yaxis_range=_range([value for curve in curves for _, value in curve.points]),
        legend={"orientation": "h", "y": 1, "yanchor": "bottom"},
        showlegend=True,
        hovermode="x unified",
    )
    return figure


def _range(values: Sequence[float]) -> list[float] | None:
    """Return an explicit range, because Plotly's own cuts a line that grows under the same key."""
    if not values:
        return None
    margin = 0.08 * (max(values) - min(values)) or 0.1
    return [min(values) - margin, max(values) + margin]
