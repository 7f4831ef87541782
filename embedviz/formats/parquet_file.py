"""Parquet files of vectors: a column of lists or a column a dimension, with texts and other columns beside them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.data.containers import MAX_RATIO, MIN_RATIO_BYTES
from embedviz.formats.arrow_columns import damage_named, table_of
from embedviz.formats.source import Source
from embedviz.formats.vector_columns import (
    MIN_CLEAR_DIM,
    ColumnReader,
    is_dimension_name,
    is_float_list,
    numbered_columns,
)
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "parquet", (".parquet", ".pq")
MAGIC = b"PAR1"
LABEL, VECTOR = "label", "vector"
BATCH_BYTES = 256 << 20  # of numbers that are unpacked at a time
MAX_BATCH_ROWS = 1 << 20
_WIDTHS = {"INT32": 4, "INT64": 8, "FLOAT": 4, "DOUBLE": 8, "INT96": 12, "BOOLEAN": 1}


def sniff(head: bytes) -> bool:
    """Return whether a file begins as a Parquet file; `holds_vectors` tells by its columns whether they are vectors."""
    return head.startswith(MAGIC)


def holds_vectors(stream: IO[bytes]) -> bool:
    """Return whether the columns are those of vectors: a list of fractions, or many numbered columns and a text."""
    try:
        with pq.ParquetFile(stream) as file:
            schema = file.schema_arrow
    except (pa.ArrowException, OSError, ValueError):
        return False
    return has_vector_columns(schema)


def has_vector_columns(schema: pa.Schema) -> bool:
    """Return whether the columns of a table are clearly those of vectors, not of data to learn from."""
    if any(is_float_list(field.type) for field in schema):
        return True
    fractions = numbered_columns([field.name for field in schema if pa.types.is_floating(field.type)])
    if len(fractions) > 1 and is_dimension_name(fractions[0]):
        return True
    others = [field for field in schema if field.name not in fractions]
    has_text = any(pa.types.is_string(f.type) or pa.types.is_large_string(f.type) for f in others)
    return len(fractions) >= MIN_CLEAR_DIM and (has_text or not others)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space.

    Raises
    ------
    SeveralTensorsError
        When several columns hold vectors and none was asked for.
    VectorFormatError
        When the file is damaged, holds no vectors, or unpacks to far more than it holds.
    """
    with damage_named(source.name, "Parquet"), _file_of_arrow(source.seekable()) as stream:
        with pq.ParquetFile(stream) as plain:
            schema, size = plain.schema_arrow, _number_bytes(plain.metadata)
            total = plain.metadata.num_rows
        allowed = max(MIN_RATIO_BYTES, MAX_RATIO * source.size)
        _check_size(source.name, size, allowed)
        words = [
            field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        step = max(1, min(MAX_BATCH_ROWS, BATCH_BYTES * max(total, 1) // max(size, 1), limit or MAX_BATCH_ROWS))
        reader, unpacked = ColumnReader(source, total), 0
        stream.seek(0)
        with pq.ParquetFile(stream, read_dictionary=words) as file:
            for batch in file.iter_batches(step):
                unpacked += sum(map(_expanded_bytes, batch.columns))
                _check_size(source.name, unpacked, allowed)
                reader.add(batch)
                on_progress(Progress(reader.read, max(total, reader.read), message=f"Read {reader.read:,} vectors"))
                if limit is not None and reader.read >= limit:
                    break
        space = reader.space(limit, total)
    end = max(total, reader.read)
    on_progress(Progress(end, end, message=f"Read {len(space):,} vectors"))
    return space


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write the columns "label", "vector" (lists of float32) and what else is known of each label."""
    sink = pa.PythonFile(cast("IO[bytes]", stream), mode="w")
    pq.write_table(table_with_vectors(space), sink)
    sink.flush()


def table_with_vectors(space: LabeledVectors) -> pa.Table:
    """Return a table of labels, columns and vectors."""
    vectors = np.ascontiguousarray(space.vectors, np.float32)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    kept = table_of(space.columns)
    names = [f"{name} (column)" if name == VECTOR else name for name in kept.column_names]
    labels = pa.array(list(space.labels), pa.string())
    return pa.table([labels, *kept.columns, lists], names=[LABEL, *names, VECTOR])


def _file_of_arrow(stream: IO[bytes]) -> contextlib.AbstractContextManager[IO[bytes]]:
    """Open a file on disk as Arrow's own, which reads columns at once; anything else stays as it is."""
    name = getattr(stream, "name", None)
    if isinstance(name, str) and os.path.isfile(name):
        return cast("contextlib.AbstractContextManager[IO[bytes]]", pa.OSFile(name))
    return contextlib.nullcontext(stream)


def _number_bytes(metadata: pq.FileMetaData) -> int:
    """Return what the numbers of the file take once they are unpacked, as its columns state it."""
    size = 0
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for place in range(row_group.num_columns):
            column = row_group.column(place)
            size += column.num_values * _WIDTHS.get(column.physical_type, 1)
    return size


def _expanded_bytes(column: pa.Array) -> int:
    """Return the bytes of a column with its dictionary expanded."""
    if not isinstance(column, pa.DictionaryArray):
        return column.nbytes
    lengths = pc.binary_length(cast("pa.StringArray", column.dictionary)).take(column.indices)
    return (pc.sum(lengths).as_py() or 0) + 8 * len(column)


def _check_size(name: str, size: int, allowed: int) -> None:
    if size > allowed:
        raise VectorFormatError(f"{name} unpacks to more than {MAX_RATIO} times its size, so it is not opened.")
