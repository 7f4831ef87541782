"""Guessing of columns' roles from their names and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from embedviz.data.column_hints import has_id, hint, is_unambiguous
from embedviz.data.rating_values import as_ratings
from embedviz.data.split_names import is_split
from embedviz.data.spread_rows import spread_rows

SAMPLE_ROWS = 2000  # looked at, spread over the table
MIN_TEXT_WORDS = 4.0  # words a cell on average from which a column is text
MIN_NAMED_TEXT_WORDS = 1.5  # the same where the name says so: the body of a car is one word
MAX_CLASSES = 50  # distinct values up to which a column can be a label
MAX_NUMERIC_CLASSES = 20  # distinct numbers in a target up to which each is a class
MIN_ROWS = 20  # from which values alone, without a name, tell a target or a table of ratings
MAX_RATINGS = 21  # distinct ratings in a file without names: 0 to 10 in halves
TIMESTAMPS = (6e8, 2.5e9)  # seconds since 1970: 1989 to 2049

Chosen = Mapping[str, "str | list[str] | None"]  # role -> column(s) that were chosen, None for no column


def guess_roles(
    frame: pd.DataFrame, kind: str, chosen: Chosen | None = None, *, is_beginning: bool = False
) -> dict[str, str]:
    """Guess role -> column; by names first, then by values.

    Parameters
    ----------
    kind : {"text", "table"}
        Plain text has its one column.
    chosen : mapping, optional
        role -> column(s) that are known already, None for a role that has no column. The rating, the label and the
        target, which different models read, may be one column.
    is_beginning : bool
        The frame is the beginning of a longer one.
    """
    if kind == "text":
        return {"text": "text"}
    chosen = chosen or {}
    split = None if "split" in chosen else _guess_split(frame, _columns_of(chosen), is_beginning)
    sample = frame if len(frame) <= SAMPLE_ROWS else frame.iloc[spread_rows(len(frame), SAMPLE_ROWS)]
    return _Guess(sample, chosen, split).roles


def is_number(values: pd.Series) -> bool:
    """Return True for numbers, not for booleans."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def is_text(values: pd.Series) -> bool:
    """Return True for a column of text."""
    return pd.api.types.is_string_dtype(values) or values.dtype == object


class _Guess:
    """Guesses in order of confidence, as each rests on those before it."""

    def __init__(self, sample: pd.DataFrame, chosen: Chosen, split: str | None):
        self.cells = cast("dict[str, pd.Series]", dict(sample.items()))
        self.chosen = chosen
        self.n_rows = len(sample)
        self.roles: dict[str, str] = {}
        self.unavailable = _columns_of(chosen)
        self.assign("split", split)
        self.n_distinct = {column: cells.nunique() for column, cells in self.cells.items()}
        self.words = {column: _words_per_cell(cells) for column, cells in self.cells.items() if is_text(cells)}
        self.pairs()
        self.text()
        self.label()
        self.target()

    def known(self, role: str) -> str | None:
        """The column chosen or guessed for a role."""
        if role not in self.chosen:
            return self.roles.get(role)
        column = self.chosen[role]
        return column if isinstance(column, str) else next(iter(column or []), None)

    def assign(self, role: str, column: str | None) -> None:
        """Guess a column for a role that was not chosen."""
        if column is not None and role not in self.chosen:
            self.roles[role] = column

    def free(self, *shared: str) -> list[str]:
        """Columns without a role; those of the shared roles may have a second one."""
        taken = self.unavailable | {column for role, column in self.roles.items() if role not in shared}
        taken -= {column for role in shared if isinstance(column := self.chosen.get(role), str)}
        return [column for column in self.cells if column not in taken]

    def best(self, role: str, columns: list[str]) -> str | None:
        """The column whose name suggests the role most strongly; the first among equals."""
        named = [column for column in columns if hint(column, role)]
        return max(named, key=lambda column: (hint(column, role), has_id(column)), default=None)

    # --- who rated what ---------------------------------------------------------------------------------------------

    def pairs(self) -> None:
        """Assign user, item, rating and time where there are users and items, else the user alone."""
        if "user" not in self.chosen and "item" not in self.chosen and self.by_shape():
            return
        for role in ("user", "item"):
            self.assign(role, self.best(role, [c for c in self.free() if self.can_be_entity(c, role)]))
        if self.known("user") and not self.known("item"):
            ratings = [c for c in self.free() if is_number(self.cells[c]) and hint(c, "rating")]
            ids = [c for c in self.free() if c not in ratings and has_id(c) and self.repeats(c)]
            if ratings and len(ids) == 1:
                self.assign("item", ids[0])
        if not (self.known("user") and self.known("item")):
            return
        self.assign("time", self.best("time", [c for c in self.free() if _holds_times(self.cells[c])]))
        self.assign("rating", self.rating())

    def by_shape(self) -> bool:
        """Assign the columns of a nameless file in the shape of MovieLens and of Amazon's ratings, and tell whether it is one:
        two columns of ids that repeat, few distinct numbers, and seconds since 1970."""
        columns = [c for c in self.cells if c != self.roles.get("split")]
        if len(columns) != 4 or self.n_rows < MIN_ROWS or any(hint(c, r) for c in columns for r in ("user", "text")):
            return False
        user, item, rating, time = columns
        numbers = [is_number(self.cells[c]) for c in (rating, time)]
        if not all(numbers) or not self.cells[time].dropna().between(*TIMESTAMPS).all():
            return False
        if self.n_distinct[rating] > MAX_RATINGS or not (self.repeats(user) or self.repeats(item)):
            return False
        for role, column in zip(("user", "item", "rating", "time"), columns, strict=True):
            self.assign(role, column)
        return True

    def can_be_entity(self, column: str, role: str) -> bool:
        """True if the column can hold users or items: ids or names, not texts or flags."""
        values = self.cells[column]
        if pd.api.types.is_bool_dtype(values):
            return False
        if pd.api.types.is_float_dtype(values) and not (values.dropna() % 1 == 0).all():
            return False  # ids with missing cells are floats too, but whole ones
        if self.words.get(column, 0) >= MIN_TEXT_WORDS and not self.repeats(column):
            return False
        if role == "item" and hint(column, "text") > hint(column, "item") and not self.repeats(column):
            return False
        return not hint(column, "rating") or has_id(column) or not is_number(values)

    def repeats(self, column: str) -> bool:
        """True if many values occur more than once."""
        return self.n_distinct[column] <= 0.7 * max(1, self.cells[column].notna().sum())

    def rating(self) -> str | None:
        """The column with the best name, whatever it holds where the name is rating itself; else the only remaining column
        of numbers."""
        free = self.free("label", "target")
        named = self.best(
            "rating",
            [
                c
                for c in free
                if hint(c, "rating")
                and (hint(c, "rating") == hint("rating", "rating") or as_ratings(self.cells[c]) is not None)
            ],
        )
        if named is not None:
            return named
        numbers = [c for c in free if is_number(self.cells[c]) and not has_id(c) and not hint(c, "time")]
        return numbers[0] if len(numbers) == 1 and len(free) == 1 else None

    # --- texts and their labels -------------------------------------------------------------------------------------

    def text(self) -> None:
        """Assign the column with the best name among those of many words, or the only column of text."""
        free = [column for column in self.free() if column in self.words]
        long = [column for column in free if self.words[column] >= MIN_TEXT_WORDS]
        if long:
            self.assign("text", max(long, key=lambda column: (hint(column, "text"), self.words[column])))
            return
        named = [column for column in free if hint(column, "text") and self.words[column] >= MIN_NAMED_TEXT_WORDS]
        if named:
            self.assign("text", max(named, key=lambda column: hint(column, "text")))
        elif len(self.cells) == 1 + ("split" in self.roles):
            self.assign("text", next(iter(free), None))

    def label(self) -> None:
        """Assign, beside a text, the column with the best name, else the only one of few words, else of few values."""
        if not self.known("text"):
            return
        free = self.free("rating", "target")
        few = [c for c in free if is_unambiguous(c) or 2 <= self.n_distinct[c] <= MAX_CLASSES]
        words = [c for c in few if is_text(self.cells[c])]
        alone = [c for c in words if len(words) == 1] or [c for c in few if len(few) == 1]
        self.assign("label", self.best("label", few) or next(iter(alone), None))

    # --- tables -----------------------------------------------------------------------------------------------------

    def target(self) -> None:
        """Assign what a table may be asked to predict: the best name, else the last column or the first."""
        if self.known("user") and self.known("item") and self.known("rating"):
            return  # a table of ratings
        free = self.free("label")
        features = [c for c in self.cells if c not in (self.known("text"), self.known("label"), self.known("split"))]
        if self.known("text") and self.known("label") and not features:
            return  # texts with labels, and nothing else to learn from
        fitting = [c for c in free if is_unambiguous(c) or (not has_id(c) and self.can_be_predicted(c))]
        named = self.best("target", fitting)
        if named is None and self.n_rows >= MIN_ROWS and len(features) > 2 and not self.known("text"):
            columns = [c for c in self.cells if c != self.known("split")]
            named = next((c for c in (columns[-1], columns[0]) if c in fitting), None)
        self.assign("target", named)

    def can_be_predicted(self, column: str) -> bool:
        return is_number(self.cells[column]) or 2 <= self.n_distinct[column] <= MAX_CLASSES


def _columns_of(chosen: Chosen) -> set[str]:
    return {c for given in chosen.values() for c in ([given] if isinstance(given, str) else given or [])}


def _guess_split(frame: pd.DataFrame, unavailable: set[str], is_beginning: bool) -> str | None:
    """The column that says which part each row belongs to: the best name, the last among equals. All rows are looked at,
    because a table may be sorted by it."""
    found = [
        str(column)
        for column, cells in frame.items()
        if column not in unavailable and is_text(cells) and is_split(cells, hint(column, "split") > 0, is_beginning)
    ]
    return max(reversed(found), key=lambda column: hint(column, "split"), default=None)


def _holds_times(values: pd.Series) -> bool:
    """Numbers, dates, or words that begin like one: 2020-03-01, 1/3/20, 3 Jan 2020, Jan 3, 2020."""
    if is_number(values) or pd.api.types.is_datetime64_any_dtype(values):
        return True
    filled = values.dropna().astype(str)
    return len(filled) > 0 and bool(np.mean(filled.str.contains(r"\d{1,4}.*\d{1,4}", regex=True)) > 0.9)


def _words_per_cell(values: pd.Series) -> float:
    filled = values.dropna().astype(str)
    return float(filled.str.count(r"\S+").mean()) if len(filled) else 0.0
