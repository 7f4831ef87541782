"""Parquet to a frame, read in batches, as the size that a file states does not bound what it unpacks to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any, NamedTuple, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from embedviz.core.errors import DataError
from embedviz.data.column_names import check_columns, column_names
from embedviz.data.containers import max_bytes

MAGIC = b"PAR1"
BATCH_ROWS = 16_384
BATCH_CELLS = 4_000_000  # a batch of a wide table has fewer rows
PREVIEW_BYTES = 64 << 20  # in memory, of the rows that a preview holds
MAX_CELL_VALUES = 100_000  # in the lists of a row on average: they become JSON text, which nobody reads
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
        Stop after this many rows, to the end of a batch, or once they fill PREVIEW_BYTES, for a preview.

    Raises
    ------
    DataError
        If the file is damaged, has more columns than are read, or is larger in memory than
        `embedviz.data.containers.max_bytes`.
    """
    notes: list[str] = []
    try:
        with pq.ParquetFile(stream) as plain:
            schema, metadata = plain.schema_arrow, plain.metadata
        check_columns(len(schema), name)
        values = _values_per_row(schema, metadata)
        kept = [field for field, count in zip(schema, values, strict=True) if count <= MAX_CELL_VALUES]
        for field, count in zip(schema, values, strict=True):
            if count > MAX_CELL_VALUES:
                notes.append(f"Column {field.name} holds lists of {count:,.0f} values a row and is left out.")
        if len(schema) and not kept:
            raise DataError(f"{name} has no column that can be read. {notes[0]}")
        stream.seek(0)
        words = [field.name for field in kept if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
        with pq.ParquetFile(stream, read_dictionary=words) as file:
            at_once = int(BATCH_CELLS // max(1, sum(count for count in values if count <= MAX_CELL_VALUES)))
            titles = [field.name for field in kept] if len(kept) < len(schema) else None
            batches = file.iter_batches(max(1, min(BATCH_ROWS, at_once)), columns=titles)
            table, cut = _gathered(batches, name, max_rows)
            cut = cut or (max_rows is not None and table.num_rows < metadata.num_rows)
        table.validate(full=True)  # or a damaged text breaks what reads it
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{name} is not a whole Parquet file ({reason}). Was it saved, and uploaded to the end?"
        ) from error
    if not table.num_rows or not table.num_columns:
        raise DataError(f"{name} holds no rows.")
    titles = table.column_names
    places = [i for i, title in enumerate(titles) if not _INDEX.fullmatch(title)]
    names = column_names([titles[i] for i in places], len(places))
    return ParquetTable(frame_of(table.select(places), names, notes), cut, notes)


def frame_of(table: pa.Table, names: list[str], notes: list[str]) -> pd.DataFrame:
    """Return an Arrow table as a frame whose columns have these names; sentences on its columns are added to `notes`."""
    return pd.DataFrame({title: _series(table.column(i), title, notes) for i, title in enumerate(names)})


def _gathered(batches: Iterator[pa.RecordBatch], name: str, max_rows: int | None) -> tuple[pa.Table, bool]:
    """The batches as one table, for a preview the first of them; and whether a batch was cut for its size."""
    limit = max_bytes()
    taken: list[pa.RecordBatch] = []
    rows, size = 0, 0
    for batch in batches:
        grown = sum(map(_expanded_bytes, batch.columns))
        if max_rows is not None and size + grown > PREVIEW_BYTES:
            fitting = len(batch) * (PREVIEW_BYTES - size) // grown
            if not fitting and not taken:
                raise DataError(
                    f"{name} holds cells of more than {PREVIEW_BYTES / 1e6:,.0f} MB. Bring a file of shorter cells."
                )
            return pa.Table.from_batches([*taken, batch.slice(0, fitting)], batch.schema), True
        size, rows = size + grown, rows + len(batch)
        if size > limit:
            raise DataError(f"{name} unpacks to more than {limit / 1e6:,.1f} MB, which is the limit here.")
        taken.append(batch)
        if max_rows is not None and rows >= max_rows:
            break
    return (pa.Table.from_batches(taken) if taken else pa.table({})), False


def _values_per_row(schema: pa.Schema, metadata: pq.FileMetaData) -> list[float]:
    """Values a row of each column, as the file states them: 1, or the mean over rows where a column holds lists."""
    totals: list[int] = []
    leaf = 0
    for field in schema:
        leaves = range(leaf, leaf := leaf + _n_leaves(field.type))
        if not pa.types.is_nested(field.type):
            totals.append(metadata.num_rows)
            continue
        groups = map(metadata.row_group, range(metadata.num_row_groups))
        totals.append(sum(group.column(i).num_values for group in groups for i in leaves))
    return [max(1.0, total / max(1, metadata.num_rows)) for total in totals]


def _n_leaves(kind: pa.DataType) -> int:
    """Columns of the file that hold a column of this type."""
    if isinstance(kind, pa.BaseExtensionType):
        return _n_leaves(kind.storage_type)
    if not pa.types.is_nested(kind):
        return 1
    return sum(_n_leaves(kind.field(i).type) for i in range(kind.num_fields))


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
