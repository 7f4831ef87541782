"""Cosine similarities of pairs before and after a training."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.colors import OKABE_ITO, OTHERS_COLOR
from embedviz.figures.safe_text import safe

ROW_HEIGHT, FRAME_HEIGHT = 34, 90  # pixels


def similarity_change_figure(frame: pd.DataFrame) -> go.Figure:
    """Draw a line for each pair, from its similarity before to the one after.

    Parameters
    ----------
    frame : pd.DataFrame
        "pair", "before", "after": a row a pair, the first on top.
    """
    pairs = [safe(pair) for pair in frame["pair"]]
    figure = go.Figure()
    for pair, before, after in zip(pairs, frame["before"], frame["after"], strict=True):
        line = {"color": OTHERS_COLOR, "width": 2}
        figure.add_scatter(x=[before, after], y=[pair] * 2, mode="lines", line=line, showlegend=False, hoverinfo="skip")
    for name, color, symbol in (("before", OTHERS_COLOR, "circle-open"), ("after", OKABE_ITO[0], "circle")):
        marker = {"color": color, "size": 11, "symbol": symbol, "line": {"width": 2}}
        hover = f"%{{y}}, {name}: %{{x:.2f}}<extra></extra>"
        figure.add_scatter(x=frame[name], y=pairs, mode="markers", name=name, marker=marker, hovertemplate=hover)
    figure.update_xaxes(title="cosine similarity", range=[-1.05, 1.05], zeroline=True)
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(
        height=FRAME_HEIGHT + ROW_HEIGHT * len(frame),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    return figure
