"""The loss of a training as it went: on the training text and on held-out text, the best moment marked."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from embedviz.figures.colours import OKABE_ITO

MOST = 300


def loss_figure(events: list[dict[str, Any]], key: str = "validation/loss") -> go.Figure:
    """events as events.jsonl has them. At most 300 points a line are drawn."""
    training = [(e["epoch"], e["loss"]) for e in events if "loss" in e and "epoch" in e]
    held_out = [(e["epoch"], e["metrics"][key]) for e in events if key in e.get("metrics", {})]
    figure = go.Figure()
    for name, points, colour in (("training", training, OKABE_ITO[4]), ("held-out", held_out, OKABE_ITO[5])):
        thin = points[:: max(1, len(points) // MOST)]
        x, y = zip(*thin, strict=True) if thin else ((), ())
        figure.add_scatter(x=x, y=y, name=name, mode="lines", line={"color": colour, "width": 2})
    if held_out:
        epoch, best = min(held_out, key=lambda point: point[1])
        figure.add_scatter(x=[epoch], y=[best], name="best", mode="markers", marker={"color": OKABE_ITO[5], "size": 9})
    values = [value for _, value in training + held_out]
    if values:  # said, because the range that Plotly finds by itself cuts a line that grows under the same key
        margin = 0.08 * (max(values) - min(values)) or 0.1
        figure.update_yaxes(range=[min(values) - margin, max(values) + margin])
    figure.update_layout(
        height=260,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis_title="epoch",
        yaxis_title="loss (nats a pair)",
        legend={"orientation": "h", "y": 1.12},
        hovermode="x unified",
    )
    return figure
