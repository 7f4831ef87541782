"""How far estimates are off, by how often the item was rated in training."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embedviz.evaluation.scores import readable
from embedviz.figures.trend_figure import trend_figure


def popularity_figure(frame: pd.DataFrame) -> go.Figure:
    """from, to, rmse, mae, rows a bin: a bar a bin, in their order."""
    frame = frame.sort_values("from")
    bins = [f"{low:,}" if low == high else f"{low:,}–{high:,}" for low, high in zip(frame["from"], frame["to"], strict=True)]  # fmt: skip
    drawn = pd.DataFrame({"ratings of the item in training": bins})
    for name in ("rmse", "mae"):
        drawn[readable(name)] = frame[name].round(3).to_numpy()
    figure = trend_figure(drawn.assign(rows=frame["rows"].to_numpy()))
    figure.update_xaxes(type="category")  # "2" and "3" are names of bins here
    return figure
