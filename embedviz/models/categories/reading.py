"""A table's rows with their target and the columns that it is learned from, and what was left out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.data.classes import Classes, class_names, read_classes
from embedviz.data.column_kinds import as_numbers, column_kind, to_numbers
from embedviz.data.roles import checked_role
from embedviz.errors import ColumnError, DataError
from embedviz.models.categories.settings import MANY_NUMBERS, CategoriesSettings
from embedviz.training.progress import Progress

if TYPE_CHECKING:
    from embedviz.data.reading import Table
    from embedviz.models.contract import Columns

ROLES = {"target": "the class or the number to predict"}
OPTIONAL_ROLES = {
    "category": "columns to take as categories",
    "number": "columns to take as numbers",
    "ignore": "columns to leave out",
}
FEWEST_ROWS = 10
SAY_EVERY = 0.25  # seconds


@dataclass(frozen=True)
class Feature:
    """A column that is learned from. kind: "category", "number" or "date", this with its format."""

    column: str
    kind: str
    date_format: str = ""


@dataclass(frozen=True)
class LabelledRows:
    """frame: the features' columns, N rows; codes (N,) the classes by number, or numbers (N,) where the target is one,
    the other None; missing: rows left out for want of a target; said: sentences on columns."""

    target: str
    frame: pd.DataFrame
    features: list[Feature]
    classes: Classes | None
    codes: np.ndarray | None
    numbers: np.ndarray | None
    missing: int
    said: list[str]

    def __len__(self) -> int:
        return len(self.frame)

    def of_kind(self, *kinds: str) -> list[Feature]:
        return [feature for feature in self.features if feature.kind in kinds]

    def left_out_sentences(self) -> list[str]:
        """Which rows were left out, in words."""
        if self.classes is not None:
            return self.classes.left_out_sentences()
        if not self.missing:
            return []
        return [
            f"{self.missing:,} {'row has' if self.missing == 1 else 'rows have'} no number in “{self.target}” and are "
            f"left out."
        ]


def read_rows(table: Table, columns: Columns, settings: CategoriesSettings) -> Iterator[Progress | LabelledRows]:
    """Yields progress, the LabelledRows last. ColumnError for a column that cannot play its role, DataError where too
    little is left to learn from."""
    frame = table.frame
    target, named = _checked_columns(frame, columns)
    classes = codes = numbers = None
    if is_number(frame[target], settings.target_kind):
        numbers = _target_numbers(frame[target])
        rows = np.flatnonzero(~np.isnan(numbers))
        numbers, missing = numbers[rows], len(frame) - len(rows)
    else:
        classes = read_classes(frame[target], settings.min_class_rows)
        rows = np.flatnonzero(classes.codes >= 0)
        codes, missing = classes.codes[rows], classes.missing
    if len(rows) < FEWEST_ROWS:
        raise DataError(
            f"Only {len(rows)} rows have a “{target}” to learn from. At least {FEWEST_ROWS} are needed, and better "
            f"hundreds."
        )
    features, said, last = [], [], time.monotonic()
    kept = [column for column in frame if column != target and named.get(column) != "ignore"]
    for i, column in enumerate(kept):
        feature, sentence = _feature(frame[column].iloc[rows], named.get(column), settings.min_count)
        features += [feature] if feature else []
        said += [sentence] if sentence else []
        if time.monotonic() - last > SAY_EVERY:
            last = time.monotonic()
            yield Progress(step=i, total_steps=len(kept), message="Looking at the columns")
    if settings.network == "textbook":
        features, sentence = _for_textbook(features, frame, named)
        said += [sentence] if sentence else []
    if not features:
        why = f" {' '.join(said[:3])}" if said else ""
        raise ColumnError(f"No column is left to learn “{target}” from.{why} Choose other columns, or another file.")
    chosen = frame[[feature.column for feature in features]].iloc[rows].reset_index(drop=True)
    yield LabelledRows(target, chosen, features, classes, codes, numbers, missing, said)


def is_number(values: pd.Series, target_kind: str) -> bool:
    """Whether the target is predicted as a number. auto: a column of numbers of which there are many different ones, or
    each stands once."""
    if target_kind != "auto":
        return target_kind == "number"
    numbers = as_numbers(values)
    if numbers is None:
        return False
    known = numbers[~np.isnan(numbers)]
    different = len(np.unique(known))
    return different > MANY_NUMBERS or 2 < different == len(known)


def _checked_columns(frame: pd.DataFrame, columns: Columns) -> tuple[str, dict[str, str]]:
    """The target, and the role of each column that was named."""
    target = columns.get("target") or columns.get("label")
    if not target:
        listed = ", ".join(map(str, frame.columns[:20]))
        raise ColumnError(f"No column is chosen as target ({ROLES['target']}). The columns are: {listed}.")
    target = checked_role(frame, "target", target)
    named: dict[str, str] = {target: "target"}
    for role in OPTIONAL_ROLES:
        given = columns.get(role) or []
        for column in [given] if isinstance(given, str) else given:
            if role != "ignore":
                checked_role(frame, role, column)
            elif column not in frame.columns:
                raise ColumnError(f"There is no column {column!r} to leave out.")
            if named.get(column, role) != role:
                raise ColumnError(
                    f"Column {column!r} is chosen as {named[column]} and as {role}. Choose one role for it."
                )
            named[column] = role
    return target, named


def _target_numbers(values: pd.Series) -> np.ndarray:
    numbers = to_numbers(class_names(values))
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        raise ColumnError(f"Column {values.name!r} holds no numbers to predict. Choose classes as the kind of target.")
    if known.min() == known.max():
        raise DataError(
            f"Column {values.name!r} holds the number {known[0]:g} in every row, so there is nothing to predict."
        )
    return numbers


def _feature(values: pd.Series, role: str | None, min_count: int) -> tuple[Feature | None, str]:
    """The column as a feature, None where it is left out, and a sentence where a person may wonder."""
    column = values.name
    found = column_kind(values, min_count)
    if role == "category":
        return Feature(column, "category"), ""
    if role == "number" and found.kind != "date":
        numbers = to_numbers(class_names(values))
        filled = int(class_names(values).notna().sum())
        known = int((~np.isnan(numbers)).sum())
        if not known:
            raise ColumnError(f"Column {column!r} was chosen as number, and no cell of it is one.")
        odd = filled - known
        return Feature(column, "number"), f"{odd:,} cells of “{column}” are no numbers and count as missing." * (
            odd > 0
        )
    if found.kind == "unused":
        return None, found.said
    return Feature(column, found.kind, found.date_format), found.said


def _for_textbook(features: list[Feature], frame: pd.DataFrame, named: dict[str, str]) -> tuple[list[Feature], str]:
    """The textbook's network has one category: the first that was named, else the one of most values."""
    categories = [feature for feature in features if feature.kind == "category"]
    if not categories:
        raise ColumnError("The textbook network needs a column of categories. Name one as category.")
    chosen = [feature for feature in categories if named.get(feature.column) == "category"]
    one = chosen[0] if chosen else max(categories, key=lambda feature: frame[feature.column].nunique())
    rest = [f"“{feature.column}”" for feature in categories if feature is not one]
    said = f"The textbook network takes one category, “{one.column}”"
    return [feature for feature in features if feature.kind != "category" or feature is one], (
        f"{said}; left out: {', '.join(rest[:5])}{' and others' if len(rest) > 5 else ''}." if rest else ""
    )
