"""Encoding of a table's cells as codes and numbers, fitted on the training set: values, scales, bin edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from embedviz.data.category_names import Names
from embedviz.data.category_values import OTHER, CategoryValues
from embedviz.data.column import Column, cells_of
from embedviz.data.dates import date_parts
from embedviz.data.quantile_edges import quantile_edges, reach
from embedviz.data.written_numbers import MAX_NUMBER
from embedviz.models.categories.schema import Feature
from embedviz.models.categories.settings import CategoriesSettings

MAX_TOTAL_BINS = 2400  # of all numbers together, so that a table of hundreds of columns stays quick
MIN_BINS = 4
USUAL = (0.01, 0.99)  # quantiles to which binned numbers are clipped for their mean and standard deviation
ALPHABET = "alphabetical position"  # the part of a category's column
MIN_ALPHABET_VALUES = 20  # a column of more values is also encoded by their alphabetical position


@dataclass(frozen=True)
class NumberEncoder:
    """Scale and bin edges of a number.

    A column of numbers gives one number (part ""), a date several ("year", "month", …), a category of many values one
    (`ALPHABET`).

    Attributes
    ----------
    column, part
        What the number is.
    mean, std
        Of the training set, by which it is standardised; where it is binned without the outermost hundredths, so that far
        values leave the others apart.
    edges
        Rising edges of its bins, standardised; empty where it is not binned.
    has_indicator
        Some training rows lack it, so that a missing one is encoded as such.
    low, median, high
        Of the training set, in the column's own unit.
    min, max
        Limits to which numbers are clipped, in the column's own unit.
    has_vectors
        Each bin has a vector too.
    """

    column: str
    part: str
    mean: float
    std: float
    edges: list[float]
    has_indicator: bool
    low: float
    median: float
    high: float
    min: float = -MAX_NUMBER
    max: float = MAX_NUMBER
    has_vectors: bool = False

    @classmethod
    def fit(cls, column: str, part: str, values: np.ndarray, settings: CategoriesSettings, bins: int) -> Self | None:
        """Fit numbers (n,) of the training set. None where they are all the same, or all missing."""
        known = values[~np.isnan(values)]
        is_binned = settings.numbers == "piecewise linear"
        has_indicator = is_binned and 0 < len(known) < len(values)
        if not len(known) or (known.min() == known.max() and not has_indicator):
            return None
        low, median, high = (float(x) for x in np.quantile(known, [0, 0.5, 1]))
        limits = reach(known)
        known = known.clip(*limits)
        usual = known.clip(*np.quantile(known, USUAL)) if is_binned else known
        mean, std = float(usual.mean()), float(usual.std()) or float(known.std()) or 1.0
        edges = (quantile_edges(known, bins) - mean) / std if is_binned else np.empty(0)
        edges = np.unique(edges.astype(np.float32))  # float32 may merge some
        has_vectors = part != ALPHABET and len(edges) > 1 and len(values) >= settings.bin_vector_rows
        return cls(column, part, mean, std, edges.tolist(), has_indicator, low, median, high, *limits, has_vectors)

    def standardise(self, values: np.ndarray) -> np.ndarray:
        """Return standardised numbers, (n,) -> (n,) float32. NaN stays where missing numbers have an indicator, else it
        becomes the median, or the mean (0) where there are no bins."""
        numbers = (values.clip(self.min, self.max) - self.mean) / self.std
        if not self.has_indicator:
            numbers = np.where(np.isnan(numbers), (self.median - self.mean) / self.std if self.edges else 0, numbers)
        return numbers.astype(np.float32)


@dataclass(frozen=True, eq=False)
class EncodedRows:
    """N rows of K category columns and P numbers.

    Attributes
    ----------
    codes
        (N, K) int64, a value's place in its column's `CategoryValues`.
    numbers
        (N, P) float32, standardised; NaN is missing.
    """

    codes: np.ndarray
    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: np.ndarray | slice) -> Self:
        """Return some rows."""
        return type(self)(self.codes[rows], self.numbers[rows])


@dataclass(frozen=True)
class TableEncoder:
    """Encoder of rows, fitted on the training set.

    Attributes
    ----------
    features
        In the table's order.
    values
        Values of each category column, in the same order.
    numbers
        Numbers of all columns, in the same order.
    untrained
        Category columns whose code `OTHER` no training row has.
    """

    features: list[Feature]
    values: dict[str, CategoryValues]
    numbers: list[NumberEncoder]
    untrained: list[str]

    @classmethod
    def fit(cls, columns: Mapping[str, Column], features: Sequence[Feature], settings: CategoriesSettings) -> Self:
        """Fit on the training set's rows."""
        values: dict[str, CategoryValues] = {}
        found: dict[tuple[str, str], np.ndarray] = {}
        for feature in features:
            column = columns[feature.column]
            if feature.kind == "category":
                known = values[feature.column] = CategoryValues.learn(column.names, settings.min_count)
                if not settings.alphabet or len(known) <= MIN_ALPHABET_VALUES:
                    continue
            for part, numbers in numbers_of(column, feature, values.get(feature.column)).items():
                found[feature.column, part] = numbers
        n_rows = max((len(numbers) for numbers in found.values()), default=0)
        bins = bins_for(len(found), n_rows, settings)
        fitted = [NumberEncoder.fit(*name, numbers, settings, bins) for name, numbers in found.items()]
        untrained = [column for column, known in values.items() if not settings.other_share and not known.counts[OTHER]]
        return cls(list(features), values, [number for number in fitted if number is not None], untrained)

    @property
    def used(self) -> list[Feature]:
        """The features that predictions depend on, in the table's order."""
        names = {number.column for number in self.numbers} | set(self.values)
        return [feature for feature in self.features if feature.column in names]

    def columns_of(self, frame: pd.DataFrame, found: Mapping[str, str] | None = None) -> dict[str, Column]:
        """Return the features' columns that a frame has. found: feature -> its name there, by default its own."""
        if found is None:
            found = {f.column: f.column for f in self.features if f.column in frame}
        return {name: Column(name, cells_of(frame, given)) for name, given in found.items()}

    def encode(self, columns: Mapping[str, Column], n: int) -> EncodedRows:
        """Encode n rows. Columns that are not given are missing in every row."""
        codes = np.zeros((n, len(self.values)), np.int64)
        missing = pd.Series(pd.NA, index=range(n), dtype=object)
        used = {
            feature.column: columns.get(feature.column, Column(feature.column, missing)) for feature in self.features
        }
        for k, (column, values) in enumerate(self.values.items()):
            codes[:, k] = values.encode(used[column].names)
        numbers = np.zeros((n, len(self.numbers)), np.float32)
        features = {feature.column: feature for feature in self.features}
        found: dict[str, dict[str, np.ndarray]] = {}
        for p, number in enumerate(self.numbers):
            column = number.column
            if column not in found:
                found[column] = numbers_of(used[column], features[column], self.values.get(column))
            numbers[:, p] = number.standardise(found[column][number.part])
        return EncodedRows(codes, numbers)


def numbers_of(column: Column, feature: Feature, values: CategoryValues | None = None) -> dict[str, np.ndarray]:
    """Return the numbers that a column gives, part -> (N,) float64, NaN where missing. values: of a category."""
    if values is not None:
        return {ALPHABET: _alphabetical_positions(column.names, values)}
    if feature.kind == "date":
        return date_parts(column.dates(feature.date_format))
    return {"": column.numbers(feature.decimal)}


def bins_for(n_numbers: int, n_rows: int, settings: CategoriesSettings) -> int:
    """Return the bins of each of n numbers, for a number of training rows."""
    return max(MIN_BINS, min(settings.bins_for(n_rows), MAX_TOTAL_BINS // max(1, n_numbers)))


def _alphabetical_positions(names: Names, values: CategoryValues) -> np.ndarray:
    """Return each name's position among the known values in alphabetical order, (N,) float64, NaN where missing. An
    unknown one comes between its neighbours: B-737-600 beside the other B-737s."""
    known = np.array(sorted(set(values.labels[OTHER + 1 :]) - {values.missing}), dtype=object)
    after = np.searchsorted(known, names.distinct, side="right")
    before = np.searchsorted(known, names.distinct, side="left")
    return names.spread((before + after) / 2, np.nan)
