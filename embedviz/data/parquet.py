"""Parquet to a frame, read in batches, as the size that a file states does not bound what it unpacks to."""

from __future__ import annotations

import json
import re
from typing import IO, Any, NamedTuple, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from embedviz.core.errors import DataError
from embedviz.data.column_names import column_names
from embedviz.data.containers import max_bytes

MAGIC = b"PAR1"
BATCH_ROWS = 16_384
_INDEX = re.compile(r"__index_level_\d+__")  # what pandas calls an index without a name


class ParquetTable(NamedTuple):
    """A Parquet file as a frame; cut: it has more rows; notes: sentences on its columns."""

    frame: pd.DataFrame
    cut: bool
    notes: list[str]


def read(stream: IO[bytes], name: str, max_rows: int | None = None) -> ParquetTable:
    """Read a Parquet file.

    Text is read as dictionaries first, so that its size is known before it is expanded.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    max_rows : int, optional
        Stop after this many rows, to the end of a batch.

    Raises
    ------
    DataError
        If the file is damaged, or larger in memory than `embedviz.data.containers.max_bytes`.
    """
    limit = max_bytes()
    batches, rows, size = [], 0, 0
    try:
        with pq.ParquetFile(stream) as plain:
            schema, total = plain.schema_arrow, plain.metadata.num_rows
        words = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)]
        stream.seek(0)
        with pq.ParquetFile(stream, read_dictionary=words) as file:
            for batch in file.iter_batches(BATCH_ROWS):
                rows, size = rows + len(batch), size + sum(map(_expanded_bytes, batch.columns))
                if size > limit:
                    raise DataError(f"{name} unpacks to more than {limit / 1e6:,.1f} MB, which is the limit here.")
                batches.append(batch)
                if max_rows is not None and rows >= max_rows:
                    break
            table = pa.Table.from_batches(batches, file.schema_arrow)
        table.validate(full=True)  # or a damaged text breaks what reads it
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{name} is not a whole Parquet file ({reason}). Was it saved, and uploaded to the end?"
        ) from error
    del batches
    if not table.num_rows or not table.num_columns:
        raise DataError(f"{name} holds no rows.")
    kept = [i for i, column in enumerate(table.column_names) if not _INDEX.fullmatch(column)]
    names = column_names([table.column_names[i] for i in kept], len(kept))
    notes: list[str] = []
    frame = pd.DataFrame({title: _series(table.column(i), title, notes) for title, i in zip(names, kept, strict=True)})
    return ParquetTable(frame, max_rows is not None and rows < total, notes)


def _expanded_bytes(column: pa.Array) -> int:
    """Bytes of the column with its dictionary expanded."""
    if not isinstance(column, pa.DictionaryArray):
        return column.nbytes
    lengths = pc.binary_length(cast("pa.StringArray", column.dictionary)).take(column.indices)
    return (pc.sum(lengths).as_py() or 0) + 8 * len(column)


def _series(column: pa.ChunkedArray, title: str, notes: list[str]) -> pd.Series:
    """Numbers, booleans, dates and text as they are; lists and structures as JSON text, bytes as UTF-8."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pd.Series(column.to_pandas(), dtype="str")
    if pa.types.is_boolean(kind):
        return pd.Series(column.to_pandas(), dtype="boolean")
    if pa.types.is_decimal(kind):
        return pc.cast(column, pa.float64()).to_pandas()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column.to_pandas(date_as_object=False)
    notes.append(f"Column {title} holds values of type {kind}, shown as text.")
    return pd.Series([None if value is None else _as_text(value) for value in column.to_pylist()], dtype="str")


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
