"""What a column of a table holds: numbers, categories, dates, or what a model of tables cannot learn from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.data.category_values import category_names
from embedviz.data.dates import date_format

Kind = Literal["number", "category", "date", "unused"]
LARGEST = 1e30  # a number past it counts as missing, for its square leaves what can be computed with
SHARED = 0.1  # of the filled rows that have to hold a value that others hold, too, or it is an id
MANY_WORDS = 5.0  # words a cell on average from which a column with many values is free text
_CODED = {"id", "ids", "code", "zip", "zipcode", "postcode", "postal", "type", "class", "category", "group", "cluster"}
_NUMBERED = {"id", "ids", "index", "no", "nr", "number", "row", "key", "uuid", "unnamed"}
_ZEROS_AHEAD = r"^[+-]?0[0-9]"  # 007 is a code


@dataclass(frozen=True)
class ColumnKind:
    """kind; said: a sentence where a person may wonder, else empty; date_format: of a column of dates."""

    kind: Kind
    said: str = ""
    date_format: str = ""


def column_kind(values: pd.Series, min_count: int) -> ColumnKind:
    """Told by the values and, for whole numbers, by words in the name. min_count: rows that have to share a category's
    value, or it is a rare one."""
    name = values.name
    names = category_names(values)
    filled = names.notna()
    n, different = int(filled.sum()), int(names.nunique())
    if not n:
        return ColumnKind("unused", f"“{name}” is empty in every row and left out.")
    if different == 1 and n == len(values):
        return ColumnKind("unused", f"“{name}” is the same in every row and left out.")
    if format := date_format(values):
        return ColumnKind("date", date_format=format)
    numbers = as_numbers(values)
    if numbers is not None:
        return _kind_of_numbers(name, numbers[~np.isnan(numbers)], min_count)
    counts = names.value_counts()
    shared = counts[counts >= min_count].sum() / n
    if shared >= SHARED or pd.api.types.is_bool_dtype(values):
        return ColumnKind("category")
    words = names[filled].head(2000).astype(str).str.count(r"\S+").mean()
    what = "free text" if words >= MANY_WORDS else "nearly a value of its own in each row, as an id"
    return ColumnKind(
        "unused",
        f"“{name}” holds {what} and is left out: of its {different:,} values, those in at least {min_count:,} rows fill "
        f"{shared:.0%} of them.",
    )


def as_numbers(values: pd.Series) -> np.ndarray | None:
    """(n,) float64, NaN where missing, infinite or past LARGEST; None when the column holds anything but numbers."""
    if pd.api.types.is_bool_dtype(values):
        return None
    if pd.api.types.is_numeric_dtype(values):
        numbers = pd.to_numeric(values).to_numpy(np.float64, na_value=np.nan)
        return np.where(np.abs(numbers) <= LARGEST, numbers, np.nan)
    names = category_names(values)
    if names.dropna().astype(str).str.match(_ZEROS_AHEAD).any():
        return None
    numbers = to_numbers(names)
    return numbers if not np.isnan(numbers[names.notna().to_numpy()]).any() else None


def to_numbers(values: pd.Series) -> np.ndarray:
    """(n,) float64, NaN where a cell is missing, infinite, past LARGEST or no number."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where(np.abs(numbers) <= LARGEST, numbers, np.nan)


def _kind_of_numbers(name: object, known: np.ndarray, min_count: int) -> ColumnKind:
    if not len(known):
        return ColumnKind("unused", f"“{name}” holds no number that can be computed with and is left out.")
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", str(name))}
    values, counts = np.unique(known, return_counts=True)
    whole = bool((known == np.floor(known)).all())
    if whole and len(values) == len(known) > 2:
        if words & _NUMBERED or values[-1] - values[0] == len(values) - 1:
            return ColumnKind("unused", f"“{name}” numbers the rows and is left out.")
    elif whole and words & _CODED and counts[counts >= min_count].sum() >= SHARED * len(known):
        return ColumnKind(
            "category", f"“{name}” holds whole numbers that its name says are codes, so each is taken for a category."
        )
    return ColumnKind("number")
