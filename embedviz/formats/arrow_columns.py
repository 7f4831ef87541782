"""Arrow columns to pandas columns that can be shown, coloured by and written: numbers, booleans, dates and text."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Generator, Sequence
from typing import cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import VectorFormatError

_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return the columns of a table; lists and structures become JSON text, bytes are read as UTF-8."""
    frame = pd.DataFrame(dict(enumerate(map(_series, table.columns))), index=range(table.num_rows))
    frame.columns = unique_names(table.column_names)
    return frame


def table_of(frame: pd.DataFrame) -> pa.Table:
    """Return columns as an Arrow table whose texts are plain strings."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    for i, field in enumerate(table.schema):
        if any(is_text(field.type) for is_text in _TEXT):
            table = table.set_column(i, field.name, pc.cast(table.column(i), pa.string()))
    return table


def to_json(frame: pd.DataFrame) -> str:
    """Return columns as a JSON object of lists, one a column."""
    table = table_of(frame)
    texts = [pc.cast(column, pa.string()) if pa.types.is_temporal(column.type) else column for column in table.columns]
    return json.dumps(pa.table(texts, names=table.column_names).to_pydict(), ensure_ascii=False, default=as_text)


def from_json(text: str, count: int) -> pd.DataFrame | None:
    """Return the columns that `to_json` wrote; None for other text, or another number of rows."""
    try:
        value: object = json.loads(text)
        frame = frame_of(pa.table(cast("dict[str, list[object]]", value)))
    except (ValueError, TypeError, RecursionError, AttributeError, OverflowError):
        return None
    return frame if len(frame) == count else None


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names for columns, a number behind one that was there before, and "column 3" for an empty one."""
    taken: set[str] = set()
    unique: list[str] = []
    for place, given in enumerate(names, 1):
        base = given.strip() or f"column {place}"
        name, n = base, 1
        while name in taken:
            n += 1
            name = f"{base} ({n})"
        taken.add(name)
        unique.append(name)
    return unique


def _series(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if any(is_text(kind) for is_text in _TEXT):
        return pd.Series(pc.cast(column, pa.large_string()).to_pandas(), dtype="str")
    if pa.types.is_boolean(kind):
        return pd.Series(column.to_pandas(), dtype="boolean") if column.null_count else column.to_pandas()
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return pc.cast(column, pa.float64()).to_pandas()
    if pa.types.is_integer(kind) and column.null_count:
        return pd.Series(
            column.to_pandas(integer_object_nulls=True), dtype="UInt64" if kind == pa.uint64() else "Int64"
        )
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column.to_pandas(date_as_object=False)
    return pd.Series([None if value is None else as_text(value) for value in column.to_pylist()], dtype="str")


def as_text(value: object) -> str:
    """Return a value that is neither number nor date as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


@contextlib.contextmanager
def damage_named(name: str, format: str) -> Generator[None]:
    """Turn what Arrow's readers raise on a damaged file into one sentence."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError, OverflowError, struct.error) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise VectorFormatError(
            f"{name} is not a whole {format} file ({reason}). Was it saved, and uploaded to the end?"
        ) from error
