"""What a column of a table holds: numbers, categories, dates, or what a model of tables cannot learn from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.data.category_values import category_names
from embedviz.data.dates import date_format
from embedviz.data.written_numbers import POINT, decimal_sign, is_mark, read_numbers

Kind = Literal["number", "category", "date", "unused"]
NUMBERS = 0.9  # of the filled cells that have to be numbers in a column of them; the others count as missing
CODES = 0.01  # of the filled cells with a zero ahead from which numbers are codes
NUMBERED = 0.9  # of the rows that whole numbers, each once, have to fill to be the rows' own
SHARED = 0.1  # of the filled rows that have to hold a value that others hold, too, or it is an id
MANY_WORDS = 5.0  # words a cell on average from which a column with many values is free text
_CODED = {"id", "ids", "code", "zip", "zipcode", "postcode", "postal", "type", "class", "category", "group", "cluster"}
_NUMBERED = {"id", "ids", "index", "no", "nr", "number", "row", "key", "uuid", "unnamed"}
_ZEROS_AHEAD = r"^[+-]?0[0-9]"  # 007 is a code


@dataclass(frozen=True)
class ColumnKind:
    """kind; said: a sentence where a person may wonder, else empty; date_format: of a column of dates; decimal: the sign
    ahead of a number's fraction."""

    kind: Kind
    said: str = ""
    date_format: str = ""
    decimal: str = POINT


def column_kind(values: pd.Series, min_count: int) -> ColumnKind:
    """Told by the values of the rows that train and, for whole numbers, by words in the name. min_count: rows that have to
    share a category's value, or it is a rare one."""
    name = values.name
    names = category_names(values)
    filled = names.notna()
    n, different = int(filled.sum()), int(names.nunique())
    if not n:
        return ColumnKind("unused", f"“{name}” is empty in every training row and left out.")
    if different == 1 and n == len(values):
        return ColumnKind("unused", f"“{name}” is the same in every training row and left out.")
    if format := date_format(values):
        return ColumnKind("date", date_format=format)
    numbers = as_numbers(values)
    if numbers is not None:
        return _kind_of_numbers(name, numbers, min_count, decimal_sign(values))
    counts = names.value_counts()
    shared = counts[counts >= min_count].sum() / n
    if shared >= SHARED or pd.api.types.is_bool_dtype(values):
        return ColumnKind("category")
    words = names[filled].head(2000).astype(str).str.count(r"\S+").mean()
    rows = "row" if n == len(values) else "filled row"
    what = "free text" if words >= MANY_WORDS else f"nearly a value of its own in each {rows}, as an id"
    return ColumnKind(
        "unused",
        f"“{name}” holds {what} and is left out: of its {different:,} values, those in at least {min_count:,} rows fill "
        f"{shared:.0%} of them.",
    )


def as_numbers(values: pd.Series) -> np.ndarray | None:
    """(n,) float64, NaN where a cell is no number; None when fewer than NUMBERS of the filled cells are, or they are codes.
    What stands for nothing, as a question mark does, fills no cell."""
    if pd.api.types.is_bool_dtype(values):
        return None
    numbers = read_numbers(values, decimal_sign(values))
    if pd.api.types.is_numeric_dtype(values):
        return numbers
    names = category_names(values)
    filled = names[names.notna() & ~is_mark(names)].astype("str")
    known = np.count_nonzero(~np.isnan(numbers))
    if not known or known < NUMBERS * len(filled) or filled.str.match(_ZEROS_AHEAD).mean() >= CODES:
        return None
    return numbers


def _kind_of_numbers(name: object, numbers: np.ndarray, min_count: int, decimal: str) -> ColumnKind:
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return ColumnKind("unused", f"“{name}” holds no number that can be computed with and is left out.")
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", str(name))}
    values, counts = np.unique(known, return_counts=True)
    whole = bool((known == np.floor(known)).all())
    if whole and len(values) == len(known) > 2 and len(known) >= NUMBERED * len(numbers):
        if words & _NUMBERED or values[-1] - values[0] == len(values) - 1:
            return ColumnKind("unused", f"“{name}” numbers the rows and is left out.")
    elif whole and words & _CODED and counts[counts >= min_count].sum() >= SHARED * len(known):
        return ColumnKind(
            "category", f"“{name}” holds whole numbers that its name says are codes, so each is taken for a category."
        )
    return ColumnKind("number", decimal=decimal)
