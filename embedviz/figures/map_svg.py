"""A map as a small SVG: what a notebook shows where no widget can be, such as on GitHub or in a document made of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from embedviz.figures.colors import LAST_CODE, NO_VALUE, OTHERS_COLOR, MapColors

WIDTH_PX, HEIGHT_PX, MARGIN_PX = 720, 480, 12
MAX_POINTS = 4_000  # drawn; of more the first, which are the most frequent
TEXT_COLOR = "#767676"  # 4.5:1 on white, and seen on dark grounds
MAX_LABEL_LENGTH = 24
# Cividis (Nuñez, Anderton and Renslow 2018) without its ends, which sink into a light or a dark ground.
NUMBER_COLORS = ("#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55")


def map_svg(coords: np.ndarray, colors: MapColors, labels: Sequence[tuple[int, str]]) -> str:
    """Return the picture of a flat map.

    Parameters
    ----------
    coords : np.ndarray
        (N, 2), y upwards.
    colors : MapColors
        Of the N points.
    labels : sequence of (int, str)
        Points that are named, the most important first; one that would cover another is left out.
    """
    n = min(len(coords), MAX_POINTS)
    places = _places(coords)
    circles = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{_color(colors, int(code))}"/>'
        for (x, y), code in zip(places[:n].tolist(), colors.codes[:n], strict=True)
    )
    texts = "".join(f'<text x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>' for x, y, text in _apart(places, labels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" width="{WIDTH_PX}" '
        f'height="{HEIGHT_PX}" role="img"><title>Map of {len(coords):,} points</title>'
        f'<g fill-opacity="0.75">{circles}</g>'
        f'<g fill="{TEXT_COLOR}" font-family="system-ui, sans-serif" font-size="11" text-anchor="middle">{texts}</g></svg>'
    )


def _places(coords: np.ndarray) -> np.ndarray:
    """Return coords (N, 2) in pixels, one scale for both directions, y downwards."""
    if not len(coords):
        return np.zeros((0, 2))
    low, high = coords.min(axis=0), coords.max(axis=0)
    room = np.array([WIDTH_PX, HEIGHT_PX]) - 2 * MARGIN_PX
    spread = np.where(high > low, high - low, 1.0)
    centred = (coords - (low + high) / 2) * float((room / spread).min())
    return centred * [1, -1] + np.array([WIDTH_PX, HEIGHT_PX]) / 2


def _color(colors: MapColors, code: int) -> str:
    if code == NO_VALUE:
        return OTHERS_COLOR
    if colors.kind == "number":
        return NUMBER_COLORS[code * (len(NUMBER_COLORS) - 1) // LAST_CODE]
    return colors.categories[code].color.replace("currentColor", TEXT_COLOR)


def _apart(places: np.ndarray, labels: Sequence[tuple[int, str]]) -> list[tuple[float, float, str]]:
    """Return the labels that do not cover an earlier one, with the middle of their base lines."""
    found: list[tuple[float, float, str]] = []
    for point, label in labels:
        text = label if len(label) <= MAX_LABEL_LENGTH else f"{label[: MAX_LABEL_LENGTH - 1]}…"
        x, y = float(places[point, 0]), float(places[point, 1]) - 4
        half = 3.2 * len(text)
        x = min(max(x, half + 2), WIDTH_PX - half - 2)
        if all(abs(x - a) > half + 3.2 * len(other) or abs(y - b) > 13 for a, b, other in found):
            found.append((x, max(y, 12.0), text))
    return found
