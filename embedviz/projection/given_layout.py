"""A layout that a space came with: two of its columns, as files made for a map have them.

Embedding Atlas writes projection_x and projection_y.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.space import EmbeddingSpace

COORDINATES = (("projection_x", "projection_y"), ("x", "y"))  # the first pair that is there


def coordinate_columns(space: EmbeddingSpace) -> tuple[str, str] | None:
    """Return the names of the columns that place the labels on a map; None where there are none."""
    by_name = {str(name).strip().lower(): str(name) for name in space.columns.columns}
    for pair in COORDINATES:
        x, y = (by_name.get(name) for name in pair)
        if x is not None and y is not None and all(pd.api.types.is_numeric_dtype(space.columns[c]) for c in (x, y)):
            return x, y
    return None


def placed(space: EmbeddingSpace, points: np.ndarray) -> np.ndarray:
    """Return those of the rows `points` (N,) that have coordinates; SettingsError when the space came without any."""
    return points[np.isfinite(given_coords(space, points)).all(axis=1)]


def given_coords(space: EmbeddingSpace, points: np.ndarray) -> np.ndarray:
    """Return where the labels at rows `points` (N,) lie, (N, 2) float32, NaN where that is missing.

    Raises
    ------
    SettingsError
        When the space came without coordinates.
    """
    found = coordinate_columns(space)
    if found is None:
        raise SettingsError(
            "These vectors came without a map: two columns of numbers, projection_x and projection_y or x and y. Choose umap."
        )
    return space.columns.loc[:, list(found)].iloc[points].to_numpy(np.float32, na_value=np.nan)
