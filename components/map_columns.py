"""The columns that a drawn map can be coloured by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.errors import ColumnError
from embedviz.figures.colours import MapColours, colour_by
from embedviz.runs.maps import Map
from embedviz.space import EmbeddingSpace

CLUSTER = "cluster"
RANK = "rank"
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
    if column == KEPT:
        return found.kept
    if column == RANK and RANK not in space.columns:
        return pd.Series(points + 1, name=RANK)
    if column not in space.columns:
        raise ColumnError(f"There is no column {column!r} to colour by.")
    return space.columns[column].iloc[points].reset_index(drop=True)


def colour_codes(found: Map, space: EmbeddingSpace, column: str) -> MapColours | None:
    """The column as one byte a point, with the legend that says what it means; None as column_values says."""
    values = column_values(found, space, column)
    return None if values is None else colour_by(values)
