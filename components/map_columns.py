"""The columns that a drawn map can be coloured by, and those that give its points their sizes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError
from embedviz.figures.colors import NO_VALUE, MapColors, color_by, color_numbers
from embedviz.jobs.maps import Map
from embedviz.space import EmbeddingSpace

CLUSTER = "cluster"
RANK = "rank"
ALIKE = "all alike"
KEPT = "neighbours kept"  # of each point: where the map can be trusted, and where it lies


def colour_columns(space: EmbeddingSpace) -> list[str]:
    """Names of the columns: the map's groups, the space's own, the place in the file where there is no count, and how
    well the map keeps each point's neighbours."""
    own = [column for column in space.columns if column not in (CLUSTER, RANK, KEPT)]
    return [CLUSTER, *own, *([] if "count" in own else [RANK]), KEPT]


def column_values(found: Map, space: EmbeddingSpace, column: str) -> pd.Series | None:
    """The column's value for each point of the map; None for groups and figures that are not there yet. ColumnError
    when there is no such column."""
    points = np.asarray(found.points)
    if column == CLUSTER:
        return found.clusters
    if column in found.columns:
        return found.columns[column]
    if column == KEPT:
        return found.kept
    if column == RANK and RANK not in space.columns:
        return pd.Series(points + 1, name=RANK)
    if column not in space.columns:
        raise ColumnError(f"There is no column {column!r} to colour by.")
    return space.columns[column].iloc[points].reset_index(drop=True)


def colour_codes(found: Map, space: EmbeddingSpace, column: str) -> MapColors | None:
    """The column as one byte a point, with the legend that says what it means; None as column_values says."""
    values = column_values(found, space, column)
    return None if values is None else color_by(values)


def size_columns(space: EmbeddingSpace) -> list[str]:
    """Names of what points may be sized by: nothing, or a column of numbers."""
    numbers = space.columns.select_dtypes("number")
    return [ALIKE, *(column for column in numbers if column not in (CLUSTER, RANK, KEPT))]


def size_codes(found: Map, space: EmbeddingSpace, column: str) -> np.ndarray:
    """The column as sizes from 0 to 254, one byte a point; a point without a value is as small as the smallest.
    ColumnError when it is no column of numbers."""
    if column not in size_columns(space)[1:]:
        raise ColumnError(f"There is no column of numbers {column!r} to size by.")
    codes = color_numbers(column_values(found, space, column)).codes
    return np.where(codes == NO_VALUE, 0, codes).astype(np.uint8)
