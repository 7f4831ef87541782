"""Parquet: read a batch at a time, for what a file says of its own size is no bound on what it unpacks to."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from embedviz.data.containers import max_bytes
from embedviz.data.delimited import unique_names
from embedviz.errors import DataError

MAGIC = b"PAR1"
BATCH = 16_384  # rows


def read(data: bytes | bytearray, name: str, max_rows: int | None = None) -> tuple[pd.DataFrame, bool]:
    """The frame and whether it was cut at max_rows. DataError when it is damaged, or larger in memory than the limit."""
    limit = max_bytes()
    batches, rows, size = [], 0, 0
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        for batch in file.iter_batches(BATCH):
            batches.append(batch)
            rows, size = rows + len(batch), size + batch.nbytes
            if size > limit:
                raise DataError(f"{name} unpacks to more than {limit / 1e6:,.0f} MB, which is the limit here.")
            if max_rows is not None and rows >= max_rows:
                break
        frame = pa.Table.from_batches(batches, file.schema_arrow).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{name} is not a whole Parquet file ({str(error).splitlines()[0]}).") from error
    if frame.empty:
        raise DataError(f"{name} holds no rows.")
    frame.columns = unique_names([str(column) for column in frame.columns])
    # Lists, structures and bytes can be neither compared nor counted.
    for column in [name for name in frame if frame[name].dtype == object]:
        frame[column] = frame[column].map(_flat)
    return frame, max_rows is not None and rows < file.metadata.num_rows


def _flat(cell: object) -> object:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, (dict, list)) else cell
