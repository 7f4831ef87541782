"""Filters by columns: which points of a map pass them, and the filters as a word of the page's address."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import ColumnError
from embedviz.map_view.columns import color_columns, column_values
from embedviz.projection.map_folder import Map
from embedviz.space import EmbeddingSpace

LABEL = "label"
MAX_CATEGORIES = 200  # distinct values; a column of more is searched as text


@dataclass(frozen=True)
class Range:
    """Numbers from low to high, both included."""

    low: float
    high: float


@dataclass(frozen=True)
class Categories:
    """Any of these values."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class Contains:
    """Texts that contain this one, ignoring case."""

    text: str


Filter = Range | Categories | Contains
Filters = dict[str, Filter]  # by column; a point has to pass all


def filter_columns(space: EmbeddingSpace) -> list[str]:
    """Return the columns to filter by."""
    return [LABEL, *(name for name in color_columns(space) if name != LABEL)]


def filter_values(displayed: Map, space: EmbeddingSpace, column: str) -> pd.Series | None:
    """Return the column's value for each point of the map, (n,); None for what is not computed yet.

    Raises
    ------
    ColumnError
        When there is no such column.
    """
    if column == LABEL:
        return pd.Series([space.labels[row] for row in np.asarray(displayed.points).tolist()], name=LABEL)
    return column_values(displayed, space, column)


def filter_kind(values: pd.Series) -> type[Filter]:
    """Return the kind of filter that suits the values: numbers by range, few distinct values by name, others as text."""
    if values.name == LABEL:
        return Contains
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return Range
    return Categories if values.nunique() <= MAX_CATEGORIES else Contains


def passing_points(displayed: Map, space: EmbeddingSpace, filters: Mapping[str, Filter]) -> np.ndarray | None:
    """Return which points of the map pass all filters, (n,) bool; None where no filter applies.

    A filter by a column that the space does not have, or whose values the map does not have (the clusters of another
    map), does not apply.
    """
    masks = [
        mask
        for column, wanted in filters.items()
        if (mask := _mask(_known_values(displayed, space, column), wanted)) is not None
    ]
    return np.logical_and.reduce(masks) if masks else None


def _known_values(displayed: Map, space: EmbeddingSpace, column: str) -> pd.Series | None:
    try:
        return filter_values(displayed, space, column)
    except ColumnError:
        return None


def _mask(values: pd.Series | None, wanted: Filter) -> np.ndarray | None:
    """Return which values pass; None where the filter does not apply to them. A missing value never passes."""
    if values is None:
        return None
    if isinstance(wanted, Range):
        numbers = pd.Series(pd.to_numeric(values, errors="coerce")).to_numpy(np.float64, na_value=np.nan)
        return (numbers >= wanted.low) & (numbers <= wanted.high)
    known = values.notna().to_numpy()
    texts = values.astype(str)
    if isinstance(wanted, Categories):
        mask = texts.isin(wanted.values).to_numpy() & known
        return mask if mask.any() else None
    arrow = pa.array(texts.to_numpy(object), pa.string())
    found = pc.call_function(
        "match_substring", [arrow], pc.MatchSubstringOptions(wanted.text.strip(), ignore_case=True)
    )
    return np.asarray(found) & known


def encode_filters(filters: Mapping[str, Filter]) -> str:
    """Return the filters as a word: column, a letter for the kind, and its values."""
    return ";".join(
        ",".join(quote(part, safe="") for part in (column, *_parts(wanted))) for column, wanted in filters.items()
    )


def _parts(wanted: Filter) -> tuple[str, ...]:
    if isinstance(wanted, Range):
        return "r", repr(wanted.low), repr(wanted.high)
    return ("c", *wanted.values) if isinstance(wanted, Categories) else ("t", wanted.text)


def decode_filters(word: str) -> Filters:
    """Return the filters of a word; what cannot be read is left out, for anybody may have written the address."""
    filters: Filters = {}
    for text in word.split(";"):
        column, *parts = (unquote(part) for part in text.split(","))
        if parts and (wanted := _decode(parts[0], parts[1:])):
            filters[column] = wanted
    return filters


def _decode(letter: str, values: list[str]) -> Filter | None:
    if letter == "r" and len(values) == 2:
        low, high = (_number(value) for value in values)
        return None if low is None or high is None else Range(low, high)
    if letter == "c" and values:
        return Categories(tuple(values))
    return Contains(values[0]) if letter == "t" and len(values) == 1 and values[0].strip() else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
