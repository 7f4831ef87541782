"""The web page that `embedviz project` writes: the app's offline page, and for three dimensions Plotly's."""

from __future__ import annotations

from embedviz.map_view import offline
from embedviz.map_view.columns import CLUSTER, RANK, color_columns, default_color
from embedviz.project_space import Projection


def map_page(projection: Projection, name: str) -> bytes:
    """Return the page in UTF-8.

    Parameters
    ----------
    projection : Projection
    name : str
        What the space is called in the title.
    """
    space = projection.space
    title = f"{name}: {len(projection.points):,} of {len(space):,} labels"
    color = default_color(space)
    if projection.coords.shape[1] == 3:
        from embedviz.figures.map_figure import map_figure

        frame = projection.frame()
        return map_figure(frame, frame.get(color), title).to_html(include_plotlyjs=True).encode()
    projection.find_clusters()
    columns = dict.fromkeys([CLUSTER if color == RANK else color, *color_columns(space)])
    return offline.page(projection, space, [column for column in columns if column != RANK], title)
