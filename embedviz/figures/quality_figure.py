"""Figure of how word vectors do on a small set of word pairs and analogies while they are trained."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from embedviz.core.jobs.events import Event
from embedviz.figures.colors import OKABE_ITO

LEGEND_PX = 48  # above the plot, where the legend has two lines on a narrow screen
TITLES = {
    "words/similarity": "word pairs (Spearman)",
    "words/analogies": "analogies (MRR)",
}  # name in events -> in the figure


def quality_figure(events: Sequence[Event]) -> go.Figure | None:
    """Return both scores by epoch; None where none was measured, as for a text that is not English."""
    figure = go.Figure()
    for color, (name, title) in zip(OKABE_ITO, TITLES.items(), strict=False):
        points = [
            (event.get("epoch", 0.0), event.get("metrics", {})[name])
            for event in events
            if name in event.get("metrics", {})
        ]
        if points:
            x, y = zip(*points, strict=True)
            figure.add_scatter(x=x, y=y, name=title, mode="lines", line={"color": color, "width": 2})
    if not figure.data:
        return None
    figure.update_layout(
        height=240,
        margin={"l": 8, "r": 8, "t": LEGEND_PX, "b": 8},
        xaxis_title="epoch",
        yaxis_title="score",
        yaxis_rangemode="tozero",
        legend={"orientation": "h", "y": 1, "yanchor": "bottom"},
        hovermode="x unified",
    )
    return figure
