"""A map as a Plotly figure: for a file, and for three dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.colors import LAST_CODE, NO_VALUE, OKABE_ITO, OTHERS_COLOR, Shape, color_by
from embedviz.figures.safe_text import safe

TEXT_COLOR = "#882255"  # instead of "currentColor", which Plotly does not know; visible on light and dark backgrounds


def map_figure(
    frame: pd.DataFrame, color: pd.Series | None = None, title: str = "", axes: tuple[str, str] | None = None
) -> go.Figure:
    """Draw a map in two or three dimensions.

    Parameters
    ----------
    frame : pd.DataFrame
        label, x, y and, for three dimensions, z.
    color : pd.Series, optional
        A category or a number for each row; its name is the legend's title.
    title : str
        Above the map.
    axes : tuple of str, optional
        Titles of the horizontal and the vertical axis of a flat map, where its directions have a meaning.
    """
    figure = go.Figure()
    labels = np.array([safe(label) for label in frame["label"]], object)
    parts = _parts(len(frame), color)
    for part in parts:
        rows, marker = part.rows, {"size": 3 if "z" in frame else 4, "opacity": 0.8, **part.marker}
        common = {"mode": "markers", "marker": marker, "text": labels[rows], "name": part.name,
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
        showlegend=len(parts) > 1,
        legend={"itemsizing": "constant", "title": safe(color.name) if color is not None else ""},
    )
    if "z" in frame:
        figure.update_scenes(xaxis=plain, yaxis=plain, zaxis=plain)
    elif axes is None:
        figure.update_layout(xaxis=plain, yaxis={**plain, "scaleanchor": "x"})
    else:
        x, y = (
            {"title": safe(title), "showgrid": False, "zeroline": True, "zerolinecolor": OTHERS_COLOR} for title in axes
        )
        figure.update_layout(xaxis=x, yaxis={**y, "scaleanchor": "x"}, margin={"l": 60, "b": 50})
    return figure


@dataclass(frozen=True)
class _Part:
    """A trace: its name, its rows, and how they are marked."""

    name: str
    rows: np.ndarray
    marker: dict[str, object]


def _parts(n: int, color: pd.Series | None) -> list[_Part]:
    """Return one trace a category, one for numbers, one for missing values."""
    if color is None:
        return [_Part("", np.arange(n), {"color": OKABE_ITO[0]})]
    found = color_by(color)
    unknown = np.flatnonzero(found.codes == NO_VALUE)
    if found.kind == "number":
        ends = {"tickvals": [0, LAST_CODE], "ticktext": [f"{end:,}" for end in found.ends]}
        bar = {"title": safe(color.name), "thickness": 12, **ends}
        rows = np.flatnonzero(found.codes != NO_VALUE)
        codes = found.codes[rows].astype(int)
        parts = [
            _Part("", rows, {"color": codes, "cmin": 0, "cmax": LAST_CODE, "colorscale": "Cividis", "colorbar": bar})
        ]
    else:
        parts = [
            _Part(safe(name), np.flatnonzero(found.codes == code), _marker(shade, shape))
            for code, (name, shade, shape) in enumerate(found.categories)
        ]
    return parts + ([_Part("no value", unknown, {"color": OTHERS_COLOR})] if len(unknown) else [])


def _marker(shade: str, shape: Shape) -> dict[str, object]:
    """Return how the points of a category are marked."""
    symbol = "circle-open" if shape == "ring" else "circle"
    return {"color": shade.replace("currentColor", TEXT_COLOR), "symbol": symbol}
