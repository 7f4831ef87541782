"""JSONL to a frame, an object a line. Other lines are left out and counted; nested values become their JSON text."""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.data.column_names import MAX_COLUMNS, column_names
from embedviz.data.report import RowNotes

HEAD_LINES = 5  # filled lines looked at to tell the format
MAX_CELLS = 20_000_000  # of a table whose cells are mostly empty
MAX_CELLS_PER_FILLED = 100  # beyond MAX_CELLS
ENDINGS = (".jsonl", ".ndjson")
_EXACT = 2**53


class JsonLines(NamedTuple):
    """A JSONL file as a frame; notes: sentences on its columns."""

    frame: pd.DataFrame
    dropped: RowNotes
    notes: list[str]


def looks_like(text: str) -> bool:
    """Return True when one of the first filled lines is a JSON object."""
    lines = [line for line in text[:200_000].split("\n") if line.strip()][:HEAD_LINES]
    return any(line.lstrip().startswith("{") and isinstance(_parsed(line), dict) for line in lines)


def read(text: str, name: str, cut: bool = False) -> JsonLines:
    """Read JSONL, an object a row; a key that an object lacks is missing there. Mixed columns become text.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    cut : bool
        The text stops before the file does, so its last line may be half.

    Raises
    ------
    DataError
        If there is no object.
    """
    dropped = RowNotes()
    columns: dict[str, _Cells] = {}
    nested: set[str] = set()
    rows = 0
    lines = text.split("\n")
    if cut and len(lines) > 1:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        value = _parsed(line)
        if not isinstance(value, dict):
            dropped.add(number, "not valid JSON" if value is _BROKEN else "not a JSON object")
            continue
        for key, cell in value.items():
            if key not in columns:
                columns[key] = _Cells([], [])
                if len(columns) > MAX_COLUMNS:
                    raise DataError(
                        f"{name}, line {number:,}: more than {MAX_COLUMNS:,} different keys; at most {MAX_COLUMNS:,} columns "
                        f"are read. Leave out keys, or give each row a key and a value of its own."
                    )
            if cell is None:
                continue
            if isinstance(cell, (dict, list)):
                nested.add(key)
                cell = json.dumps(cell, ensure_ascii=False)
            columns[key].rows.append(rows)
            columns[key].cells.append(cell)
        rows += 1
    if not rows:
        raise DataError(f'{name} holds no JSON object on any line. JSONL has one object a line: {{"text": "…"}}.')
    if not columns:
        raise DataError(f"{name} holds only empty JSON objects.")
    _check_density(name, rows, columns)
    names = column_names([_encodable(key) for key in columns], len(columns))
    frame = pd.DataFrame(
        {name: _series(columns.pop(key), rows) for name, key in zip(names, list(columns), strict=True)}
    )
    notes = [f"Nested values are shown as their JSON text: {', '.join(sorted(nested)[:5])}."] if nested else []
    return JsonLines(frame, dropped, notes)


class _Cells(NamedTuple):
    """The filled cells of a column, and the rows that they are in."""

    rows: list[int]
    cells: list[Any]


def _check_density(name: str, rows: int, columns: dict[str, _Cells]) -> None:
    """Raise DataError for a table that is large and nearly empty: it would take far more memory than its file."""
    n_cells, filled = rows * len(columns), sum(len(column.rows) for column in columns.values())
    if n_cells > MAX_CELLS and n_cells > MAX_CELLS_PER_FILLED * filled:
        raise DataError(
            f"{name} has {rows:,} rows and {len(columns):,} different keys, but fills only {filled:,} of these {n_cells:,} "
            f"cells. Leave out keys that few rows have, or give each row a key and a value of its own."
        )


class _Broken:
    """Stands for a line that is not JSON; no JSON value is one."""


_BROKEN = _Broken()


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return _BROKEN


def _series(column: _Cells, n_rows: int) -> pd.Series:
    """Numbers, booleans or text, whichever all filled cells are; text when they are mixed."""
    cells = column.cells
    kinds = set(map(type, cells))
    if kinds == {bool}:
        return pd.Series(_spread(column, n_rows, pd.NA), dtype="boolean")
    if kinds and kinds <= {int, float}:
        small = all(abs(n) <= _EXACT for n in cells if isinstance(n, int))
        if small and all(math.isfinite(n) for n in cells):
            whole = kinds == {int} and len(cells) == n_rows
            numbers = np.full(n_rows, 0 if whole else math.nan, "int64" if whole else "float64")
            numbers[column.rows] = cells
            return pd.Series(numbers)
    texts = [_encodable(cell if isinstance(cell, str) else json.dumps(cell)) for cell in cells]
    return pd.Series(_spread(_Cells(column.rows, texts), n_rows, None), dtype="str")


def _spread(column: _Cells, n_rows: int, fill: object) -> np.ndarray:
    """(N,) object: the cells in their rows, `fill` elsewhere."""
    spread = np.full(n_rows, fill, object)
    spread[column.rows] = column.cells
    return spread


def _encodable(text: str) -> str:
    r"""The text with halves of surrogate pairs, which JSON can write as \ud800 and no encoding can, replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
