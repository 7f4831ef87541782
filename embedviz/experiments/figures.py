"""Figures of experiments: lines with error bars over a factor, and bars with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.colors import DISTINCT_COLORS
from embedviz.figures.safe_text import safe

HEIGHT_PX = 360


@dataclass(frozen=True)
class Line:
    """A line of a figure.

    Attributes
    ----------
    name
        In the legend.
    x, y
        Its points.
    error
        Half the length of the error bars; None for none.
    """

    name: str
    x: pd.Series
    y: pd.Series
    error: pd.Series | None = None


def lines_figure(
    lines: Sequence[Line],
    *,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    log_y: bool = False,
    ticks: Sequence[float] = (),
) -> go.Figure:
    """Draw lines over a common factor.

    Parameters
    ----------
    lines
        At most as many as there are distinct colours.
    x_title, y_title
        Titles of the axes.
    log_x, log_y
        Logarithmic axes.
    ticks
        Values at which the horizontal axis is labelled; by default Plotly's choice.
    """
    figure = go.Figure()
    for line, color in zip(lines, DISTINCT_COLORS, strict=False):
        error = None if line.error is None else {"type": "data", "array": line.error.fillna(0), "thickness": 1.2}
        figure.add_scatter(
            x=line.x, y=line.y, error_y=error, name=safe(line.name), mode="lines+markers", line_color=color
        )
    x_axis = {"title": x_title, "type": "log" if log_x else "linear"}
    if ticks:
        x_axis |= {"tickvals": list(ticks), "ticktext": [f"{tick:g}" for tick in ticks]}
    return figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        xaxis=x_axis,
        yaxis={"title": y_title, "type": "log" if log_y else "linear"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )


def points_figure(groups: Mapping[str, pd.Series], y_title: str) -> go.Figure:
    """Draw the single values of groups as points, beside their mean with an error bar of a standard deviation.

    Parameters
    ----------
    groups
        Title -> values, whose index names each in its tooltip. At most as many as there are distinct colours.
    y_title
        Title of the axis.
    """
    figure = go.Figure()
    for (name, values), color in zip(groups.items(), DISTINCT_COLORS, strict=False):
        title, deviation = safe(name), values.std(ddof=1) if len(values) > 1 else 0
        figure.add_scatter(
            x=[title] * len(values), y=values, text=[safe(str(of)) for of in values.index], mode="markers", name=title,
            marker={"color": color, "opacity": 0.6, "size": 9},
        )  # fmt: skip
        figure.add_scatter(
            x=[title], y=[values.mean()], error_y={"type": "data", "array": [deviation]}, name=f"{title}, mean", mode="markers",
            marker={"color": color, "symbol": "line-ew-open", "size": 28},
        )  # fmt: skip
    return figure.update_layout(**_layout(y_title), showlegend=False)


def bars_figure(names: Sequence[str], values: pd.Series, errors: pd.Series | None, y_title: str) -> go.Figure:
    """Draw a bar for each name, with an error bar where there is an error."""
    bars = None if errors is None else {"type": "data", "array": errors.fillna(0), "thickness": 1.2}
    figure = go.Figure().add_bar(
        x=[safe(name) for name in names], y=values, error_y=bars, marker_color=DISTINCT_COLORS[0]
    )
    return figure.update_layout(**_layout(y_title))


def _layout(y_title: str) -> dict[str, Any]:
    return {"height": HEIGHT_PX, "margin": {"l": 10, "r": 10, "t": 40, "b": 10}, "yaxis": {"title": y_title}}
