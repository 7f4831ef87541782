"""What every map of a run is drawn from: the addresses of its points and labels, and its colours."""

from __future__ import annotations

from urllib.parse import quote

from embedviz.map_view.columns import color_codes
from embedviz.map_view.map_data import MapData
from embedviz.projection.map_folder import Map
from embedviz.space import EmbeddingSpace
from embedviz.store.run_folder import RunFolder


def base_url(displayed: Map, run: RunFolder) -> str:
    """Return the address under which the map's routes are, relative to the app's."""
    return f"embedviz/maps/{run.id}/{displayed.id}"


def points_data(displayed: Map, run: RunFolder, space: EmbeddingSpace, column: str) -> MapData:
    """Return a map's points, labels and legend, coloured by a column of the space."""
    colors, base = color_codes(displayed, space, column), base_url(displayed, run)
    return MapData(
        points_url=f"{base}/points",
        n=len(displayed.points),
        labels_url=f"{base}/labels",
        colors_url=f"{base}/colors/{quote(column, safe='')}" if colors else None,
        color_kind=colors.kind if colors else None,
        legend=colors.legend if colors else (),
        color_column=column,
    )
