"""Pairs of user and item to predict, in any form that people hand in, as ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.models.ratings.entities import id_names

ROLES = ("user", "item")


def read_pairs(rows: Any, columns: Mapping[str, str]) -> tuple[list[str], list[str], pd.DataFrame]:
    """Return the ids of the users and of the items of each row, and the rows as a frame.

    Parameters
    ----------
    rows
        A frame or dicts with the columns of the training, or with columns "user" and "item"; one such dict; or pairs.
    columns
        role -> column of the training.

    Raises
    ------
    DataError, ColumnError
        If the rows are something else.
    """
    frame = _frame_of(rows)
    return _ids(frame, "user", columns["user"]), _ids(frame, "item", columns["item"]), frame


def _frame_of(rows: Any) -> pd.DataFrame:
    if isinstance(rows, pd.DataFrame):
        return rows.reset_index(drop=True)
    if isinstance(rows, Mapping):
        rows = [rows]
    if isinstance(rows, str | bytes) or not isinstance(rows, Iterable):
        expected = 'pairs as ("user", "item"), dicts from column to value, or a table'
        raise DataError(f"To predict, expected {expected}; got {rows!r}.")
    rows = list(rows)
    has_dicts = bool(rows) and isinstance(rows[0], Mapping)
    for number, row in enumerate(rows, 1):
        if not (isinstance(row, Mapping) if has_dicts else _is_pair(row)):
            expected = "a dict like the rows before it" if has_dicts else 'a pair ("user", "item")'
            raise DataError(f"Row {number} to predict is {row!r}, but {expected} was expected.")
    return pd.DataFrame(rows) if has_dicts else pd.DataFrame([tuple(row) for row in rows], columns=list(ROLES))


def _is_pair(row: Any) -> bool:
    return not isinstance(row, Mapping) and pd.api.types.is_list_like(row, allow_sets=False) and len(row) == 2


def _ids(frame: pd.DataFrame, role: str, trained: str) -> list[str]:
    column = trained if trained in frame else role
    if column not in frame:
        listed = ", ".join(map(str, frame.columns)) or "none"
        raise ColumnError(f"To predict, a column {trained!r} is needed as the {role}. The columns are: {listed}.")
    cells = frame[column]
    if isinstance(cells, pd.DataFrame):
        raise ColumnError(f"{cells.shape[1]} columns are called {column!r}. Leave one as the {role}.")
    for number, cell in enumerate(cells, 1) if cells.dtype == object else ():
        if pd.api.types.is_list_like(cell):
            raise DataError(f"Row {number} holds {cell!r} as the {role}. Give each {role} a row of its own.")
    return id_names(cells)
