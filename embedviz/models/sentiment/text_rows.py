"""The texts in whatever a model is asked with: a text, several, {column: text} each, or a frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.data.matching_columns import match_columns, renamed_note

MAX_COLUMNS_SHOWN = 20


def texts_in(rows: Any, column: str) -> list[str]:
    """Return texts.

    Parameters
    ----------
    rows
        A text, several of them, {column: text} of each, or a frame with the column or with one column alone. None and NaN
        are empty texts.
    column
        Of the texts. A name that differs in capitals, blanks or underscores alone is found.

    Raises
    ------
    ColumnError
        When there is no such column, or there are two.
    DataError
        When something is no text; the message says where.
    """
    if isinstance(rows, str | Mapping):
        rows = [rows]
    if isinstance(rows, pd.DataFrame):
        rows = _column_of(rows, column)
    if not isinstance(rows, Iterable) or isinstance(rows, bytes):
        raise DataError(f"Expected texts, or a table with a column {column!r} of them; got {_kind(rows)}.")
    return [_text(row, place, column) for place, row in enumerate(rows, 1)]


def spelling_note(rows: Any, column: str) -> str:
    """Return a sentence where the texts' column is called otherwise than in the training; else empty."""
    first: Any = next(iter(rows), None) if isinstance(rows, list) else rows
    if isinstance(first, pd.DataFrame):
        first = dict.fromkeys(first.columns)
    names = [str(name) for name in first] if isinstance(first, Mapping) else [column]
    return "" if column in names else renamed_note(match_columns([column], names))


def _column_of(frame: pd.DataFrame, column: str) -> pd.Series:
    names = [str(name) for name in frame.columns]
    if names.count(column) > 1:
        raise ColumnError(f"There are several columns {column!r}. Keep one of them.")
    given = match_columns([column], names).get(column)
    if given is not None or len(names) == 1:
        return frame.iloc[:, names.index(given) if given is not None else 0]
    n_more = len(names) - MAX_COLUMNS_SHOWN
    shown = ", ".join(names[:MAX_COLUMNS_SHOWN]) + (f" and {n_more} more" if n_more > 0 else "")
    raise ColumnError(f"There is no column {column!r} of texts. The columns are: {shown}.")


def _text(row: Any, place: int, column: str) -> str:
    if isinstance(row, Mapping):
        given = column if column in row else match_columns([column], row).get(column)
        if given is None and len(row) != 1:
            raise ColumnError(f"Row {place} has no {column!r}, where its text should be.")
        row = next(iter(row.values())) if given is None else row[given]
    if isinstance(row, str):
        return row.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    if row is None or (pd.api.types.is_scalar(row) and pd.isna(row)):
        return ""
    if pd.api.types.is_number(row):
        return str(row)
    raise DataError(f"Row {place} is {_kind(row)}, not a text.")


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"of the type {type(value).__name__}"
