"""A map as a Plotly figure: for a file, and for three dimensions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.colours import LAST_CODE, NO_VALUE, OKABE_ITO, OTHERS_COLOUR, colour_by
from embedviz.figures.safe_text import safe

BOTH_GROUNDS = "#882255"  # instead of "currentColor", which Plotly does not know; seen on a light and on a dark ground


def map_figure(frame: pd.DataFrame, colour: pd.Series | None = None, title: str = "") -> go.Figure:
    """label, x, y and, for three dimensions, z. colour: a category or a number a row, named by the series."""
    figure = go.Figure()
    labels = np.array([safe(label) for label in frame["label"]], object)
    for name, rows, marker in _parts(len(frame), colour):
        marker = {"size": 3 if "z" in frame else 4, "opacity": 0.8, **marker}
        common = {"mode": "markers", "marker": marker, "text": labels[rows], "name": name,
                  "hovertemplate": "%{text}<extra></extra>"}  # fmt: skip
        if "z" in frame:
            figure.add_scatter3d(x=frame["x"][rows], y=frame["y"][rows], z=frame["z"][rows], **common)
        else:
            figure.add_scattergl(x=frame["x"][rows], y=frame["y"][rows], **common)
    plain = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        title=safe(title),
        margin={"l": 0, "r": 0, "t": 30 if title else 0, "b": 0},
        hovermode="closest",
        showlegend=len(figure.data) > 1,
        legend={"itemsizing": "constant", "title": safe(colour.name) if colour is not None else ""},
    )
    if "z" in frame:
        figure.update_scenes(xaxis=plain, yaxis=plain, zaxis=plain)
    else:
        figure.update_layout(xaxis=plain, yaxis={**plain, "scaleanchor": "x"})
    return figure


def _parts(n: int, colour: pd.Series | None) -> list[tuple[str, np.ndarray, dict]]:
    """The traces: name, which rows, how they are marked. One a category, one for numbers, one for what has no value."""
    if colour is None:
        return [("", np.arange(n), {"color": OKABE_ITO[0]})]
    found = colour_by(colour)
    unknown = np.flatnonzero(found.codes == NO_VALUE)
    if found.kind == "number":
        ends = {"tickvals": [0, LAST_CODE], "ticktext": [f"{end:,}" for end in found.legend]}
        bar = {"title": safe(colour.name), "thickness": 12, **ends}
        rows = np.flatnonzero(found.codes != NO_VALUE)
        codes = found.codes[rows].astype(int)
        parts = [("", rows, {"color": codes, "cmin": 0, "cmax": LAST_CODE, "colorscale": "Cividis", "colorbar": bar})]
    else:
        parts = [
            (safe(name), np.flatnonzero(found.codes == code), {"color": shade.replace("currentColor", BOTH_GROUNDS)})
            for code, (name, shade) in enumerate(found.legend)
        ]
    return parts + ([("no value", unknown, {"color": OTHERS_COLOUR})] if len(unknown) else [])
