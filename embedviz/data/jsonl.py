"""JSONL to a frame, an object a line. Other lines are left out and counted; nested values become their JSON text."""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

import pandas as pd

from embedviz.core.errors import DataError
from embedviz.data.column_names import column_names
from embedviz.data.report import RowNotes

HEAD_LINES = 5  # filled lines looked at to tell the format
MAX_COLUMNS = 5000
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
    columns: dict[str, list[Any]] = {}
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
                if len(columns) == MAX_COLUMNS:
                    raise DataError(f"{name}, line {number:,}: more than {MAX_COLUMNS:,} different keys.")
                columns[key] = [None] * rows
            if isinstance(cell, (dict, list)):
                nested.add(key)
                cell = json.dumps(cell, ensure_ascii=False)
            columns[key].append(cell)
        rows += 1
        if len(value) < len(columns):
            for key in columns.keys() - value.keys():
                columns[key].append(None)
    if not rows:
        raise DataError(f'{name} holds no JSON object on any line. JSONL has one object a line: {{"text": "…"}}.')
    if not columns:
        raise DataError(f"{name} holds only empty JSON objects.")
    names = column_names([_encodable(key) for key in columns], len(columns))
    frame = pd.DataFrame({name: _series(columns.pop(key)) for name, key in zip(names, list(columns), strict=True)})
    notes = [f"Nested values are shown as their JSON text: {', '.join(sorted(nested)[:5])}."] if nested else []
    return JsonLines(frame, dropped, notes)


class _Broken:
    """Stands for a line that is not JSON; no JSON value is one."""


_BROKEN = _Broken()


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return _BROKEN


def _series(cells: list[Any]) -> pd.Series:
    """Numbers, booleans or text, whichever all filled cells are; text when they are mixed."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return pd.Series(cells, dtype="boolean")
    if kinds and kinds <= {int, float}:
        numbers = [cell for cell in cells if cell is not None]
        small = all(abs(n) <= _EXACT for n in numbers if isinstance(n, int))
        if small and all(math.isfinite(n) for n in numbers):
            whole = kinds == {int} and len(numbers) == len(cells)
            return pd.Series([math.nan if n is None else n for n in cells], dtype="int64" if whole else "float64")
    if kinds <= {str}:
        return pd.Series([None if cell is None else _encodable(cell) for cell in cells], dtype="str")
    texts = [cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells]
    return pd.Series([None if text is None else _encodable(text) for text in texts], dtype="str")


def _encodable(text: str) -> str:
    r"""The text with halves of surrogate pairs, which JSON can write as \ud800 and no encoding can, replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
