"""Which column plays which role, guessed from its name and its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from embedviz.data.column_hints import has_id, hint, is_sure

SAMPLE = 2000  # rows looked at
MANY_WORDS = 4.0  # words a cell on average from which a column is text
FEW_WORDS = 1.5  # the same where the name says so: the body of a car is one word
FEW_VALUES = 50  # different values up to which a column can be a label
ENOUGH_ROWS = 20  # from which values alone, without a name, tell a target or a table of ratings
MOST_RATINGS = 21  # different ratings in a file without names: 0 to 10 in halves
SECONDS = (6e8, 2.5e9)  # since 1970: 1989 to 2049


def guess_roles(frame: pd.DataFrame, kind: str, chosen: Mapping[str, Any] | None = None) -> dict[str, str]:
    """role -> column. Plain text has its one column; a table is looked through by names first, then by values.

    chosen: role -> column(s) that are known already, and None for a role that has no column: the rest is guessed around
    them. The rating, the label and the target, which different models read, may be one column.
    """
    if kind == "text":
        return {"text": "text"}
    return _Guess(frame.head(SAMPLE), chosen or {}).roles


def is_number(values: pd.Series) -> bool:
    """True for numbers, and not for true and false."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def is_text(values: pd.Series) -> bool:
    """True for a column of words."""
    return pd.api.types.is_string_dtype(values) or values.dtype == object


class _Guess:
    """The guesses as they are made, the surest first, for each of them rests on those before it."""

    def __init__(self, sample: pd.DataFrame, chosen: Mapping[str, Any]):
        self.sample, self.chosen = sample, chosen
        self.roles: dict[str, str] = {}
        self.gone = {c for given in chosen.values() for c in ([given] if isinstance(given, str) else given or [])}
        self.different = {column: sample[column].nunique() for column in sample}
        self.words = {column: _words_a_cell(sample[column]) for column in sample if is_text(sample[column])}
        self.pairs()
        self.text()
        self.label()
        self.target()

    def known(self, role: str) -> str | None:
        """The column that was chosen or guessed for the role."""
        return self.chosen[role] if role in self.chosen else self.roles.get(role)

    def take(self, role: str, column: str | None) -> None:
        if column is not None and role not in self.chosen:
            self.roles[role] = column

    def free(self, *shared: str) -> list[str]:
        """Columns with no role yet; those of the shared roles may have another one beside it."""
        taken = self.gone | {column for role, column in self.roles.items() if role not in shared}
        taken -= {self.chosen[role] for role in shared if isinstance(self.chosen.get(role), str)}
        return [column for column in self.sample if column not in taken]

    def best(self, role: str, columns: list[str]) -> str | None:
        """The column whose name hints most surely at the role; among equals the first."""
        named = [column for column in columns if hint(column, role)]
        return max(named, key=lambda column: (hint(column, role), has_id(column)), default=None)

    # --- who rated what ---------------------------------------------------------------------------------------------

    def pairs(self) -> None:
        """User, item, rating and time, where there are users and items; otherwise none of them but the user."""
        if "user" not in self.chosen and "item" not in self.chosen and self.by_shape():
            return
        for role in ("user", "item"):
            self.take(role, self.best(role, [c for c in self.free() if self.names_things(c, role)]))
        if self.known("user") and not self.known("item"):
            ratings = [c for c in self.free() if is_number(self.sample[c]) and hint(c, "rating")]
            ids = [c for c in self.free() if c not in ratings and has_id(c) and self.repeats(c)]
            if ratings and len(ids) == 1:
                self.take("item", ids[0])
        if not (self.known("user") and self.known("item")):
            return
        self.take("time", self.best("time", [c for c in self.free() if _holds_times(self.sample[c])]))
        self.take("rating", self.rating())

    def by_shape(self) -> bool:
        """A file without names in the shape of MovieLens and of Amazon's ratings: two columns of ids that repeat, few
        different numbers, and seconds since 1970."""
        columns = list(self.sample)
        if (
            len(columns) != 4
            or len(self.sample) < ENOUGH_ROWS
            or any(hint(c, r) for c in columns for r in ("user", "text"))
        ):
            return False
        user, item, rating, time = columns
        numbers = [is_number(self.sample[c]) for c in (rating, time)]
        if not all(numbers) or not self.sample[time].dropna().between(*SECONDS).all():
            return False
        if self.different[rating] > MOST_RATINGS or not (self.repeats(user) or self.repeats(item)):
            return False
        for role, column in zip(("user", "item", "rating", "time"), columns, strict=True):
            self.take(role, column)
        return True

    def names_things(self, column: str, role: str) -> bool:
        """Whether the column can hold users or items: ids or names. A text is something else, and so is a flag."""
        values = self.sample[column]
        if pd.api.types.is_bool_dtype(values):
            return False
        if pd.api.types.is_float_dtype(values) and not (values.dropna() % 1 == 0).all():
            return False  # ids with missing cells among them are floats, too, but whole ones
        if self.words.get(column, 0) >= MANY_WORDS and not self.repeats(column):
            return False
        if role == "item" and hint(column, "text") > hint(column, "item") and not self.repeats(column):
            return False
        return not hint(column, "rating") or has_id(column) or not is_number(values)

    def repeats(self, column: str) -> bool:
        """Whether many values occur more than once."""
        return self.different[column] <= 0.7 * max(1, self.sample[column].notna().sum())

    def rating(self) -> str | None:
        """The column with the surest name, whatever it holds where the name is rating itself; without a name the only
        column of numbers that is left."""
        free = self.free("label", "target")
        named = self.best(
            "rating", [c for c in free if is_number(self.sample[c]) or hint(c, "rating") == hint("rating", "rating")]
        )
        if named is not None:
            return named
        numbers = [c for c in free if is_number(self.sample[c]) and not has_id(c) and not hint(c, "time")]
        return numbers[0] if len(numbers) == 1 and len(free) == 1 else None

    # --- texts and their labels -------------------------------------------------------------------------------------

    def text(self) -> None:
        """The column of text with the surest name among those of many words, or the only column of text there is."""
        free = [column for column in self.free() if column in self.words]
        long = [column for column in free if self.words[column] >= MANY_WORDS]
        if long:
            self.take("text", max(long, key=lambda column: (hint(column, "text"), self.words[column])))
            return
        named = [column for column in free if hint(column, "text") and self.words[column] >= FEW_WORDS]
        if named:
            self.take("text", max(named, key=lambda column: hint(column, "text")))
        elif len(self.sample.columns) == 1:
            self.take("text", next(iter(free), None))

    def label(self) -> None:
        """Beside a text: the surest name, else the only column of few words, else the only column of few values."""
        if not self.known("text"):
            return
        free = self.free("rating", "target")
        few = [c for c in free if is_sure(c) or 2 <= self.different[c] <= FEW_VALUES]
        words = [c for c in few if is_text(self.sample[c])]
        alone = [c for c in words if len(words) == 1] or [c for c in few if len(few) == 1]
        self.take("label", self.best("label", few) or next(iter(alone), None))

    # --- tables -----------------------------------------------------------------------------------------------------

    def target(self) -> None:
        """What a table may be asked to predict: the surest name; without one, the last column or the first."""
        if self.known("user") and self.known("item") and self.known("rating"):
            return  # a table of ratings
        free = self.free("label")
        features = [c for c in self.sample if c not in (self.known("text"), self.known("label"))]
        if self.known("text") and self.known("label") and not features:
            return  # texts with labels, and nothing else to learn from
        fitting = [c for c in free if is_sure(c) or (not has_id(c) and self.can_be_predicted(c))]
        named = self.best("target", fitting)
        if (
            named is None
            and len(self.sample) >= ENOUGH_ROWS
            and len(self.sample.columns) > 2
            and not self.known("text")
        ):
            named = next((c for c in (list(self.sample)[-1], next(iter(self.sample))) if c in fitting), None)
        self.take("target", named)

    def can_be_predicted(self, column: str) -> bool:
        return is_number(self.sample[column]) or 2 <= self.different[column] <= FEW_VALUES


def _holds_times(values: pd.Series) -> bool:
    """Numbers, dates, or words that begin like one: 2020-03-01, 1/3/20, 3 Jan 2020, Jan 3, 2020."""
    if is_number(values) or pd.api.types.is_datetime64_any_dtype(values):
        return True
    filled = values.dropna().astype(str)
    return len(filled) > 0 and bool(np.mean(filled.str.contains(r"\d{1,4}.*\d{1,4}", regex=True)) > 0.9)


def _words_a_cell(values: pd.Series) -> float:
    filled = values.dropna().astype(str)
    return float(filled.str.count(r"\S+").mean()) if len(filled) else 0.0
