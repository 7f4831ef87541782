"""What people hand in to be predicted, whatever its form, as the ids of users and of items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.models.ratings.entities import id_names

ROLES = ("user", "item")
EXPECTED = 'expected pairs as ("user", "item"), dicts from column to value, or a table'


def asked_pairs(rows: Any, columns: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The users and the items of each row. rows: a frame or dicts with the columns of the training (columns: role ->
    column) or with columns "user" and "item"; one such dict; or pairs. DataError and ColumnError say what is wrong."""
    frame = _as_frame(rows)
    return _ids(frame, "user", columns), _ids(frame, "item", columns)


def _as_frame(rows: Any) -> pd.DataFrame:
    if isinstance(rows, pd.DataFrame):
        return rows.reset_index(drop=True)
    if isinstance(rows, Mapping):
        rows = [rows]
    if isinstance(rows, str | bytes) or not isinstance(rows, Iterable):
        raise DataError(f"To predict, {EXPECTED}; got {rows!r}.")
    rows = list(rows)
    if not rows:
        return pd.DataFrame(columns=list(ROLES))
    dicts = isinstance(rows[0], Mapping)
    for number, row in enumerate(rows, 1):
        if not (isinstance(row, Mapping) if dicts else _is_pair(row)):
            wanted = "a dict like the rows before it" if dicts else 'a pair ("user", "item")'
            raise DataError(f"Row {number} to predict is {row!r}, but {wanted} was expected.")
    return pd.DataFrame(rows) if dicts else pd.DataFrame([tuple(row) for row in rows], columns=list(ROLES))


def _is_pair(row: Any) -> bool:
    return not isinstance(row, Mapping) and pd.api.types.is_list_like(row, allow_sets=False) and len(row) == 2


def _ids(frame: pd.DataFrame, role: str, columns: Mapping[str, str]) -> list[str]:
    column = columns[role] if columns[role] in frame else role
    listed = ", ".join(map(str, frame.columns)) or "none"
    if column not in frame:
        raise ColumnError(f"To predict, a column {columns[role]!r} is needed as the {role}. The columns are: {listed}.")
    cells = frame[column]
    if isinstance(cells, pd.DataFrame):
        raise ColumnError(f"{cells.shape[1]} columns are called {column!r}. Leave one as the {role}.")
    if cells.dtype == object:
        for number, cell in enumerate(cells, 1):
            if pd.api.types.is_list_like(cell):
                raise DataError(f"Row {number} holds {cell!r} as the {role}. Give each {role} a row of its own.")
    return id_names(cells)
