"""A map as a Plotly figure: for a file, and for three dimensions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.safe_text import safe

# Okabe and Ito's colours, told apart by colour-blind eyes
CATEGORICAL = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")


def map_figure(frame: pd.DataFrame, colour: pd.Series | None = None, title: str = "") -> go.Figure:
    """label, x, y and, for three dimensions, z. colour: a category or a number a row."""
    labels = [safe(label) for label in frame["label"]]
    marker: dict = {"size": 3 if "z" in frame else 4, "opacity": 0.8, "color": CATEGORICAL[0]}
    if colour is not None and pd.api.types.is_numeric_dtype(colour):
        marker |= {"color": np.log1p(colour), "colorscale": "Cividis"}
    elif colour is not None:
        codes = pd.Categorical(colour).codes
        marker |= {"color": [CATEGORICAL[code % len(CATEGORICAL)] for code in codes]}
    common = {"mode": "markers", "marker": marker, "text": labels, "hovertemplate": "%{text}<extra></extra>"}
    if "z" in frame:
        trace = go.Scatter3d(x=frame["x"], y=frame["y"], z=frame["z"], **common)
    else:
        trace = go.Scattergl(x=frame["x"], y=frame["y"], **common)
    figure = go.Figure(trace)
    plain = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        title=safe(title), margin={"l": 0, "r": 0, "t": 30 if title else 0, "b": 0}, hovermode="closest"
    )
    if "z" in frame:
        figure.update_scenes(xaxis=plain, yaxis=plain, zaxis=plain)
    else:
        figure.update_layout(xaxis=plain, yaxis={**plain, "scaleanchor": "x"})
    return figure
