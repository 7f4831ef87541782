"""Rows of a table with a target, and the columns that it is learned from."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.core.plurals import counted
from embedviz.core.progress import Progress
from embedviz.data.classes import Classes, read_classes
from embedviz.data.column import Column
from embedviz.data.column_kinds import as_numbers, column_kind
from embedviz.data.folds import Fold
from embedviz.data.given_split import ROLE as SPLIT_ROLE
from embedviz.data.given_split import GivenSplit, read_given
from embedviz.data.guessing import MAX_NUMERIC_CLASSES
from embedviz.data.reading import Table
from embedviz.data.roles import checked_role
from embedviz.data.splits import Split, draw_split
from embedviz.models.categories.encoding import numbers_of
from embedviz.models.categories.schema import Feature, Target
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.wording import listed, quoted

ROLES = {"target": "a column of classes or numbers to predict"}
FEATURE_ROLES = {
    "category": "columns to take as categories",
    "number": "columns to take as numbers",
    "ignore": "columns to leave out",
}
OPTIONAL_ROLES = {**FEATURE_ROLES, "split": SPLIT_ROLE}
MIN_ROWS = 10
MAX_COLUMNS_LISTED = 20
SPAN = "positive numbers over two powers of ten or more"
MAX_CELLS_LISTED = 3  # of those that cannot be read
PROGRESS_INTERVAL_S = 0.25


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """The N rows that have a target.

    Attributes
    ----------
    columns
        The features' cells, by column.
    features
        The columns that are learned from, in the table's order.
    split
        Of the rows.
    target
        The column that is predicted.
    targets
        (N,) classes by number, or numbers.
    classes
        The classes of the whole table; None where a number is predicted.
    left_out
        Counts of what was left out, by a name in snake case.
    notes
        Sentences on the columns and on what was left out.
    places
        (N,) int64 places of the rows in the table.
    given
        The split that a column gives; None where it was drawn.
    """

    columns: dict[str, Column]
    features: list[Feature]
    split: Split
    target: Target
    targets: np.ndarray
    classes: Classes | None
    left_out: dict[str, int]
    notes: list[str]
    places: np.ndarray
    given: GivenSplit | None = None

    def __len__(self) -> int:
        return len(self.targets)

    def of_kind(self, kind: str) -> list[Feature]:
        """Return the features of a kind."""
        return [feature for feature in self.features if feature.kind == kind]


def read_rows(
    table: Table, columns: Mapping[str, str | list[str]], settings: CategoriesSettings, fold: Fold | None = None
) -> Generator[Progress, None, LabelledRows]:
    """Read a table: split its rows, as a column says or classes in proportion, then decide by the training set how columns
    are encoded.

    Raises
    ------
    ColumnError
        When a column cannot play its role.
    DataError
        When too little is left to learn from.
    """
    name, roles = _checked_roles(table.frame, columns)
    given = read_given(table.frame, columns)
    column = table.column(name)
    used = np.arange(len(column))
    if given is not None:
        used = np.flatnonzero(given.known)
        column = column.take(used)
    classes = None if predicts_number(column, settings.target_kind) else read_classes(column, settings.min_class_rows)
    targets = _target_numbers(column, settings.target_scale) if classes is None else classes.codes
    rows = np.flatnonzero(np.isfinite(targets) if classes is None else targets >= 0)
    targets, rows = targets[rows], used[rows]
    if len(rows) < MIN_ROWS:
        raise DataError(
            f"Only {len(rows)} rows have a “{name}” to learn from. At least {MIN_ROWS} are needed, and better hundreds."
        )
    validation_share, seed, codes = settings.validation_share, settings.seed, None if classes is None else targets
    if given is not None:
        keys = pd.util.hash_pandas_object(table.frame.iloc[rows].drop(columns=given.column), index=False)
        given = given.take(rows, f"a “{name}”").with_shared(keys.to_numpy())
        given = given if classes is None else given.with_classes(targets, classes.names)
        split = given.split(validation_share, seed, fold=fold, classes=codes)
    else:
        split = draw_split(len(rows), validation_share, settings.test_share, seed, fold=fold, classes=codes)
    split = split.thinned(settings.train_share, classes=codes)
    split = split if settings.measure_test else split.untested()

    taken, read, last = {}, [], time.monotonic()
    not_features = {name} if given is None else {name, given.column}
    names = [column for column in table.frame if column not in not_features and roles.get(column) != "ignore"]
    for i, column in enumerate(names):
        taken[column] = table.column(column).take(rows)
        read.append(_read_feature(taken[column], split.train, roles.get(column), settings.min_count))
        if time.monotonic() - last > PROGRESS_INTERVAL_S:
            last = time.monotonic()
            yield Progress(step=i, total_steps=len(names), message="Looking at the columns")
    features = [found.feature for found in read if found.feature]
    notes = [found.note for found in read if found.note]
    if settings.network == "textbook":
        features, note = _textbook_features(features, taken, split.train, roles)
        notes += [note] if note else []
    if not features:
        why = f" {' '.join(notes[:3])}" if notes else ""
        raise ColumnError(f"No column is left to learn “{name}” from.{why} Choose other columns, or another file.")
    left_out = {
        "unused_columns": len(names) - len(features),
        "unreadable_cells": sum(found.n_unreadable for found in read),
    }
    if classes is None:
        target = Target.of_numbers(name, targets[split.train], settings.target_scale)
        if target.scale == "log":
            why = f" ({SPAN})" if settings.target_scale == "auto" else ""
            notes.append(f"The logarithm of “{name}” is learned{why}; predictions and scores are in its own unit.")
        if n := target.far(targets[split.train]):
            notes.append(
                f"{counted(n, 'training row lies', 'training rows lie')} far from the other numbers in “{name}”; what is "
                f"learned of {'it' if n == 1 else 'them'} is clipped. Scores count the numbers as they are."
            )
        n = left_out["rows_without_number"] = len(used) - len(rows)
        notes += [f"Rows without a number in “{name}”, left out: {n:,}."] if n else []
    else:
        target = Target(name, "classes", classes.names)
        left_out |= {"rows_without_class": classes.missing, "rare_classes": len(classes.rare)}
        left_out["rows_of_rare_classes"] = sum(classes.rare.values())
        notes += classes.left_out_sentences()
    kept = {feature.column: taken[feature.column] for feature in features}
    return LabelledRows(kept, features, split, target, targets, classes, left_out, notes, rows, given)


def predicts_number(column: Column, target_kind: str) -> bool:
    """Return whether a target is predicted as a number. "auto": a column of numbers, of which there are many distinct
    ones, or each occurs once."""
    if target_kind != "auto":
        return target_kind == "number"
    numbers = as_numbers(column)
    if numbers is None:
        return False
    known = numbers[~np.isnan(numbers)]
    n_distinct = len(np.unique(known))
    return n_distinct > MAX_NUMERIC_CLASSES or 2 < n_distinct == len(known)


def _checked_roles(frame: pd.DataFrame, columns: Mapping[str, str | list[str]]) -> tuple[str, dict[str, str]]:
    """Return the target, and the role of each column that was chosen for one."""
    chosen = columns.get("target") or columns.get("label")
    if not isinstance(chosen, str) or not chosen:
        known = listed(frame.columns, MAX_COLUMNS_LISTED)
        raise ColumnError(f"No column is chosen as target ({ROLES['target']}). The columns are: {known}.")
    target = checked_role(frame, "target", chosen)
    roles = {target: "target"}
    for role in FEATURE_ROLES:
        given = columns.get(role) or []
        for column in [given] if isinstance(given, str) else given:
            if role != "ignore":
                checked_role(frame, role, column)
            elif column not in frame.columns:
                raise ColumnError(f"There is no column {column!r} to leave out.")
            if roles.setdefault(column, role) != role:
                raise ColumnError(
                    f"Column {column!r} is chosen as {roles[column]} and as {role}. Choose one role for it."
                )
    return target, roles


def _target_numbers(column: Column, scale: str) -> np.ndarray:
    numbers = column.numbers()
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        raise ColumnError(f"Column {column.name!r} holds no numbers to predict. Choose classes as the kind of target.")
    if known.min() == known.max():
        raise DataError(
            f"Column {column.name!r} holds the number {known[0]:g} in every row, so there is nothing to predict."
        )
    if scale == "log" and (n := int((known <= 0).sum())):
        raise DataError(
            f"The logarithm is of positive numbers, and “{column.name}” is 0 or below in {counted(n, 'row', 'rows')}. "
            f"Choose linear as the target scale, or leave those rows out."
        )
    return numbers


@dataclass(frozen=True)
class _ReadColumn:
    """A column as a feature, None where it is left out; a sentence on it; its cells that count as missing but are
    filled."""

    feature: Feature | None
    note: str = ""
    n_unreadable: int = 0


def _read_feature(column: Column, training: np.ndarray, role: str | None, min_count: int) -> _ReadColumn:
    """Decide by the training rows (n,) how a column is encoded, unless its role says so."""
    name, known = str(column.name), column.take(training)
    if role == "category":
        return _ReadColumn(Feature(name, "category"))
    found = column_kind(known, min_count)
    if role == "number" and found.kind != "date":
        feature = Feature(name, "number", decimal=known.decimal_sign)
        if np.isnan(known.numbers(feature.decimal)).all():
            raise ColumnError(f"Column {name!r} was chosen as number, but no cell in the training rows is a number.")
        return _with_unreadable_cells(column, feature)
    if found.kind == "unused":
        return _ReadColumn(None, found.note)
    feature = Feature(name, found.kind, found.date_format, found.decimal)
    return _with_unreadable_cells(column, feature, found.note)


def _with_unreadable_cells(column: Column, feature: Feature, note: str = "") -> _ReadColumn:
    """Count the filled cells that are not what the column holds, and name the most frequent ones."""
    if feature.kind == "category":
        return _ReadColumn(feature, note)
    missing = next(iter(numbers_of(column, feature).values()))
    odd = column.names.take(np.isnan(missing))
    n = int(odd.counts.sum())
    if not n:
        return _ReadColumn(feature, note)
    order = np.argsort(-odd.counts, kind="stable")[: np.count_nonzero(odd.counts)]
    cells = quoted(odd.distinct[order], MAX_CELLS_LISTED)
    sentence = f"Cells of “{feature.column}” that are not {feature.kind}s count as missing: {n:,} ({cells})."
    return _ReadColumn(feature, f"{note} {sentence}".strip(), n)


def _textbook_features(
    features: list[Feature], columns: Mapping[str, Column], training: np.ndarray, roles: Mapping[str, str]
) -> tuple[list[Feature], str]:
    """Keep one category for the textbook's network: the first that was chosen, else the one of most values."""
    categories = [feature for feature in features if feature.kind == "category"]
    if not categories:
        raise ColumnError("The textbook network needs a column of categories. Name one as category.")
    chosen = [feature for feature in categories if roles.get(feature.column) == "category"]
    one = chosen[0] if chosen else max(categories, key=lambda f: columns[f.column].take(training).n_distinct)
    rest = [feature.column for feature in categories if feature is not one]
    kept = [feature for feature in features if feature.kind != "category" or feature is one]
    note = f"The textbook network takes one category, “{one.column}”; left out: {quoted(rest, 5)}." if rest else ""
    return kept, note
