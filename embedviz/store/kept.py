"""What the store keeps and whose it is: found by its records, without what runs and tables need to be worked with."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from embedviz.core.errors import DataError
from embedviz.core.jobs.status import FILE as STATUS
from embedviz.core.jobs.status import FINAL, read_status
from embedviz.core.typed_json import JsonObject
from embedviz.store.data_reference import DataReference, fingerprint

Kind = Literal["run", "upload", "prediction", "experiment", "view"]
RUNS, UPLOADS, DELETED, PREDICTIONS, VIEWS, EXPERIMENTS = (
    "runs",
    "uploads",
    "deleted",
    "predictions",
    "views",
    "experiments",
)
GIVEN = "given"  # of the store: tables of Python that are a further part of a split
OPENED = "opened"  # of the store: copies of tables of databases and of large files
TRASH = "trash"  # of the store: what is being deleted, so that it goes from its place at once and as a whole
RECORDS: dict[str, Kind] = {"run.json": "run", "dataset.json": "upload", "job.json": "prediction"}
GOES_ON = float("inf")  # the end of what has not ended
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A folder of the store that belongs to somebody.

    Attributes
    ----------
    folder : Path
        The folder.
    kind : str
        "run", "upload", "prediction", "experiment", or "view": what a visitor asked for on the run of another.
    owner : str
        Id of the owner; empty where its record is damaged.
    last_use : float
        When a job ended, something was deleted or an upload was last used, in seconds since 1970; infinite while a job waits or
        runs.
    is_deleted : bool
        Whether it can only be brought back.
    record : dict
        Contents of its record; empty where that is damaged.
    """

    folder: Path
    kind: Kind
    owner: str
    last_use: float
    is_deleted: bool
    record: JsonObject

    @property
    def title(self) -> str:
        """What the owner calls it."""
        label = _read(self.folder / "label.json") or {}
        return str(label.get("name") or self.record.get("name") or self.record.get("title") or self.kind)

    @property
    def data(self) -> DataReference | None:
        """The data that it is or was made from; None where that is not known."""
        found = self.record if self.kind == "upload" else _object(self.record.get("spec")).get("data")
        return cast("DataReference", found) if isinstance(found, dict) and "source" in found else None

    @property
    def data_id(self) -> str:
        """Id of that data; empty where it is not known."""
        return str(self.data.get("id", "")) if self.data else ""

    @property
    def fingerprint(self) -> str:
        """What identifies the content of that data; empty where it is not known."""
        with suppress(KeyError):
            return fingerprint(self.data) if self.data else ""
        return ""


def everything_kept(store: Path, owner: str | None = None) -> Iterator[Kept]:
    """Yield what belongs to somebody, or to one owner, in any order.

    A folder without a record is no part of it; see `unrecorded`.
    """
    for part, record in (
        (RUNS, "run.json"),
        (UPLOADS, "dataset.json"),
        (PREDICTIONS, "job.json"),
        (EXPERIMENTS, "job.json"),
    ):
        for folder in _folders(store / part):
            if found := _kept(folder, record, False, owner):
                yield found
    for folder in _folders(store / DELETED):
        for record in ("run.json", "dataset.json"):
            if found := _kept(folder, record, True, owner):
                yield found
    for visitor in _folders(store / VIEWS) if owner is None else [store / VIEWS / owner]:
        for folder in _folders(visitor):
            with suppress(FileNotFoundError):
                yield Kept(folder, "view", visitor.name, _modified(folder), False, {})


def unrecorded(store: Path) -> Iterator[Path]:
    """Yield the folders of runs, uploads, predictions and experiments that have no record (yet)."""
    for part, record in (
        (RUNS, "run.json"),
        (UPLOADS, "dataset.json"),
        (PREDICTIONS, "job.json"),
        (EXPERIMENTS, "job.json"),
    ):
        yield from (folder for folder in _folders(store / part) if not (folder / record).exists())


def is_at_work(folder: Path) -> bool:
    """Return True while a job in this folder or below waits or is worked on."""
    return any(jobs_at_work(folder))


def jobs_at_work(folder: Path) -> Iterator[Path]:
    """Yield the folders of the jobs in this folder or below that wait or are worked on."""
    for parent, _, names in os.walk(folder):
        if STATUS in names:
            with suppress(DataError, OSError):
                if not read_status(Path(parent)).is_final:
                    yield Path(parent)


def entries_below(folders: Iterable[Path]) -> Iterator[os.stat_result]:
    """Yield what is known of each file below the folders, of one with several names once for each."""
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                with suppress(OSError):  # deleted meanwhile
                    yield os.stat(os.path.join(parent, name), follow_symlinks=False)


def bytes_below(folders: Iterable[Path], seen: set[tuple[int, int]] | None = None) -> int:
    """Return the bytes on disk of the folders; a file that an upload and its runs share counts once.

    Parameters
    ----------
    folders : iterable of Path
        The folders.
    seen : set, optional
        Files that do not count; those that are found are added.
    """
    seen = set() if seen is None else seen
    total = 0
    for entry in entries_below(folders):
        if (entry.st_dev, entry.st_ino) not in seen:
            seen.add((entry.st_dev, entry.st_ino))
            total += entry.st_size
    return total


def newest_change(folder: Path) -> float:
    """Return when something in the folder was last changed, in seconds since 1970. OSError where it is gone."""
    newest = _modified(folder)
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            with suppress(OSError):
                newest = max(newest, _modified(Path(parent, name)))
    return newest


def discard(store: Path, folder: Path) -> bool:
    """Delete a folder of the store for good. False, with a line in the log, where it stays."""
    trash = store / TRASH
    try:
        trash.mkdir(mode=0o700, exist_ok=True)
        gone = trash / secrets.token_hex(8)
        os.replace(folder, gone)
    except FileNotFoundError:
        return True
    except OSError as error:
        logger.warning("%s was not deleted: %s", folder, error)
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True


def _kept(folder: Path, record_file: str, is_deleted: bool, owner: str | None) -> Kept | None:
    try:
        if owner is not None and owner != _owner_in(folder / record_file):
            return None
        record = _read(folder / record_file)
        if record is None:
            return None
        kind = "experiment" if folder.parent.name == EXPERIMENTS else RECORDS[record_file]
        last_use = _modified(folder) if is_deleted or kind == "upload" else _ended(folder, record)
    except FileNotFoundError:
        return None  # deleted meanwhile
    return Kept(folder, kind, _owner(record), last_use, is_deleted, record)


def _owner(record: JsonObject) -> str:
    return str(record.get("owner") or _object(record.get("spec")).get("owner") or "")


def _owner_in(record: Path) -> str:
    """Whom a record names; read again only once it was written again, as each page asks for it of all that is kept."""
    found = record.stat()
    with suppress(LookupError):
        return _owner_written(str(record), found.st_ino, found.st_mtime_ns)
    return ""


@lru_cache(maxsize=100_000)
def _owner_written(record: str, _inode: int, _modified_ns: int) -> str:
    """LookupError, which is not kept, where the record names nobody or cannot be read."""
    if owner := _owner(_read(Path(record)) or {}):
        return owner
    raise LookupError


def _ended(folder: Path, record: JsonObject) -> float:
    """When a job came to its end, in seconds since 1970; of one that never began, when it was created."""
    status = _read(folder / STATUS)
    if status is None:
        return _number(record.get("created")) or _modified(folder)
    if status and status.get("state") not in FINAL:
        return GOES_ON
    times = [
        _number(values.get(name)) for values, name in ((status, "started"), (status, "queued"), (record, "created"))
    ]
    return _number(status.get("ended")) or max(times) or _modified(folder)


def _read(path: Path) -> JsonObject | None:
    """The JSON object in a file: None where there is no such file, empty where it is damaged."""
    try:
        return _object(json.loads(path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        return {}


def _object(value: object) -> JsonObject:
    return cast(JsonObject, value) if isinstance(value, dict) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _modified(path: Path) -> float:
    return path.stat().st_mtime
