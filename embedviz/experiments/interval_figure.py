"""A figure of values with their intervals, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.colors import DISTINCT_COLORS, OTHERS_COLOR
from embedviz.figures.safe_text import safe

MIN_HEIGHT_PX, ROW_PX = 240, 24


@dataclass(frozen=True)
class Marks:
    """Values of one kind.

    Attributes
    ----------
    name
        In the legend.
    values
        One for each name.
    lower, upper
        Ends of their intervals; None for none.
    is_reference
        What the others are compared with, drawn in grey.
    """

    name: str
    values: pd.Series
    lower: pd.Series | None = None
    upper: pd.Series | None = None
    is_reference: bool = False


def intervals_figure(names: Sequence[str], marks: Sequence[Marks], *, x_title: str) -> go.Figure:
    """Draw a row for each name, from the top, with a mark of each kind and its interval.

    Parameters
    ----------
    names
        Distinct.
    marks
        With a value for each name.
    x_title
        Title of the horizontal axis.
    """
    figure = go.Figure()
    shown = [safe(name) for name in names]
    for each, color in zip(marks, DISTINCT_COLORS, strict=False):
        error = None
        if each.lower is not None and each.upper is not None:
            error = {
                "type": "data",
                "symmetric": False,
                "array": _reach(each.upper - each.values),
                "arrayminus": _reach(each.values - each.lower),
                "thickness": 1.2,
            }
        symbol = "line-ns-open" if each.is_reference else "circle"
        color = OTHERS_COLOR if each.is_reference else color
        figure.add_scatter(
            x=each.values, y=shown, error_x=error, name=safe(each.name), mode="markers",
            marker={"color": color, "symbol": symbol, "size": 9},
        )  # fmt: skip
    return figure.update_layout(
        height=max(MIN_HEIGHT_PX, 110 + ROW_PX * len(shown)),
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        xaxis={"title": x_title},
        yaxis={"autorange": "reversed", "type": "category", "automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )


def _reach(lengths: pd.Series) -> pd.Series:
    """Return the lengths of error bars; 0 where the interval is unknown or infinite."""
    finite = lengths.where(lengths.abs() < float("inf"), 0.0)
    return finite.fillna(0.0).clip(lower=0.0)
