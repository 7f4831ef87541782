"""Values as plain JSON: tables as lists of objects, NumPy's and pandas' scalars as numbers, and no NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from pydantic import JsonValue

if TYPE_CHECKING:
    import pandas as pd

Record: TypeAlias = dict[str, JsonValue]


def plain(value: Any) -> JsonValue:
    """Return a value as JSON holds it.

    Parameters
    ----------
    value
        Numbers, text, None, dates, arrays, dataclasses, and mappings and sequences of such. NaN, infinity and missing values
        become null, for JSON has no such numbers (RFC 8259, section 6). Anything else becomes its text.

    Examples
    --------
    >>> plain({"cosine": float("nan"), "rows": (1, 2)})
    {'cosine': None, 'rows': [1, 2]}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [plain(item) for item in cast("Sequence[Any]", value)]
    if to_text := getattr(value, "isoformat", None):  # dates; pandas' NaT has it, too
        text = str(to_text())
        return None if text == "NaT" else text
    if to_list := getattr(value, "tolist", None):  # arrays and scalars of NumPy
        return plain(to_list())
    return None if type(value).__name__ == "NAType" else str(value)


def records(frame: pd.DataFrame) -> list[Record]:
    """Return a table as a list of objects, one a row, column to cell."""
    columns = [str(name) for name in frame.columns]
    cells = [[plain(cell) for cell in frame.iloc[:, number].tolist()] for number in range(len(columns))]
    return [dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)]


def to_json(value: Any) -> str:
    """Return a value as one line of JSON; see `plain`."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)
