"""What true ratings are estimated at on average."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.colours import OTHERS_COLOUR
from embedviz.figures.trend_figure import trend_figure


def errors_figure(frame: pd.DataFrame) -> go.Figure:
    """rating, mean estimate, rmse, mae, rows a bin; on the dashed line estimates are the ratings."""
    frame = frame.round(3).rename(columns={"rating": "true rating"}).sort_values("true rating")
    figure = trend_figure(frame)
    ends = [frame["true rating"].min(), frame["true rating"].max()]
    line = {"color": OTHERS_COLOUR, "dash": "dash", "width": 1.5}
    figure.add_scatter(x=ends, y=ends, mode="lines", line=line, hoverinfo="skip")
    return figure.update_layout(showlegend=False)
