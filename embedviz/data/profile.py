"""Profile of a table: for each column its kind, missing cells, distinct values, a small histogram and examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.data.column import Column, StoredKind
from embedviz.data.column_kinds import as_numbers

ProfileKind = Literal["number", "date", "yes/no", "category", "text", "empty"]
MAX_DETAILED = 300  # columns with a histogram and examples; written dates are looked for at length
BARS = 12
MAX_EXAMPLES = 3
MAX_EXAMPLE_LENGTH = 40
MIN_TEXT_WORDS = 4.0  # words a cell on average from which words are text
MAX_CATEGORY_SHARE = 0.5  # of the filled cells that the distinct values of a category may number
MAX_SURE_CATEGORIES = 20  # distinct values up to which words are a category in a table of any length


@dataclass(frozen=True)
class ColumnProfile:
    """What a column holds.

    Parameters
    ----------
    name : str
    kind : {"number", "date", "yes/no", "category", "text", "empty"}
        As a person would say; numbers and dates that are written as text are numbers and dates.
    stored : {"number", "boolean", "date", "text"}
        The type of the cells as they were read.
    n_missing : int
        Cells that are missing or blank.
    n_distinct : int
        Distinct values.
    smallest : int
        Rows of the rarest value; 0 for an empty column.
    bars : list of int
        Counts of a histogram of at most 12 bars.
    shows : str
        What the bars count, such as "1 to 5" or "top 12 of 40 values".
    examples : list of str
        The most frequent values, cut to 40 characters.
    """

    name: str
    kind: ProfileKind
    stored: StoredKind
    n_missing: int
    n_distinct: int
    smallest: int
    bars: list[int]
    shows: str
    examples: list[str]


def profile_columns(columns: Iterable[Column]) -> list[ColumnProfile]:
    """Return the profile of each column; beyond MAX_DETAILED without histogram and examples, and with kinds as stored.

    Examples
    --------
    >>> [stars] = profile_columns([Column("stars", pd.Series([5, 4, 5, None]))])
    >>> stars.kind, stars.n_missing, stars.n_distinct, stars.bars, stars.shows
    ('number', 1, 2, [1, 2], '4 to 5')
    """
    return [_profile(column) if i < MAX_DETAILED else _outline(column) for i, column in enumerate(columns)]


def profile_frame(profiles: Sequence[ColumnProfile], n_rows: int) -> pd.DataFrame:
    """Return a row for each column: column, kind, missing (a share), distinct, distribution (list of counts), shows, examples."""
    return pd.DataFrame(
        {
            "column": pd.array([each.name for each in profiles], dtype="str"),
            "kind": pd.array([each.kind for each in profiles], dtype="str"),
            "missing": [each.n_missing / max(1, n_rows) for each in profiles],
            "distinct": [each.n_distinct for each in profiles],
            "distribution": [each.bars for each in profiles],
            "shows": pd.array([each.shows for each in profiles], dtype="str"),
            "examples": pd.array([" · ".join(each.examples) for each in profiles], dtype="str"),
        }
    )


def _profile(column: Column) -> ColumnProfile:
    counts = column.names.counts
    filled = counts[counts > 0]
    kind, values = _kind_and_values(column)
    bars, shows = _histogram(column, kind, values)
    return ColumnProfile(
        name=str(column.name),
        kind=kind,
        stored=column.kind,
        n_missing=len(column) - column.n_filled,
        n_distinct=len(filled),
        smallest=int(filled.min()) if len(filled) else 0,
        bars=bars,
        shows=shows,
        examples=[_short(name) for name in column.names.distinct[_most_frequent(counts, MAX_EXAMPLES)]],
    )


def _outline(column: Column) -> ColumnProfile:
    """What is told without a closer look."""
    codes = pd.factorize(column.values)[0]
    counts = np.bincount(codes[codes >= 0])
    stored: dict[StoredKind, ProfileKind] = {"number": "number", "boolean": "yes/no", "date": "date", "text": "text"}
    return ColumnProfile(
        name=str(column.name),
        kind=stored[column.kind] if len(counts) else "empty",
        stored=column.kind,
        n_missing=len(column) - int(counts.sum()),
        n_distinct=len(counts),
        smallest=int(counts.min()) if len(counts) else 0,
        bars=[],
        shows="",
        examples=[],
    )


def _kind_and_values(column: Column) -> tuple[ProfileKind, np.ndarray | None]:
    """The kind, and for numbers, dates (seconds since 1970) and texts (words a cell) what their histogram counts."""
    if not column.n_filled:
        return "empty", None
    if column.kind == "boolean":
        return "yes/no", None
    if column.date_format is not None:
        return "date", _seconds(column.dates(column.date_format))
    numbers = as_numbers(column)
    if numbers is not None:
        return "number", numbers[np.isfinite(numbers)]
    names = column.names
    words = pd.Series(names.distinct, dtype=object).astype("str").str.count(r"\S+").to_numpy(np.int64)
    per_cell = words[names.codes[names.codes >= 0]]
    n_distinct = np.count_nonzero(names.counts)
    is_few = n_distinct <= max(MAX_SURE_CATEGORIES, MAX_CATEGORY_SHARE * column.n_filled)
    if per_cell.mean() < MIN_TEXT_WORDS and is_few:
        return "category", None
    return "text", per_cell


def _histogram(column: Column, kind: ProfileKind, values: np.ndarray | None) -> tuple[list[int], str]:
    """Counts of the bars, and what they count."""
    if values is None:
        counts = np.sort(column.names.counts[column.names.counts > 0])[::-1]
        shows = (
            "" if kind == "empty" else "each value" if len(counts) <= BARS else f"top {BARS} of {len(counts):,} values"
        )
        return counts[:BARS].tolist(), shows
    if not len(values):
        return [], ""
    low, high = values.min(), values.max()
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) > BARS:
        counts = np.histogram(values.astype(np.float64), BARS)[0]
    if kind == "date":
        return counts.tolist(), f"{_day(low)} to {_day(high)}"
    unit = "" if kind != "text" else " word" if low == high == 1 else " words"
    return counts.tolist(), f"{_figure(low)} to {_figure(high)}{unit}" if low < high else f"{_figure(low)}{unit}"


def _seconds(dates: pd.Series) -> np.ndarray:
    """Seconds since 1970 of the dates that are known."""
    return dates.dropna().to_numpy("datetime64[s]").astype(np.int64)


def _day(seconds: int) -> str:
    return str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))


def _figure(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() and abs(number) < 1e15 else f"{number:,.4g}"


def _most_frequent(counts: np.ndarray, n: int) -> np.ndarray:
    """Places of the most frequent names, the first to appear before others as frequent."""
    return np.argsort(-counts, kind="stable")[: min(n, np.count_nonzero(counts))]


def _short(name: object) -> str:
    text = " ".join(str(name).split())
    return text if len(text) <= MAX_EXAMPLE_LENGTH else text[: MAX_EXAMPLE_LENGTH - 1] + "…"
