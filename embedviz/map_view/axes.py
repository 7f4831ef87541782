"""Axes of a map whose two directions have names."""

from __future__ import annotations

from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.map_view.exchange import Axis
from embedviz.projection.packing import extent_of


def named_axes(displayed: DisplayedMap) -> list[Axis]:
    """Return the horizontal and the vertical axis of a map along named directions; none for other maps."""
    settings = displayed.settings
    if settings.method != "axes":
        return []
    extent = extent_of(displayed.coords)
    ends = ((settings.x_axis, extent.x), (settings.y_axis, extent.y))
    return [{"title": title.strip(), "low": low, "high": low + extent.side} for title, low in ends]
