"""Files of vectors too large to be read into memory: .npy, Parquet and Arrow, read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from embedviz.core.errors import VectorFormatError
from embedviz.formats.arrow_columns import damage_named, table_of
from embedviz.formats.metadata_files import read_metadata
from embedviz.formats.row_batches import BATCH_ROWS, RowBatches, StoredTable

MIN_BYTES = 1_000_000_000  # of the file; a smaller one is read into memory
NUMPY, PARQUET, ARROW = ".npy", ".parquet", ".arrow"
VECTOR = "vector"


def is_large(path: Path) -> bool:
    """Return whether a file is read in batches, by its size and its ending."""
    return path.is_file() and path.suffix.lower() in (NUMPY, PARQUET, ARROW) and path.stat().st_size >= MIN_BYTES


def table_of_file(path: Path, metadata: Path | None = None) -> StoredTable:
    """Return a file's rows as a table; its version is another one when the file or its metadata have changed.

    Parameters
    ----------
    path : Path
        The file.
    metadata : Path, optional
        A file with a row for each vector, for .npy alone: the others have columns.

    Raises
    ------
    VectorFormatError
        When the file is damaged, or the metadata have another number of rows.
    """
    files = [path] if metadata is None else [path, metadata]
    version = " ".join(f"{file.stat().st_mtime_ns} {file.stat().st_size}" for file in files)

    def rows(tensor: str) -> RowBatches:
        if path.suffix.lower() == NUMPY:
            return _of_numpy(path, metadata)
        if metadata is not None:
            raise VectorFormatError(f"{path.name} has columns of its own. Add those of {metadata.name} to them.")
        with damage_named(path.name, path.suffix[1:]):
            total, batches = _of_parquet(path) if path.suffix.lower() == PARQUET else _of_arrow(path)
        return RowBatches(path.name, total, batches, tensor)

    return StoredTable(path.stem, version, rows)


def _of_parquet(path: Path) -> tuple[int, Iterator[pa.RecordBatch]]:
    file = pq.ParquetFile(path, memory_map=True)
    return file.metadata.num_rows, file.iter_batches(BATCH_ROWS)


def _of_arrow(path: Path) -> tuple[int, Iterator[pa.RecordBatch]]:
    file = pa.ipc.open_file(pa.memory_map(str(path)))
    batches = (file.get_batch(place) for place in range(file.num_record_batches))
    parts = (batch.slice(start, BATCH_ROWS) for batch in batches for start in range(0, batch.num_rows, BATCH_ROWS))
    return sum(file.get_batch(place).num_rows for place in range(file.num_record_batches)), parts


def _of_numpy(path: Path, metadata: Path | None) -> RowBatches:
    try:
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise VectorFormatError(f"{path.name} is not a whole .npy file ({error}).") from error
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu":
        raise VectorFormatError(f"{path.name} holds no matrix of numbers: {vectors.dtype}, of shape {vectors.shape}.")
    known: pa.Table | None = None
    if metadata is not None:
        columns = read_metadata(metadata.read_bytes(), metadata.name).columns
        if len(columns) != len(vectors):
            raise VectorFormatError(
                f"{path.name} holds {len(vectors):,} vectors, but {metadata.name} describes {len(columns):,}: each vector needs one row."
            )
        known = table_of(columns.rename(columns={VECTOR: f"{VECTOR} (metadata)"}))

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(vectors), BATCH_ROWS):
            part = np.ascontiguousarray(vectors[start : start + BATCH_ROWS], np.float32)
            lists = pa.FixedSizeListArray.from_arrays(pa.array(part.ravel()), part.shape[1])
            others = (
                {}
                if known is None
                else dict(zip(known.column_names, known.slice(start, len(part)).columns, strict=True))
            )
            yield from pa.table({VECTOR: lists, **others}).combine_chunks().to_batches()

    return RowBatches(path.name, len(vectors), batches(), VECTOR)
