"""Tables that came as objects of Python, kept in the store as Parquet by their content, so that a run reads them as any file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from embedviz.core.files import replacing
from embedviz.core.home import home
from embedviz.data.table_like import as_arrow, kind_of, parquet_bytes
from embedviz.store.dataset import Dataset
from embedviz.store.kept import GIVEN

WRITTEN = 1_000_000_000  # seconds since 1970, of every such file: its fingerprint is that of its content then


def dataset_of_table(uploads: Path, data: object) -> Dataset:
    """Return the data set of a table; the same one for the same content, which is written once.

    Parameters
    ----------
    uploads : Path
        Where data sets lie.
    data
        What `embedviz.data.table_like.as_arrow` takes.

    Raises
    ------
    DataError
        For a table without rows, or an object that is none.
    """
    table = as_arrow(data)
    content = parquet_bytes(table)
    title = f"{kind_of(data)} of {table.num_rows:,} rows"
    key = hashlib.sha256(content)
    key.update(title.encode())
    return Dataset.upload_once(uploads, key.hexdigest()[:32], title, "table.parquet", content)


def file_of_table(data: object, name: str) -> Path:
    """Return a Parquet file of the store with a table, for a part of a split; the same one for the same content.

    Parameters
    ----------
    data
        What `embedviz.data.table_like.as_arrow` takes.
    name : str
        Of the file, as messages call it.

    Raises
    ------
    DataError
        As `dataset_of_table`.
    """
    content = parquet_bytes(as_arrow(data))
    path = home() / GIVEN / hashlib.sha256(content).hexdigest()[:32] / f"{name}.parquet"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.utime(path.parent)  # it is used: see embedviz.store.retention
    if not path.is_file():
        with replacing(path) as temporary:
            temporary.write_bytes(content)
            os.utime(temporary, (WRITTEN, WRITTEN))
    return path
