"""The texts that a trained model is asked about, in whatever form they come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from embedviz.core.errors import ColumnError, DataError

SHOWN = 20  # columns named in a message


def asked_texts(rows: pd.DataFrame | Sequence[Any], column: str) -> list[str]:
    """Texts from a text, several of them, {column: text} of each, or a table with the column or with one only.

    Nothing (None, NaN) is an empty text. ColumnError where the column is not there or there twice, DataError for what
    is no text, with its place.
    """
    if isinstance(rows, str):
        rows = [rows]
    if isinstance(rows, Mapping):
        rows = [rows]
    if isinstance(rows, pd.DataFrame):
        rows = _column_of(rows, column)
    if not isinstance(rows, Iterable) or isinstance(rows, bytes):
        raise DataError(f"Expected texts, or a table with a column {column!r} of them; got {_kind(rows)}.")
    return [_text(row, place, column) for place, row in enumerate(rows, 1)]


def _column_of(frame: pd.DataFrame, column: str) -> pd.Series:
    if (frame.columns == column).sum() > 1:
        raise ColumnError(f"There are several columns {column!r}. Keep one of them.")
    if column in frame:
        return frame[column]
    if len(frame.columns) == 1:
        return frame.iloc[:, 0]
    names = [str(name) for name in frame.columns]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise ColumnError(f"There is no column {column!r} of texts. The columns are: {', '.join(names[:SHOWN])}{more}.")


def _text(row: Any, place: int, column: str) -> str:
    if isinstance(row, Mapping):
        if column not in row and len(row) != 1:
            raise ColumnError(f"Row {place} has no {column!r}, where its text should be.")
        row = row[column] if column in row else next(iter(row.values()))
    if isinstance(row, str):
        return row.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    if row is None or (pd.api.types.is_scalar(row) and pd.isna(row)):
        return ""
    if pd.api.types.is_number(row):
        return str(row)
    raise DataError(f"Row {place} is {_kind(row)}, not a text.")


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"of the type {type(value).__name__}"
