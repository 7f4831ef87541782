"""How far predicted numbers are off, by the size of the true ones."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embedviz.evaluation.figure_sentences import number, number_range
from embedviz.evaluation.scores import readable
from embedviz.figures.trend_figure import trend_figure


def size_errors_figure(frame: pd.DataFrame) -> go.Figure:
    """low, high, mae, bias, rows a group: a bar a group, in their order. Groups of one number are told apart by it."""
    frame = frame.sort_values("low")
    names = [number_range(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)]
    drawn = pd.DataFrame(
        {
            "true number": names,
            readable("mae"): frame["mae"].to_numpy(),
            "mean error": [number(value) for value in frame["bias"]],
            "rows": frame["rows"].to_numpy(),
        }
    )
    figure = trend_figure(drawn)
    places = list(range(len(drawn)))  # two groups may hold the same single number, and each is to have its bar
    figure.data[0].x = places
    figure.update_traces(hovertext=names, hovertemplate=figure.data[0].hovertemplate.replace("%{x}", "%{hovertext}"))
    return figure.update_xaxes(tickmode="array", tickvals=places, ticktext=names)
