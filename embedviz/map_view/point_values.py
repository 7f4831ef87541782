"""What a point of a map is: its value in every column, as text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embedviz.core.value_text import value_text
from embedviz.map_view.columns import CLUSTER, KEPT, RANK, color_columns
from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.space import EmbeddingSpace

N_NEIGHBORS = 12  # of the point in focus, in the original space


def point_values(displayed: DisplayedMap, space: EmbeddingSpace, place: int) -> list[tuple[str, str]]:
    """Return the name of each column and the point's value in it, without columns that are not computed yet.

    Parameters
    ----------
    displayed : DisplayedMap
    space : EmbeddingSpace
        The space of the map.
    place : int
        Of the point on the map.
    """
    row = int(displayed.points[place])
    values: list[tuple[str, str]] = []
    for column in color_columns(space):
        series, at = space.columns.get(column), row
        if column == CLUSTER:
            series, at = displayed.clusters, place
        elif column in displayed.columns:
            series, at = displayed.columns[column], place
        elif column == KEPT:
            series, at = displayed.kept, place
        elif column == RANK and RANK not in space.columns:
            values.append((RANK, f"{row + 1:,}"))
            continue
        if series is not None:
            values.append((column, value_text(series.iloc[at])))
    return values


def places_on_map(displayed: DisplayedMap, rows: Sequence[int]) -> list[int | None]:
    """Return the place on the map of each row of the space, None for one that it does not show."""
    points = np.asarray(displayed.points)
    return [int(found[0]) if len(found := np.flatnonzero(points == row)) else None for row in rows]
