"""Calibration: accuracy over predicted probability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embedviz.figures.colors import OKABE_ITO, OTHERS_COLOR


def calibration_figure(frame: pd.DataFrame) -> go.Figure:
    """Draw a reliability diagram; on the diagonal the accuracy equals the confidence.

    Parameters
    ----------
    frame : pd.DataFrame
        confidence, accuracy (both shares) and rows: a row a bin. The error bars are the 95% interval of the accuracy.
    """
    p, n = frame["accuracy"].to_numpy(), frame["rows"].to_numpy()
    below, above = share_interval(p, n)
    low = max(0.0, float(min(frame["confidence"].min(), below.min())) - 0.05)
    figure = go.Figure()
    figure.add_scatter(
        x=[low, 1], y=[low, 1], mode="lines", name="perfectly calibrated",
        line={"color": OTHERS_COLOR, "dash": "dash", "width": 1.5}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=frame["confidence"],
        y=p,
        mode="lines+markers",
        name="predictions",
        customdata=n,
        hovertemplate="confidence %{x:.0%}, accuracy %{y:.0%}<br>%{customdata:,} rows<extra></extra>",
        line={"color": OKABE_ITO[0], "width": 2},
        marker={"size": 8},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": above - p,
            "arrayminus": p - below,
            "thickness": 1,
            "width": 3,
        },
    )
    figure.update_xaxes(title="Mean confidence", tickformat=".0%", range=[low, 1.02])
    figure.update_yaxes(title="Accuracy", tickformat=".0%", range=[low, 1.04])
    figure.update_layout(
        height=340, margin={"l": 8, "r": 8, "t": 8, "b": 8}, legend={"orientation": "h", "y": 1.12}, hovermode="closest"
    )
    return figure


def share_interval(share: np.ndarray, n: np.ndarray, z: float = 1.96) -> tuple[np.ndarray, np.ndarray]:
    """Return the score interval of shares (Wilson 1927), which is wide for few rows even where all of them agree.

    Parameters
    ----------
    share : np.ndarray
        (B,) observed shares.
    n : np.ndarray
        (B,) rows that each was observed in.
    z : float
        Normal quantile: 1.96 for 95%.

    Returns
    -------
    below, above : np.ndarray
        (B,) each: the ends of the intervals.
    """
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.minimum(middle - half, share), np.maximum(middle + half, share)
