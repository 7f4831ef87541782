"""Confusion matrix, as a grid with numbers."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embedviz.data.classes import display_order
from embedviz.figures.safe_text import safe

MAX_CLASSES = 30  # past it the grid cannot be read
MAX_NAMED_CLASSES = 8  # past it columns are numbered
MAX_NAME_LENGTH = 18  # characters


def confusion_figure(frame: pd.DataFrame) -> go.Figure:
    """Draw a confusion matrix: the number is rows, the colour their share of the true class. Numbers stand in their order.

    Parameters
    ----------
    frame : pd.DataFrame
        true, predicted, rows: a row for every pair of classes.
    """
    names = list(dict.fromkeys(frame["true"]))
    names = [names[place] for place in display_order(names)]
    counts = frame.pivot(index="true", columns="predicted", values="rows").reindex(index=names, columns=names).fillna(0)
    shares = counts.div(counts.sum(axis=1).replace(0, 1), axis=0)
    places, labels = list(range(len(names))), [safe(_short(name)) for name in names]
    columns = labels
    if len(names) > MAX_NAMED_CLASSES:
        columns = [str(place + 1) for place in places]
        labels = [f"{label}  {column}" for label, column in zip(labels, columns, strict=True)]
    full = [safe(name) for name in names]
    figure = go.Figure(
        go.Heatmap(
            z=shares.to_numpy(),
            text=counts.astype(int).map("{:,}".format).to_numpy(),
            texttemplate="%{text}",
            customdata=[[[true, predicted] for predicted in full] for true in full],
            hovertemplate="true: %{customdata[0]}<br>predicted: %{customdata[1]}<br>%{text} rows, %{z:.0%}<extra></extra>",
            colorscale="Cividis",
            zmin=0,
            zmax=1,
            xgap=1,
            ygap=1,
            showscale=False,
        )
    )
    plain = {"showgrid": False, "zeroline": False, "tickvals": places}
    figure.update_xaxes(title="predicted", ticktext=columns, **plain)
    figure.update_yaxes(title="true", autorange="reversed", ticktext=labels, **plain)
    figure.update_layout(height=max(300, 26 * len(names) + 110), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def _short(name: object) -> str:
    text = str(name)
    return text if len(text) <= MAX_NAME_LENGTH else text[: MAX_NAME_LENGTH - 1] + "…"
