"""The kind of a column: numbers, categories, dates, or nothing that a model of tables can learn from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.data.column import Column
from embedviz.data.written_numbers import POINT

Kind = Literal["number", "category", "date", "unused"]
MIN_NUMBER_SHARE = 0.9  # of the filled cells that have to be numbers in a column of them; the others count as missing
MIN_CODE_SHARE = 0.01  # of the filled cells with a leading zero from which numbers are codes
MIN_ROW_NUMBER_SHARE = 0.9  # of the rows that distinct whole numbers have to fill to be row numbers
MIN_SHARED = 0.1  # of the filled rows that have to hold a value that others hold too, or it is an id
MIN_TEXT_WORDS = 5.0  # words a cell on average from which a column with many values is free text
TEXT_SAMPLE = 2000  # filled cells whose words are counted
_CODED = {"id", "ids", "code", "zip", "zipcode", "postcode", "postal", "type", "class", "category", "group", "cluster"}
_NUMBERED = {"id", "ids", "index", "no", "nr", "number", "row", "key", "uuid", "unnamed"}
_UNNAMED = "column 1"  # see embedviz.data.column_names
MIN_UNNAMED_ROWS = 20  # from which rising whole numbers in a first column without a name are its rows' numbers
_LEADING_ZERO = r"^[+-]?0[0-9]"  # 007 is a code


@dataclass(frozen=True)
class ColumnKind:
    """The kind of a column and how to read it.

    Parameters
    ----------
    kind : {"number", "category", "date", "unused"}
    note : str
        A sentence where a person may wonder, else empty.
    date_format : str
        Of a column of dates.
    decimal : {",", "."}
        The sign before the fractions of a column of numbers.
    """

    kind: Kind
    note: str = ""
    date_format: str = ""
    decimal: str = POINT


def column_kind(values: Column | pd.Series, min_count: int) -> ColumnKind:
    """Decide a column's kind by the cells of the training rows and, for whole numbers, by words in its name.

    Whether it numbers the rows is decided on all rows of its table: of a part of them its numbers have gaps.

    Parameters
    ----------
    values : (N,) Column or Series
        The training rows.
    min_count : int
        Rows that have to share a category's value, or it is a rare one.
    """
    column = Column.of(values)
    name, n = column.name, column.n_filled
    if not n:
        return ColumnKind("unused", f"“{name}” is empty in every training row and left out.")
    if column.n_distinct == 1 and n == len(column):
        return ColumnKind("unused", f"“{name}” is the same in every training row and left out.")
    if column.date_format:
        return ColumnKind("date", date_format=column.date_format)
    numbers = as_numbers(column)
    if numbers is not None and numbers_the_rows(column.whole):
        return ColumnKind("unused", f"“{name}” numbers the rows and is left out.")
    if numbers is not None:
        return _kind_of_numbers(name, numbers, min_count, column.decimal_sign)
    counts = column.names.counts
    shared = counts[counts >= min_count].sum() / n
    if shared >= MIN_SHARED or column.kind == "boolean":
        return ColumnKind("category")
    rows = "row" if n == len(column) else "filled row"
    what = (
        "free text"
        if _words_per_cell(column) >= MIN_TEXT_WORDS
        else f"nearly a value of its own in each {rows}, as an id"
    )
    return ColumnKind(
        "unused",
        f"“{name}” holds {what} and is left out: of its {column.n_distinct:,} values, those in at least {min_count:,} rows "
        f"fill {shared:.0%} of them.",
    )


def numbers_the_rows(values: Column | pd.Series) -> bool:
    """Return True for distinct whole numbers in nearly every row that leave none out, or that their name says are ids.

    A first column without a name, as pandas writes its index, may leave some out where they rise from row to row.

    Parameters
    ----------
    values : (N,) Column or Series
        All rows of a table.
    """
    column = Column.of(values)
    numbers = column.numbers()
    known = numbers[~np.isnan(numbers)]
    if not len(known) > 2 or len(known) < MIN_ROW_NUMBER_SHARE * len(numbers) or (known != np.floor(known)).any():
        return False
    if column.name == _UNNAMED and len(known) == len(numbers) >= MIN_UNNAMED_ROWS and bool((np.diff(known) > 0).all()):
        return True
    if len(np.unique(known)) < len(known):
        return False
    return bool(_words(column.name) & _NUMBERED) or known.max() - known.min() == len(known) - 1


def _words(name: object) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", str(name))}


def as_numbers(values: Column | pd.Series) -> np.ndarray | None:
    """Read a column of numbers.

    Returns
    -------
    (N,) float64 array or None
        NaN where a cell is no number. None when fewer than MIN_NUMBER_SHARE of the filled cells are numbers, or they are
        codes. A question mark and its like fill no cell.
    """
    column = Column.of(values)
    if column.kind == "boolean":
        return None
    numbers = column.numbers()
    if column.kind == "number":
        return numbers
    n_numbers = np.count_nonzero(~np.isnan(numbers))
    filled = column.names.counts * ~column.names.is_mark
    if not n_numbers or n_numbers < MIN_NUMBER_SHARE * filled.sum():
        return None
    names = pd.Series(column.names.distinct, dtype=object).astype("str")
    has_leading_zero = names.str.match(_LEADING_ZERO).to_numpy(bool)
    return None if filled @ has_leading_zero >= MIN_CODE_SHARE * filled.sum() else numbers


def _words_per_cell(column: Column) -> float:
    """The mean number of words in the first filled cells."""
    codes = column.names.codes[~column.missing][:TEXT_SAMPLE]
    names = pd.Series(column.names.distinct[codes], dtype=object).astype("str")
    return float(names.str.count(r"\S+").mean())


def _kind_of_numbers(name: object, numbers: np.ndarray, min_count: int, decimal: str) -> ColumnKind:
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return ColumnKind("unused", f"“{name}” holds no number that can be computed with and is left out.")
    words = _words(name)
    _, counts = np.unique(known, return_counts=True)
    whole = bool((known == np.floor(known)).all())
    if whole and words & _CODED and counts[counts >= min_count].sum() >= MIN_SHARED * len(known):
        return ColumnKind(
            "category", f"“{name}” holds whole numbers that its name says are codes, so each is taken for a category."
        )
    return ColumnKind("number", decimal=decimal)
