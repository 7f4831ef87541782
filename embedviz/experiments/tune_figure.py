"""The figure of a search: scores of its trials, and how much each setting mattered."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from embedviz.evaluation.scores import readable
from embedviz.experiments.figures import HEIGHT_PX
from embedviz.experiments.statistics import greater_is_better
from embedviz.figures.colors import DISTINCT_COLORS
from embedviz.figures.safe_text import safe


def search_figure(rows: pd.DataFrame, importances: Mapping[str, float], score: str) -> go.Figure:
    """Draw trials in their order with the best so far, and the importance of the settings.

    Parameters
    ----------
    rows
        The trainings that were searched, in their order, with the column "validation".
    importances
        Setting -> share; empty while that is not known.
    score
        Name of the score.
    """
    values = rows["validation"].to_numpy()
    best = np.maximum.accumulate(values) if greater_is_better(score) else np.minimum.accumulate(values)
    titles = ["Validation set", "Importance of the settings"] if importances else ["Validation set"]
    figure = make_subplots(1, len(titles), subplot_titles=titles)
    numbers = list(range(1, len(values) + 1))
    figure.add_scatter(x=numbers, y=values, mode="markers", name="tried", marker_color=DISTINCT_COLORS[0], row=1, col=1)
    figure.add_scatter(
        x=numbers,
        y=best,
        mode="lines",
        line_shape="hv",
        name="best so far",
        line_color=DISTINCT_COLORS[1],
        row=1,
        col=1,
    )
    figure.update_xaxes(title="training", row=1, col=1).update_yaxes(title=readable(score), row=1, col=1)
    if importances:
        ranked = sorted(importances.items(), key=lambda pair: pair[1])
        names = [safe(name.replace("_", " ")) for name, _ in ranked]
        shares = [share for _, share in ranked]
        figure.add_bar(
            x=shares, y=names, orientation="h", marker_color=DISTINCT_COLORS[2], showlegend=False, row=1, col=2
        )
    return figure.update_layout(height=HEIGHT_PX, margin={"l": 10, "r": 10, "t": 40, "b": 10})
