"""The columns that the points of a map can be coloured and sized by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError
from embedviz.figures.colors import NO_VALUE, MapColors, color_by, color_numbers
from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.space import EmbeddingSpace

CLUSTER = "cluster"
RANK = "rank"
UNIFORM = "uniform"
MAX_DEFAULT_CATEGORIES, MAX_CHECKED_ROWS = 100, 10_000
KEPT = "neighbours kept"  # share of each point's nearest neighbours that are still near on the map


def color_columns(space: EmbeddingSpace) -> list[str]:
    """Return the columns to colour by: the map's clusters, the space's own columns, the rank where there is no count, and
    the share of each point's neighbours that the map kept."""
    own = [column for column in space.columns if column not in (CLUSTER, RANK, KEPT)]
    return [CLUSTER, *own, *([] if "count" in own else [RANK]), KEPT]


def default_color(space: EmbeddingSpace) -> str:
    """Return the column that colours a map at first: the first one of few categories or of numbers, else the rank."""
    for column, values in space.columns.items():
        is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if is_number or values.head(MAX_CHECKED_ROWS).nunique() <= MAX_DEFAULT_CATEGORIES:
            return str(column)
    return RANK


def column_values(displayed: DisplayedMap, space: EmbeddingSpace, column: str) -> pd.Series | None:
    """Return the column's value for each point of the map, (n,); None for clusters and shares not computed yet.

    Parameters
    ----------
    displayed : DisplayedMap
    space : EmbeddingSpace
        The space of the map.
    column : str
        One of `color_columns`, or a column that the points have on this map alone.

    Raises
    ------
    ColumnError
        When there is no such column.
    """
    points = np.asarray(displayed.points)
    if column == CLUSTER:
        return displayed.clusters
    if column in displayed.columns:
        return pd.Series(displayed.columns[column])
    if column == KEPT:
        return displayed.kept
    if column == RANK and RANK not in space.columns:
        return pd.Series(points + 1, name=RANK)
    if column not in space.columns:
        raise ColumnError(f"There is no column {column!r} to colour by.")
    return space.columns[column].iloc[points].reset_index(drop=True)


def color_codes(displayed: DisplayedMap, space: EmbeddingSpace, column: str) -> MapColors | None:
    """Return the column as color codes with their legend; None as column_values does."""
    values = column_values(displayed, space, column)
    return None if values is None else color_by(values)


def size_columns(space: EmbeddingSpace) -> list[str]:
    """Return what points may be sized by: nothing, or a numeric column of the space."""
    numbers = space.columns.select_dtypes("number")
    return [UNIFORM, *(column for column in numbers if column not in (CLUSTER, RANK, KEPT))]


def size_codes(displayed: DisplayedMap, space: EmbeddingSpace, column: str) -> np.ndarray:
    """Return the column as sizes from 0 to 254, (n,) uint8; a missing value is as small as the smallest.

    Raises
    ------
    ColumnError
        When there is no such numeric column.
    """
    if column not in size_columns(space)[1:]:
        raise ColumnError(f"There is no numeric column {column!r} to size by.")
    codes = color_numbers(space.columns[column].iloc[np.asarray(displayed.points)]).codes
    return np.where(codes == NO_VALUE, 0, codes).astype(np.uint8)
