"""The folders of parsed tables: their names, and when they are deleted."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import time
from pathlib import Path

from embedviz.core.files import folder_bytes
from embedviz.core.home import home

TABLES = "tables"  # of the store
HEADER = "table.json"
MAX_BYTES = 10_000_000_000  # of all kept tables together
MAX_AGE_S = 7 * 86400.0  # since a table was last read


def tables_folder() -> Path:
    """Return the folder of all kept tables; it may not exist yet."""
    return home() / TABLES


def derived_key(table: Path, how: object) -> str:
    """Return the key of what is made from a kept table, to be deleted with it.

    Parameters
    ----------
    table : Path
        Folder of the table.
    how : object
        What decides the result, as values that JSON holds.
    """
    return f"{table.name}-{digest(json.dumps(how, sort_keys=True))}"


def delete_tables(fingerprint: str) -> None:
    """Delete what is kept of a file's content, whatever it was read with."""
    for folder in tables_folder().glob(f"{digest(fingerprint)}-*"):
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


def digest(text: str) -> str:
    """Return the digest that names a folder."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
