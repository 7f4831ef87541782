"""Numbers made of the columns that describe users or items, so that one without ratings has an estimate too.

A number counts standardised. Any other cell counts by what it holds: the parts of a list ("Adventure|Animation"),
the words of a title, or a category as a whole, one feature for each that enough entities share.

Letters: n entities, F features, K dimensions of a vector.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd

MIN_ENTITIES = 5  # that share a value which has a feature
MAX_FEATURES = 200  # of a column, the most frequent first
MAX_CATEGORY_SHARE = 0.5  # different values an entity, above which a column holds titles: their words count
VALUE_SIZE = 3.0  # of a value that a cell holds: with the map's penalty of 100, ten entities that share it count half
_WORD = re.compile(r"\w+")

CellKind = Literal["number", "list", "category", "words"]


@dataclass(frozen=True, eq=False)
class DescribingColumn:
    """One column and its features.

    Attributes
    ----------
    column
        Name in the table.
    kind
        What a cell holds.
    values
        Values with a feature; of a number none.
    mean, scale
        (F,) of the raw features: the mean is subtracted, then the scale multiplied.
    """

    column: str
    kind: CellKind
    values: list[str]
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, cells: pd.Series) -> Self | None:
        """Return the features of a column; None where it has none that tell entities apart."""
        kind = _kind_of(cells)
        values: list[str] = []
        if kind != "number":
            counts = Counter(value for cell in cells for value in _values_in(cell, kind))
            shared = [value for value, count in counts.items() if MIN_ENTITIES <= count < len(cells)]
            # by name where they are as frequent: the values of a cell are a set, whose order is another in each process
            values = sorted(shared, key=lambda value: (-counts[value], value))[:MAX_FEATURES]
            if not values:
                return None
        raw = _raw_features(cells, kind, values)
        if not (~np.isnan(raw)).any() or not np.nanstd(raw, axis=0).any():
            return None
        scale = 1 / np.nanstd(raw, axis=0) if kind == "number" else np.full(len(values), VALUE_SIZE)
        return cls(str(cells.name), kind, values, np.nanmean(raw, axis=0), scale)

    def encode(self, cells: pd.Series) -> np.ndarray:
        """Return the features of cells, (n, F) float32; 0 where a cell is missing."""
        raw = (_raw_features(cells, self.kind, self.values) - self.mean) * self.scale
        return np.nan_to_num(raw).astype(np.float32)


@dataclass(frozen=True, eq=False)
class DescribingColumns:
    """The columns that describe users, or items.

    Attributes
    ----------
    columns
        Those that have features.
    """

    columns: list[DescribingColumn]

    @classmethod
    def fit(cls, frame: pd.DataFrame) -> Self:
        """Return the features of the columns of a frame with a row for each entity."""
        found = [DescribingColumn.fit(frame[name]) for name in frame.columns]
        return cls([column for column in found if column is not None])

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the features of rows, and a constant: (n, F + 1) float32. Columns that the frame lacks are missing."""
        missing = pd.Series(None, index=range(len(frame)), dtype=object)
        parts = [c.encode(frame.get(c.column, missing)) for c in self.columns]
        return np.hstack([*parts, np.ones((len(frame), 1), np.float32)])

    def are_in(self, frame: pd.DataFrame) -> np.ndarray:
        """(n,) bool: which rows of a frame have one of the columns filled."""
        names = [column.column for column in self.columns if column.column in frame]
        return frame[names].notna().any(axis=1).to_numpy() if names else np.zeros(len(frame), bool)


@dataclass(frozen=True, eq=False)
class DescribedRows:
    """A linear map from describing columns to biases and vectors.

    Attributes
    ----------
    columns
        What is read.
    weights
        (F + 1, 1 + K) float32; the first column makes the bias.
    """

    columns: DescribingColumns
    weights: np.ndarray

    def rows(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return the biases (n,) and the vectors (n, K) of rows."""
        found = self.columns.encode(frame) @ self.weights
        return found[:, 0], found[:, 1:]


def _kind_of(cells: pd.Series) -> CellKind:
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return "number"
    texts = cells.dropna().astype(str)
    if texts.str.contains("|", regex=False).any():
        return "list"
    return "words" if texts.nunique() > MAX_CATEGORY_SHARE * max(1, len(texts)) else "category"


def _values_in(cell: object, kind: CellKind) -> set[str]:
    if cell is None or pd.isna(cell):
        return set()
    text = str(cell)
    if kind == "list":
        return {part.strip() for part in text.split("|")}
    return set(_WORD.findall(text.lower())) if kind == "words" else {text.strip()}


def _raw_features(cells: pd.Series, kind: CellKind, values: list[str]) -> np.ndarray:
    """Return the features before they are standardised, (n, F) float64, NaN where a cell is missing."""
    if kind == "number":
        return pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan)[:, None]
    places = {value: place for place, value in enumerate(values)}
    features = np.zeros((len(cells), len(values)))
    for row, cell in enumerate(cells):
        found = _values_in(cell, kind)
        if not found:
            features[row] = np.nan
        features[row, [places[value] for value in found if value in places]] = 1
    return features
