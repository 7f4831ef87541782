"""Figures of experiments: lines with error bars over a factor, and bars with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
