"""Histograms of a column for a range slider: the values that its ends can take, and a bar between each two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.figures.colors import MIN_LOG_RATIO

N_BARS = 40
MAX_UNIT_BARS = 120  # of whole numbers in so narrow a range each has an edge
HEIGHT_PX = 36


def finite_numbers(values: pd.Series) -> np.ndarray:
    """Return the values that are finite numbers, float64."""
    numbers = pd.Series(pd.to_numeric(values, errors="coerce")).to_numpy(np.float64, na_value=np.nan)
    return numbers[np.isfinite(numbers)]


def edges_of(numbers: np.ndarray) -> list[float]:
    """Return the edges of the bars, rising, from the smallest number to the largest; one edge where all are equal.

    They are evenly spaced or, when all numbers are positive and the largest is 100 times the smallest, by their logarithm.
    Of whole numbers the edges are whole, and in a narrow range all of them.
    """
    low, high = float(numbers.min()), float(numbers.max())
    are_whole = np.equal(np.mod(numbers, 1), 0).all()
    if are_whole and high - low <= MAX_UNIT_BARS:
        return np.arange(low, high + 1).tolist()
    if low > 0 and high / low >= MIN_LOG_RATIO:
        edges = np.geomspace(low, high, N_BARS + 1)
    else:
        edges = np.linspace(low, high, N_BARS + 1)
    if are_whole:
        edges = np.round(edges)
    edges[[0, -1]] = low, high  # not what rounding made of them: the ends have to hold all numbers
    return np.unique(edges).tolist()


def nearest_edge(edges: list[float], number: float) -> float:
    """Return the edge nearest to a number."""
    return min(edges, key=lambda edge: abs(edge - number))


def histogram_html(numbers: np.ndarray, edges: list[float], low: float, high: float) -> str:
    """Return the histogram as HTML as wide as its place; bars between low and high are in full colour."""
    counts, _ = np.histogram(numbers, bins=edges)
    heights = np.sqrt(counts / counts.max())  # by the square root, so that few values are seen beside many
    bars = "".join(
        f'<span style="flex: 1; height: {height:.0%}; background: '
        f'{"#2779ac" if low <= edges[place] and edges[place + 1] <= high else "#8c8f98"}"></span>'
        for place, height in enumerate(heights)
    )
    style = f"display: flex; align-items: flex-end; gap: 1px; height: {HEIGHT_PX}px; margin-bottom: 1.1rem"
    return f'<div aria-hidden="true" class="histogram" style="{style}">{bars}</div>'
