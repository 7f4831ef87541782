"""One column over another: error by popularity, and whatever else a model counts by groups."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embedviz.evaluation.scores import readable
from embedviz.figures.colours import OKABE_ITO
from embedviz.figures.safe_text import safe


def trend_figure(frame: pd.DataFrame) -> go.Figure:
    """The second column over the first: a line over numbers, bars over groups. Further columns are read on hovering."""
    x, y, *more = frame.columns
    name_x, name_y = safe(readable(str(x))), safe(readable(str(y)))
    hover = "<br>".join([f"{name_x}: %{{x}}", f"{name_y}: %{{y:.3f}}", *(f"{safe(name)}: %{{customdata[{i}]}}" for i, name in enumerate(more))])  # fmt: skip
    groups = not pd.api.types.is_numeric_dtype(frame[x])
    common = {
        "x": [safe(value) for value in frame[x]] if groups else frame[x],
        "y": frame[y],
        "customdata": [[safe(value) for value in row] for row in frame[more].itertuples(index=False)],
        "hovertemplate": f"{hover}<extra></extra>",
    }
    figure = go.Figure()
    if groups:
        figure.add_bar(**common, marker={"color": OKABE_ITO[0]})
    else:
        figure.add_scatter(**common, mode="lines+markers", line={"color": OKABE_ITO[0], "width": 2}, marker={"size": 8})
        if len(frame) > 1 and frame[x].min() > 0 and frame[x].max() / frame[x].min() >= 100:
            figure.update_xaxes(type="log")
    figure.update_xaxes(title=name_x)
    figure.update_yaxes(title=name_y, rangemode="tozero")
    figure.update_layout(height=340, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure
