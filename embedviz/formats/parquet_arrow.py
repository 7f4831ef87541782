"""Vectors in Parquet and Arrow (Feather) files, with texts and other columns beside them, as Embedding Atlas reads them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pyarrow as pa
from pyarrow import feather, parquet

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats.source import Source
from embedviz.formats.tables_of_vectors import space_of_table
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "parquet", (".parquet",)
PARQUET, ARROW = b"PAR1", b"ARROW1"
MAX_BYTES = 16 << 30  # that a file may unpack to
LABEL, VECTOR = "label", "vector"


def sniff(head: bytes) -> bool:
    """Return whether a file begins as a Parquet or an Arrow file; whether it holds vectors is told by its columns."""
    return head.startswith((PARQUET, ARROW))


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: a column of lists or numbered columns are the vectors, the other columns are kept."""
    data = source.read_all()
    try:
        if data.startswith(ARROW):
            table = feather.read_table(io.BytesIO(data))
        else:
            with parquet.ParquetFile(io.BytesIO(data)) as file:
                groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
                if sum(group.total_byte_size for group in groups) > MAX_BYTES or file.metadata.num_columns > 100_000:
                    raise VectorFormatError(f"{source.name} unpacks to more than is opened here.")
                table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise VectorFormatError(
            f"{source.name} is damaged ({reason}). Was it saved, and uploaded to the end?"
        ) from error
    on_progress(Progress(source.done, source.size, message=f"Read {table.num_rows:,} vectors"))
    return space_of_table(table, source.name, limit)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write the columns "label" and "vector", and what else is known of each label."""
    import numpy as np

    vectors = np.ascontiguousarray(space.vectors, np.float32)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    arrays: dict[str, pa.Array] = {LABEL: pa.array(list(space.labels), pa.string())}
    columns = getattr(space, "columns", None)
    if columns is not None:
        kept = pa.Table.from_pandas(columns, preserve_index=False)
        arrays |= {name: kept.column(name) for name in kept.column_names if name not in (LABEL, VECTOR)}
    buffer = io.BytesIO()
    parquet.write_table(pa.table({**arrays, VECTOR: lists}), buffer)
    stream.write(buffer.getvalue())
