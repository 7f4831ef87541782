"""One column over another: mean estimates and errors by rating, popularity or size."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embedviz.evaluation.picture_sentences import number, number_range
from embedviz.evaluation.scores import readable
from embedviz.figures.colors import OKABE_ITO, OTHERS_COLOR
from embedviz.figures.safe_text import safe

MIN_LOG_RATIO = 100  # largest by smallest x: from here on a linear axis would crowd most points


def trend_figure(frame: pd.DataFrame) -> go.Figure:
    """Draw the second column over the first: a line over numbers, bars over groups.

    Parameters
    ----------
    frame : pd.DataFrame
        x, y, and further columns that are shown on hovering.

    Returns
    -------
    go.Figure
        Over numbers that span two orders of magnitude the axis is logarithmic.
    """
    x, y, *more = frame.columns
    name_x, name_y = safe(readable(str(x))), safe(readable(str(y)))
    values = [f"{safe(name)}: %{{customdata[{i}]}}" for i, name in enumerate(more)]
    hover = "<br>".join([f"{name_x}: %{{x}}", f"{name_y}: %{{y:.3f}}", *values])
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
        numbers = frame[x].to_numpy(float)
        if len(numbers) > 1 and numbers.min() > 0 and numbers.max() / numbers.min() >= MIN_LOG_RATIO:
            figure.update_xaxes(type="log")
    figure.update_xaxes(title=name_x)
    figure.update_yaxes(title=name_y, rangemode="tozero")
    figure.update_layout(height=340, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def errors_figure(frame: pd.DataFrame) -> go.Figure:
    """Draw mean estimates by true rating, beside the dashed line of perfect estimates.

    Parameters
    ----------
    frame : pd.DataFrame
        rating, mean estimate, rmse, mae, rows: a row a bin.
    """
    frame = frame.round(3).rename(columns={"rating": "true rating"}).sort_values("true rating")
    figure = trend_figure(frame)
    ends = [frame["true rating"].min(), frame["true rating"].max()]
    line = {"color": OTHERS_COLOR, "dash": "dash", "width": 1.5}
    figure.add_scatter(x=ends, y=ends, mode="lines", line=line, hoverinfo="skip")
    figure.update_layout(showlegend=False)
    return figure


def popularity_figure(frame: pd.DataFrame) -> go.Figure:
    """Draw the error by how often the item was rated in training, a bar a bin.

    Parameters
    ----------
    frame : pd.DataFrame
        from, to, rmse, mae, rows: a row a bin.
    """
    frame = frame.sort_values("from")
    ends = zip(frame["from"], frame["to"], strict=True)
    bars = pd.DataFrame(
        {
            "ratings of the item in training": [
                f"{low:,}" if low == high else f"{low:,}–{high:,}" for low, high in ends
            ],
            readable("rmse"): frame["rmse"].round(3).to_numpy(),
            readable("mae"): frame["mae"].round(3).to_numpy(),
            "rows": frame["rows"].to_numpy(),
        }
    )
    figure = trend_figure(bars)
    figure.update_xaxes(type="category")  # "2" and "3" are names of bins here
    return figure


def size_errors_figure(frame: pd.DataFrame) -> go.Figure:
    """Draw the error of predicted numbers by the size of the true ones, a bar a group.

    Parameters
    ----------
    frame : pd.DataFrame
        low, high, mae, bias, rows: a row a group. Two groups may hold the same single number, and each has its bar.
    """
    frame = frame.sort_values("low")
    names = [number_range(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)]
    bars = pd.DataFrame(
        {
            "true number": names,
            readable("mae"): frame["mae"].to_numpy(),
            "mean error": [number(value) for value in frame["bias"]],
            "rows": frame["rows"].to_numpy(),
        }
    )
    figure = trend_figure(bars)
    places = list(range(len(bars)))

    def spread_out(bar: go.Bar) -> None:
        bar.update(x=places, hovertext=names, hovertemplate=str(bar.hovertemplate).replace("%{x}", "%{hovertext}"))

    figure.for_each_trace(spread_out)
    figure.update_xaxes(tickmode="array", tickvals=places, ticktext=names)
    return figure
