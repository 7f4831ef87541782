"""A table's rows with their target and the columns that it is learned from, and what was left out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.core.progress import Progress
from embedviz.data.category_values import category_names
from embedviz.data.classes import Classes, read_classes
from embedviz.data.column_kinds import as_numbers, column_kind
from embedviz.data.dates import read_dates
from embedviz.data.roles import checked_role
from embedviz.data.splits import TRAIN, Fold, split_rows
from embedviz.data.written_numbers import POINT, decimal_sign, read_numbers
from embedviz.models.categories.settings import MANY_NUMBERS, CategoriesSettings

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
COLUMNS_SHOWN = 20
ODD_SHOWN = 3  # different cells that are not what their column holds
SAY_EVERY = 0.25  # seconds


@dataclass(frozen=True)
class Feature:
    """A column that is learned from. kind: "category", "number" or "date", this with its format; decimal: the sign ahead of
    a number's fraction."""

    column: str
    kind: str
    date_format: str = ""
    decimal: str = POINT


@dataclass(frozen=True)
class LabelledRows:
    """frame: the features' columns, N rows; part (N,): which rows train, validate and test, as splits names them; codes (N,)
    the classes by number, or numbers (N,) where the target is one, the other None; missing: rows left out for want of a
    target; said: sentences on columns."""

    target: str
    frame: pd.DataFrame
    part: np.ndarray
    features: list[Feature]
    classes: Classes | None
    codes: np.ndarray | None
    numbers: np.ndarray | None
    missing: int
    said: list[str]

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def targets(self) -> np.ndarray:
        """(N,) classes by number, or numbers."""
        return self.numbers if self.classes is None else self.codes

    @property
    def n_outputs(self) -> int:
        return 1 if self.classes is None else len(self.classes.names)

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


def read_rows(
    table: Table, columns: Columns, settings: CategoriesSettings, fold: Fold | None = None
) -> Iterator[Progress | LabelledRows]:
    """Yields progress, the LabelledRows last. Rows are split first, classes in proportion, and what a column is taken for
    is told by those that train. ColumnError for a column that cannot play its role, DataError where too little is left
    to learn from."""
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
    part = split_rows(
        len(rows), settings.validation_share, settings.test_share, settings.seed, fold=fold, classes=codes
    )
    features, said, last = [], [], time.monotonic()
    kept = [column for column in frame if column != target and named.get(column) != "ignore"]
    for i, column in enumerate(kept):
        feature, sentence = _feature(frame[column].iloc[rows], part == TRAIN, named.get(column), settings.min_count)
        features += [feature] if feature else []
        said += [sentence] if sentence else []
        if time.monotonic() - last > SAY_EVERY:
            last = time.monotonic()
            yield Progress(step=i, total_steps=len(kept), message="Looking at the columns")
    if settings.network == "textbook":
        features, sentence = _for_textbook(features, frame.iloc[rows[part == TRAIN]], named)
        said += [sentence] if sentence else []
    if not features:
        why = f" {' '.join(said[:3])}" if said else ""
        raise ColumnError(f"No column is left to learn “{target}” from.{why} Choose other columns, or another file.")
    chosen = frame[[feature.column for feature in features]].iloc[rows].reset_index(drop=True)
    yield LabelledRows(target, chosen, part, features, classes, codes, numbers, missing, said)


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
        listed = ", ".join(map(str, frame.columns[:COLUMNS_SHOWN]))
        listed += f" and {more} more" if (more := len(frame.columns) - COLUMNS_SHOWN) > 0 else ""
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
    numbers = read_numbers(values, decimal_sign(values))
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        raise ColumnError(f"Column {values.name!r} holds no numbers to predict. Choose classes as the kind of target.")
    if known.min() == known.max():
        raise DataError(
            f"Column {values.name!r} holds the number {known[0]:g} in every row, so there is nothing to predict."
        )
    return numbers


def _feature(values: pd.Series, training: np.ndarray, role: str | None, min_count: int) -> tuple[Feature | None, str]:
    """The column as a feature, None where it is left out, and a sentence where a person may wonder. training (n,) bool:
    the rows that tell what it is."""
    column = values.name
    if role == "category":
        return Feature(column, "category"), ""
    found = column_kind(values[training], min_count)
    if role == "number" and found.kind != "date":
        feature = Feature(column, "number", decimal=decimal_sign(values[training]))
        if np.isnan(read_numbers(values[training], feature.decimal)).all():
            raise ColumnError(f"Column {column!r} was chosen as number, and no cell of it is one in the training rows.")
        return feature, _odd_cells(values, feature)
    if found.kind == "unused":
        return None, found.note
    feature = Feature(column, found.kind, found.date_format, found.decimal)
    return feature, " ".join(said for said in (found.note, _odd_cells(values, feature)) if said)


def _odd_cells(values: pd.Series, feature: Feature) -> str:
    """How many filled cells are not what the column holds, with the most frequent of them; empty where all are."""
    if feature.kind == "category":
        return ""
    if feature.kind == "date":
        missing = read_dates(values, feature.date_format).isna().to_numpy()
    else:
        missing = np.isnan(read_numbers(values, feature.decimal))
    odd = category_names(values[missing]).dropna().value_counts()
    if not len(odd):
        return ""
    shown = ", ".join(f"“{cell}”" for cell in odd.index[:ODD_SHOWN]) + (" and others" if len(odd) > ODD_SHOWN else "")
    one = odd.sum() == 1
    return (
        f"{odd.sum():,} {'cell' if one else 'cells'} of “{feature.column}” {'is' if one else 'are'} no {feature.kind}"
        f"{'' if one else 's'} ({shown}) and {'counts' if one else 'count'} as missing."
    )


def _for_textbook(features: list[Feature], training: pd.DataFrame, named: dict[str, str]) -> tuple[list[Feature], str]:
    """The textbook's network has one category: the first that was named, else the one of most values."""
    categories = [feature for feature in features if feature.kind == "category"]
    if not categories:
        raise ColumnError("The textbook network needs a column of categories. Name one as category.")
    chosen = [feature for feature in categories if named.get(feature.column) == "category"]
    one = chosen[0] if chosen else max(categories, key=lambda feature: training[feature.column].nunique())
    rest = [f"“{feature.column}”" for feature in categories if feature is not one]
    said = f"The textbook network takes one category, “{one.column}”"
    return [feature for feature in features if feature.kind != "category" or feature is one], (
        f"{said}; left out: {', '.join(rest[:5])}{' and others' if len(rest) > 5 else ''}." if rest else ""
    )
