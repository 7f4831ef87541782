"""Parsed tables, kept by content and reading options, so that a file is parsed once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import feather

from embedviz.core.errors import DataError
from embedviz.core.files import folder_bytes, replacing
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.reading import READER_VERSION, Table
from embedviz.data.report import ReadReport
from embedviz.store.home import home

FRAME, HEADER = "frame.arrow", "table.json"
MAX_BYTES = 10_000_000_000  # of all kept tables together
MAX_AGE_S = 7 * 86400.0  # since a table was last read


@dataclass(frozen=True)
class TableHeader:
    """Contents of table.json beside a kept table: its kind, the roles that its columns were given, and how it was read."""

    kind: str
    roles: dict[str, str]
    report: ReadReport


def tables_folder() -> Path:
    """Return the folder of all kept tables; it may not exist yet."""
    return home() / "tables"


def table_key(fingerprint: str, name: str, options: Mapping[str, Any]) -> str:
    """Return the name of a table's folder.

    Parameters
    ----------
    fingerprint : str
        Identifies the file's content: see `embedviz.store.data_reference.fingerprint`.
    name : str
        The file's name, whose ending the reader looks at.
    options : mapping
        Of `embedviz.data.reading.read_table`.
    """
    how = json.dumps([READER_VERSION, name, options], sort_keys=True)
    return f"{_digest(fingerprint)}-{_digest(how)}"


def derived_key(table: Path, how: object) -> str:
    """Return the key of what is made from a kept table, to be deleted with it.

    Parameters
    ----------
    table : Path
        Folder of the table.
    how : object
        What decides the result, as values that JSON holds.
    """
    return f"{table.name}-{_digest(json.dumps(how, sort_keys=True))}"


def keep_table(key: str, read: Callable[[], Table]) -> Table:
    """Return the kept table, or read it and keep it.

    A frame that would not come back as it is, and one for which the disk has no room, is read each time.
    """
    folder = tables_folder() / key
    kept = load_table(folder)
    if kept is not None:
        return kept
    table = read()
    return table.cached_in(folder) if save_table(table, folder) else table


def save_table(table: Table, folder: Path) -> bool:
    """Write a table into a folder, which is made when missing, and tell whether it was kept.

    The header is written last, so that a folder with a header is whole. Two processes may write one table at once.
    """
    if not all(map(_is_exact, table.frame.dtypes)):
        return False
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(folder / FRAME) as temporary:
            arrow = pa.Table.from_pandas(table.frame, preserve_index=False)
            feather.write_feather(arrow, str(temporary), compression="uncompressed")  # to be memory-mapped
        write_typed(folder / HEADER, TableHeader(table.kind, table.roles, table.report))
    except OSError:
        return False
    return True


def load_table(folder: Path, max_bytes: int | None = None) -> Table | None:
    """Read a kept table.

    Parameters
    ----------
    max_bytes : int, optional
        Leave a frame aside that takes more than this on disk.

    Returns
    -------
    Table or None
        None where no table is kept, or its files are damaged.
    """
    try:
        header = read_typed(folder / HEADER, TableHeader)
        if header is None:
            return None
        if max_bytes is not None and (folder / FRAME).stat().st_size > max_bytes:
            return None
        frame = feather.read_table(folder / FRAME, memory_map=True).to_pandas()
        os.utime(folder / HEADER)  # it was used: see sweep_tables
    except (OSError, DataError, pa.ArrowException):  # deleted meanwhile, or damaged
        return None
    table = Table(frame, header.report, header.kind, header.roles)
    return table.cached_in(folder)


def delete_tables(fingerprint: str) -> None:
    """Delete what is kept of a file's content, whatever it was read with."""
    for folder in tables_folder().glob(f"{_digest(fingerprint)}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def sweep_tables(
    folder: Path, max_bytes: int = MAX_BYTES, max_age: float = MAX_AGE_S, now: float | None = None
) -> None:
    """Delete kept tables that were not read for a while, and the least recently read past a total size.

    Parameters
    ----------
    folder : Path
        See `tables_folder`.
    max_bytes : int
        Bytes that may stay, of frames and tokens together.
    max_age : float
        Seconds since a table was last read.
    now : float, optional
        Seconds since 1970, by default the clock's.
    """
    now = time.time() if now is None else now
    total = 0
    tables = [(_last_use(table), table) for table in folder.glob("*")]
    for used, table in sorted(tables, key=lambda pair: -pair[0]):
        total += folder_bytes(table)
        if total > max_bytes or now - used > max_age:
            shutil.rmtree(table, ignore_errors=True)


def _last_use(folder: Path) -> float:
    """Seconds since 1970; of the folder itself while its table is being written."""
    for path in (folder / HEADER, folder):
        with contextlib.suppress(FileNotFoundError):
            return path.stat().st_mtime
    return 0.0


def _is_exact(dtype: Any) -> bool:
    """True for a type that Arrow returns exactly; cells that are Python objects may change."""
    return (
        pd.api.types.is_numeric_dtype(dtype)
        or pd.api.types.is_datetime64_any_dtype(dtype)
        or isinstance(dtype, pd.StringDtype)
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
