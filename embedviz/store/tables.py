"""Parsed tables, kept by content and reading options, so that a file is parsed once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import feather

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.core.limits import HostLimits
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.reading import READER_VERSION, Table
from embedviz.data.report import ReadReport
from embedviz.store.table_folders import HEADER, digest, tables_folder

FRAME = "frame.arrow"


@dataclass(frozen=True)
class TableHeader:
    """Contents of table.json beside a kept table: its kind, the roles that its columns were given, and how it was read."""

    kind: str
    roles: dict[str, str]
    report: ReadReport


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
    return f"{digest(fingerprint)}-{digest(how)}"


def keep_table(key: str, read: Callable[[], Table]) -> Table:
    """Return the kept table, or read it and keep it.

    A frame that would not come back as it is, and one for which the disk has no room, is read each time.

    Raises
    ------
    SettingsError
        When it has more rows than this host takes.
    """
    folder = tables_folder() / key
    table = load_table(folder)
    if table is None:
        read_now = read()
        _check_rows(read_now)
        table = read_now.cached_in(folder) if save_table(read_now, folder) else read_now
    else:
        _check_rows(table)
    return table


def _check_rows(table: Table) -> None:
    HostLimits.of_environment().check("rows", len(table.frame), "This server takes tables of at most {limit} rows")


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


def _is_exact(dtype: Any) -> bool:
    """True for a type that Arrow returns exactly; cells that are Python objects may change."""
    return (
        pd.api.types.is_numeric_dtype(dtype)
        or pd.api.types.is_datetime64_any_dtype(dtype)
        or isinstance(dtype, pd.StringDtype)
    )
