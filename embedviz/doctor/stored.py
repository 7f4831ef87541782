"""The store: whether it can be written to, who may read it, its disk, and what lies damaged in it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from embedviz.core.errors import EmbedvizError
from embedviz.core.home import home
from embedviz.core.jobs.status import FILE as STATUS
from embedviz.core.jobs.status import written_status
from embedviz.doctor.finding import Finding
from embedviz.store.dataset import FILE as DATASET
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store

MIN_FREE_BYTES = 100e6  # below, a training cannot be kept
LOW_FREE_BYTES = 1e9
TORN_AGE_S = 3600.0  # a temporary file that is older belongs to nobody
MAX_NAMED = 3  # damaged folders in a sentence


def store_findings() -> Iterator[Finding]:
    """Yield findings about the store."""
    try:
        folder = home()
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
        store = Store()
    except EmbedvizError as error:
        yield Finding("problem", "store", str(error), "Name a folder that this user may write to in EMBEDVIZ_HOME.")
        return
    except OSError as error:
        yield Finding(
            "problem",
            "store",
            f"The store at {home()} cannot be written to: {error.strerror}.",
            "Give this user the right to write there, or name another folder in EMBEDVIZ_HOME.",
        )
        return
    yield Finding("ok", "store", f"The store at {folder} can be written to; it holds {store.used() / 1e6:,.0f} MB.")
    yield from _mode(folder)
    yield _disk(folder)
    yield from _torn(folder)
    yield from _damaged(store)


def _mode(folder: Path) -> Iterator[Finding]:
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        yield Finding(
            "warning", "store", "Other users of this machine may read the store.", f"Run `chmod 700 {folder}`."
        )


def _disk(folder: Path) -> Finding:
    free = psutil.disk_usage(str(folder)).free
    sentence = f"{free / 1e9:,.1f} GB are free on the disk of the store."
    if free >= LOW_FREE_BYTES:
        return Finding("ok", "disk", sentence)
    level = "warning" if free >= MIN_FREE_BYTES else "problem"
    return Finding(level, "disk", sentence, "Make room, or name another disk in EMBEDVIZ_HOME.")


def _torn(folder: Path) -> Iterator[Finding]:
    """Yield a finding where files are left over from processes that were killed while they wrote them."""
    before = time.time() - TORN_AGE_S
    sizes = [size for path in folder.rglob(".*.tmp") if (size := _size_of_old(path, before)) is not None]
    if sizes:
        sentence = f"{len(sizes)} files of {sum(sizes) / 1e6:,.1f} MB were never finished."
        yield Finding("warning", "store", sentence, f"Run `find {folder} -name '.*.tmp' -mmin +60 -delete`.")


def _size_of_old(path: Path, before: float) -> int | None:
    try:
        found = path.stat()
    except OSError:  # it has just been renamed
        return None
    return found.st_size if found.st_mtime < before else None


def _damaged(store: Store) -> Iterator[Finding]:
    """Yield a finding where records cannot be read."""
    names = [
        *_unreadable(store.runs_folder, f"*/{RunFolder.record_file}", _read_run),
        *_unreadable(store.uploads_folder, f"*/{DATASET}", Dataset.open),
        *_unreadable(store.runs_folder, f"*/**/{STATUS}", written_status),
    ]
    if names:
        named = ", ".join(names[:MAX_NAMED])
        sentence = (
            f"{len(names)} records are damaged and left out of lists: {named}{', …' if len(names) > MAX_NAMED else ''}."
        )
        yield Finding(
            "warning",
            "store",
            sentence,
            f"Delete these folders below {store.folder}, or bring them back from a backup.",
        )
    else:
        yield Finding("ok", "records", "Every record of a run, a job and an upload can be read.")


def _read_run(folder: Path) -> None:
    run = RunFolder(folder)
    _ = run.spec, run.name


def _unreadable(folder: Path, pattern: str, read: Callable[[Path], object]) -> Iterator[str]:
    for path in folder.glob(pattern):
        try:
            read(path.parent)
        except (EmbedvizError, OSError):
            yield path.parent.relative_to(folder.parent).as_posix()
