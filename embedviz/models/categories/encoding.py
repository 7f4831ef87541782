"""A table's cells as codes and numbers, by what the training part taught: values, scales, edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

from embedviz.data.category_values import OTHER, CategoryValues, category_names
from embedviz.data.dates import date_parts, read_dates
from embedviz.data.quantile_edges import quantile_edges, reach
from embedviz.data.written_numbers import LARGEST, read_numbers
from embedviz.models.categories.reading import Feature
from embedviz.models.categories.settings import CategoriesSettings

MOST_STRETCHES = 2400  # of all numbers together, so that a table of hundreds of them stays quick
FEWEST_BINS = 4
ALPHABET = "place in the alphabet"  # the part of a category's column
MANY_VALUES = 20  # known ones past which a category's place in the alphabet is read, too
SHOWN = 5  # notes a row
FORM_VALUES = 1000  # of a category, named to those who build a form


@dataclass(frozen=True)
class NumberPart:
    """A number that a column gives: a column of numbers gives one (part ""), a date several ("year", "month", …).

    mean, deviation: of the training part, by which it is standardised; edges: standardised, of its stretches, empty
    where it is taken as it is; marked: some training rows lack it, so a missing one has a sign of its own; low, median,
    high in the column's own unit; floor, ceiling: its reach, at which numbers outside are held.
    """

    column: str
    part: str
    mean: float
    deviation: float
    edges: list[float]
    marked: bool
    low: float
    median: float
    high: float
    floor: float = -LARGEST
    ceiling: float = LARGEST

    @classmethod
    def learn(cls, column: str, part: str, values: np.ndarray, settings: CategoriesSettings, bins: int) -> Self | None:
        """None where the training part holds fewer than two different values and lacks none."""
        known = values[~np.isnan(values)]
        piecewise = settings.numbers == "piecewise linear"
        marked = piecewise and 0 < len(known) < len(values)
        if not len(known) or (known.min() == known.max() and not marked):
            return None
        low, median, high = (float(x) for x in np.quantile(known, [0, 0.5, 1]))
        floor, ceiling = reach(known)
        known = known.clip(floor, ceiling)
        mean, deviation = float(known.mean()), float(known.std()) or 1.0
        edges = (quantile_edges(known, bins) - mean) / deviation if piecewise else np.empty(0)
        edges = np.unique(edges.astype(np.float32))  # those that the network can tell apart
        return cls(column, part, mean, deviation, edges.tolist(), marked, low, median, high, floor, ceiling)

    def standardised(self, values: np.ndarray) -> np.ndarray:
        """(n,) float32. NaN stays where a missing number has a sign, else the median stands in (the mean in the textbook's
        network, which is 0)."""
        numbers = (values.clip(self.floor, self.ceiling) - self.mean) / self.deviation
        if not self.marked:
            numbers = np.where(
                np.isnan(numbers), (self.median - self.mean) / self.deviation if self.edges else 0, numbers
            )
        return numbers.astype(np.float32)


@dataclass(frozen=True)
class EncodedRows:
    """codes (N, K) int64: a value's place in its column's table; numbers (N, P) float32, standardised, NaN missing."""

    codes: np.ndarray
    numbers: np.ndarray


@dataclass(frozen=True)
class TableEncoder:
    """features in the table's order; values of each category column, in the same order; parts of the others; untaught:
    category columns whose "other" no training row has, nor is any hidden as it."""

    features: list[Feature]
    values: dict[str, CategoryValues]
    parts: list[NumberPart]
    untaught: list[str] = field(default_factory=list)

    @classmethod
    def learn(cls, frame: pd.DataFrame, features: Iterable[Feature], settings: CategoriesSettings) -> Self:
        """From the training part's rows alone."""
        features = list(features)
        values, numbers = {}, {}
        for feature in features:
            if feature.kind == "category":
                names = category_names(frame[feature.column])
                known = values[feature.column] = CategoryValues.learn(names, settings.min_count)
                if settings.alphabet and len(known) > MANY_VALUES:
                    numbers[feature.column, ALPHABET] = _places(names, known)
            else:
                for part, found in numbers_of(frame[feature.column], feature).items():
                    numbers[feature.column, part] = found
        bins = max(FEWEST_BINS, min(settings.bins, MOST_STRETCHES // max(1, len(numbers))))
        learned = [NumberPart.learn(*name, found, settings, bins) for name, found in numbers.items()]
        untaught = [column for column, known in values.items() if not settings.other_share and not known.counts[OTHER]]
        return cls(features, values, [part for part in learned if part is not None], untaught)

    def encode(self, frame: pd.DataFrame) -> EncodedRows:
        """Columns that the frame lacks are missing in every row."""
        codes = np.zeros((len(frame), len(self.values)), np.int64)
        for k, (column, values) in enumerate(self.values.items()):
            codes[:, k] = values.encode(category_names(_column(frame, column)))
        numbers = np.zeros((len(frame), len(self.parts)), np.float32)
        kinds = {feature.column: feature for feature in self.features}
        found: dict[str, dict[str, np.ndarray]] = {}
        for p, part in enumerate(self.parts):
            if part.column not in found:
                cells = _column(frame, part.column)
                if part.part == ALPHABET:
                    found[part.column] = {ALPHABET: _places(category_names(cells), self.values[part.column])}
                else:
                    found[part.column] = numbers_of(cells, kinds[part.column])
            numbers[:, p] = part.standardised(found[part.column][part.part])
        return EncodedRows(codes, numbers)

    def notes(self, frame: pd.DataFrame) -> list[str]:
        """For each row what its answer does not rest on: values that are not known, cells that are no numbers. A column
        that the frame lacks altogether is said once a row."""
        said: list[list[str]] = [[] for _ in range(len(frame))]
        used = {part.column for part in self.parts} | set(self.values)
        lacking = [
            feature.column for feature in self.features if feature.column in used and feature.column not in frame
        ]
        if lacking:
            more = f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
            sentence = f"Not given: {', '.join(f'“{name}”' for name in lacking[:SHOWN])}{more}."
            said = [[sentence] for _ in range(len(frame))]
        for feature in self.features:
            if feature.column in frame and feature.column in used:
                for row, sentence in self._odd_cells(frame[feature.column], feature):
                    said[row].append(sentence)
        return [" ".join(row[:SHOWN] + [f"And {len(row) - SHOWN} more."] * (len(row) > SHOWN)) for row in said]

    def _odd_cells(self, cells: pd.Series, feature: Feature) -> Iterable[tuple[int, str]]:
        names = category_names(cells)
        if feature.kind == "category":
            values = self.values[feature.column]
            for row in np.flatnonzero(values.encode(names) == OTHER):
                given = names.iloc[row]
                if pd.isna(given):
                    stands_in = "the mean of the known values" if feature.column in self.untaught else "other"
                    yield (
                        row,
                        f"“{feature.column}” is empty, which hardly any row was before, and counts as {stands_in}.",
                    )
                elif feature.column in self.untaught:
                    yield row, f"“{given}” in “{feature.column}” is new, and counts as the mean of the known values."
                else:
                    yield row, f"“{given}” in “{feature.column}” is new or was rare, and counts as other."
            return
        numbers = next(iter(numbers_of(cells, feature).values()))
        part = next(part for part in self.parts if part.column == feature.column)
        stands_in = "" if part.marked else f", so its {'median' if part.edges else 'mean'} stands in"
        for row in np.flatnonzero(np.isnan(numbers)):
            given = names.iloc[row]
            if not pd.isna(given):
                yield row, f"“{given}” in “{feature.column}” is no {feature.kind} and counts as missing{stands_in}."
            elif stands_in:
                yield row, f"“{feature.column}” is empty{stands_in}."

    def describe(self, frame: pd.DataFrame) -> list[dict[str, Any]]:
        """What a form asks for: a dict a column, see Categories.knowledge. frame: the training part, for examples."""
        described = []
        for feature in self.features:
            about: dict[str, Any] = {"name": feature.column, "kind": feature.kind}
            parts = [part for part in self.parts if part.column == feature.column]
            if feature.kind == "category":
                values = self.values[feature.column]
                known = [label for label in values.labels[OTHER + 1 :] if label != values.missing]
                about |= {"values": known[:FORM_VALUES], "example": known[0] if known else None}
            elif feature.kind == "number" and parts:
                about |= {name: getattr(parts[0], name) for name in ("low", "high", "median")}
                about["example"] = parts[0].median
            elif parts:
                cells = frame[feature.column].dropna()
                dates = read_dates(cells, feature.date_format).dropna().sort_values()
                about |= {"low": str(cells[dates.index[0]]), "high": str(cells[dates.index[-1]])}
                about["example"] = str(cells[dates.index[len(dates) // 2]])
            else:
                continue
            described.append(about)
        return described

    def as_dict(self) -> dict[str, Any]:
        """Values that JSON holds; from_dict takes them back."""
        return {
            "features": [asdict(feature) for feature in self.features],
            "values": {column: values.as_dict() for column, values in self.values.items()},
            "parts": [asdict(part) for part in self.parts],
            "untaught": self.untaught,
        }

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Self:
        return cls(
            [Feature(**feature) for feature in given["features"]],
            {column: CategoryValues.from_dict(values) for column, values in given["values"].items()},
            [NumberPart(**part) for part in given["parts"]],
            given.get("untaught", []),
        )


def numbers_of(cells: pd.Series, feature: Feature) -> dict[str, np.ndarray]:
    """part -> (n,) float64, NaN where missing."""
    if feature.kind == "date":
        return date_parts(read_dates(cells, feature.date_format))
    return {"": read_numbers(cells, feature.decimal)}


def _places(names: pd.Series, values: CategoryValues) -> np.ndarray:
    """Where each of category_names (n,) stands among the known values in the order of the alphabet, (n,) float64, NaN where
    it is missing. One that is not known stands between two: B-737-600 beside the other B-737s."""
    known = np.array(sorted(set(values.labels[OTHER + 1 :]) - {values.missing}), dtype=object)
    codes, different = pd.factorize(names)
    after = np.searchsorted(known, different.to_numpy(object), side="right")
    before = np.searchsorted(known, different.to_numpy(object), side="left")
    return np.append((before + after) / 2, np.nan)[codes]


def _column(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column] if column in frame else pd.Series(pd.NA, index=frame.index, name=column, dtype=object)
