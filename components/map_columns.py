"""The columns that a drawn map can be coloured by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.map_colours import MapColours, colour_by
from embedviz.errors import ColumnError
from embedviz.runs.maps import Map
from embedviz.space import EmbeddingSpace

CLUSTER = "cluster"


def colour_columns(found: Map, space: EmbeddingSpace) -> list[str]:
    """Names of the columns: the map's groups where they are there, then the space's own."""
    own = [column for column in space.columns if column != CLUSTER]
    return ([CLUSTER] if found.clusters is not None else []) + own


def column_values(found: Map, space: EmbeddingSpace, column: str) -> pd.Series:
    """The column's value for each point of the map; ColumnError when there is no such column."""
    if column == CLUSTER and (groups := found.clusters) is not None:
        return groups
    if column not in space.columns:
        raise ColumnError(f"There is no column {column!r} to colour by.")
    return space.columns[column].iloc[np.asarray(found.points)].reset_index(drop=True)


def colour_codes(found: Map, space: EmbeddingSpace, column: str) -> MapColours:
    """The column as one byte a point, with the legend that says what it means."""
    return colour_by(column_values(found, space, column))
