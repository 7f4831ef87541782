"""A map's colours: one byte a point, and the legend that says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from embedviz.errors import ColumnError
from embedviz.figures.map_figure import CATEGORICAL
from embedviz.runs.maps import Map
from embedviz.space import EmbeddingSpace

NO_VALUE = 255
CLUSTER = "cluster"


@dataclass(frozen=True)
class Colours:
    """codes (N,) uint8 and legend as components.map_view takes them."""

    codes: np.ndarray
    kind: Literal["category", "number"]
    legend: list[Any]


def colour_columns(found: Map, space: EmbeddingSpace) -> list[str]:
    """The columns a map can be coloured by."""
    columns = [column for column in space.columns if column != CLUSTER]
    return ([CLUSTER] if found.clusters is not None else []) + columns


def colour_codes(found: Map, space: EmbeddingSpace, column: str) -> Colours:
    """Colours by a column: numbers on a scale (counts by their logarithm), anything else by its most frequent values."""
    if column == CLUSTER and (clusters := found.clusters) is not None:
        values = clusters.astype("category")
    elif column in space.columns:
        values = space.columns[column].iloc[np.asarray(found.points)].reset_index(drop=True)
    else:
        raise ColumnError(f"There is no column {column!r} to colour by.")
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return _numbers(values.to_numpy(float))
    return _categories(values, keep_order=column == CLUSTER)


def _numbers(values: np.ndarray) -> Colours:
    there = np.isfinite(values)
    if not there.any():
        return Colours(np.full(len(values), NO_VALUE, np.uint8), "number", [0, 0])
    low, high = float(values[there].min()), float(values[there].max())
    scaled = np.log1p(values - low) if high - low > 1000 else values - low
    top = float(scaled[there].max()) or 1.0
    codes = np.full(len(values), NO_VALUE, np.uint8)
    codes[there] = np.rint(254 * scaled[there] / top)
    return Colours(codes, "number", [f"{low:,.6g}", f"{high:,.6g}"])


def _categories(values: pd.Series, keep_order: bool) -> Colours:
    texts = values.astype("category") if keep_order else values.astype(str).where(values.notna())
    names = list(texts.cat.categories) if keep_order else list(texts.value_counts().index)
    shown = names if len(names) <= len(CATEGORICAL) else names[: len(CATEGORICAL) - 1]
    place = {name: i for i, name in enumerate(shown)}
    legend = [(str(name)[:60], CATEGORICAL[i]) for i, name in enumerate(shown)]
    other = NO_VALUE
    if len(names) > len(shown):
        other = len(shown)
        legend.append((f"{len(names) - len(shown):,} others", CATEGORICAL[-1]))
    codes = [NO_VALUE if pd.isna(text) else place.get(text, other) for text in texts]
    return Colours(np.array(codes, np.uint8), "category", legend)
