"""Tables of LanceDB (https://lancedb.com), read in batches in this process."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embedviz.core.errors import DataError, SettingsError
from embedviz.formats.row_batches import BATCH_ROWS, RowBatches, StoredTable


@contextmanager
def opened(address: str) -> Generator[StoredTable]:
    """Open the table at FOLDER/TABLE in its current version.

    Raises
    ------
    SettingsError
        When LanceDB is not installed.
    DataError
        When there is no such folder or table.
    """
    if importlib.util.find_spec("lancedb") is None:
        raise SettingsError("Opening a table of LanceDB needs its package: pip install lancedb")
    place, _, name = address.rpartition("/")
    if not place or not name:
        raise SettingsError(f"lancedb://{address} names no table. Give lancedb://FOLDER/TABLE.")
    if "://" not in place and not Path(place).expanduser().is_dir():
        raise DataError(f"There is no folder {place} with a database of LanceDB.")  # connecting would make it
    lancedb: Any = importlib.import_module("lancedb")
    database = lancedb.connect(place)
    try:
        table = database.open_table(name)
    except (ValueError, FileNotFoundError):
        held = ", ".join(sorted(database.list_tables().tables)) or "none"
        raise DataError(f"The database in {place} has no table {name!r}. It has: {held}.") from None
    last = table.list_versions()[-1]  # a table of the same name begins with version 1 again, at another time

    def rows(tensor: str) -> RowBatches:
        columns = table.schema.names
        batches = table.search().select(columns).to_batches(batch_size=BATCH_ROWS)
        return RowBatches(f"The table {name!r}", table.count_rows(), iter(batches), tensor)

    yield StoredTable(name, f"{last['version']} {last['timestamp']}", rows)
