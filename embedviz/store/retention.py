"""How long the store keeps what, and the sweep that deletes what is past its time."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from embedviz.core.errors import EmbedvizError
from embedviz.core.jobs.status import FILE as STATUS
from embedviz.core.jobs.status import FINAL, repair
from embedviz.core.mode import is_shared
from embedviz.core.torn_files import TORN_AGE_S, remove_torn_file
from embedviz.core.write_marks import is_being_written
from embedviz.store.kept import (
    DELETED,
    GIVEN,
    RUNS,
    TRASH,
    VIEWS,
    Kept,
    discard,
    everything_kept,
    is_at_work,
    newest_change,
    unrecorded,
)
from embedviz.store.table_folders import MAX_AGE_S, TABLES, sweep_tables

HOUR_S = 3600.0
DELETED_LIFE_S = 24 * HOUR_S  # a deleted run can be brought back
GIVEN_LIFE_S = 7 * 86400.0  # of a table given in memory that nothing in the store refers to; a run elsewhere may
PREDICTION_LIFE_S = 2 * HOUR_S  # after that a prediction is computed again
SHARED_LIFE_S = 2 * HOUR_S  # on a public host: of a run after its end, and of an upload after its last use
DOWNLOADS = ("vectors", "downloaded")  # folders of the store with files from other hosts
_FINAL_STATES = tuple(f'"state": "{state}"'.encode() for state in FINAL)  # as they are written
logger = logging.getLogger(__name__)


def life_of(kept: Kept) -> float:
    """Return the seconds that something is kept after its last use; infinite for what stays until somebody deletes it."""
    if kept.kind == "prediction":
        return PREDICTION_LIFE_S
    if is_shared():
        return SHARED_LIFE_S
    return DELETED_LIFE_S if kept.is_deleted else float("inf")


def sweep(store: Path, now: float | None = None) -> None:
    """Write down which jobs were interrupted, and delete what is past its time: torn files, deleted runs, predictions, parsed tables, tables given in memory that nothing
    refers to any more, what was asked of runs that are gone and, on a public host, ended runs and experiments and unused uploads.

    What is being worked on or read stays. What cannot be deleted is named in the log, and the rest goes.

    Parameters
    ----------
    store : Path
        Folder of the store.
    now : float, optional
        Seconds since 1970; by default the time it is.
    """
    now = time.time() if now is None else now
    shutil.rmtree(store / TRASH, ignore_errors=True)
    steps: tuple[Callable[[Path, float], None], ...] = (
        _sweep_torn,
        _sweep_unrecorded,
        _sweep_past,
        _sweep_views,
        _sweep_given,
        _sweep_tables,
    )
    for step in steps:
        try:
            step(store, now)
        except OSError as error:
            logger.warning("%s: %s", step.__name__, error)


def expendable(store: Path, before: Callable[[Kept], float]) -> list[Kept]:
    """Return what has ended and was not used since a time, the oldest first.

    Parameters
    ----------
    store : Path
        Folder of the store.
    before : callable
        The time for each of what is kept, in seconds since 1970.
    """
    kept = list(everything_kept(store))
    used: dict[str, float] = defaultdict(float)  # id of a data set -> last use by a run, a prediction or an experiment
    for each in kept:
        if each.kind != "upload" and not each.is_deleted:
            used[each.data_id] = max(used[each.data_id], each.last_use)
    found: list[tuple[float, Kept]] = []
    for each in kept:
        last_use = each.last_use
        if each.kind == "upload" and not each.is_deleted:
            last_use = max(last_use, used[each.folder.name])
        if each.kind != "view" and last_use < before(each) and not _is_in_use(store, each):
            found.append((last_use, each))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _is_in_use(store: Path, kept: Kept) -> bool:
    """True while a job works on it: its own, or for a run one of a visitor."""
    views = (store / VIEWS).glob(f"*/{kept.folder.name}") if kept.kind == "run" and not kept.is_deleted else ()
    return any(is_at_work(folder) for folder in (kept.folder, *views))


def _sweep_torn(store: Path, now: float) -> None:
    """Remove torn files, and write down what jobs were interrupted, in one walk."""
    for part in _entries(store):
        is_download = part.name in DOWNLOADS
        for entry in _files_below(part) if part.is_dir(follow_symlinks=False) else [part]:
            if entry.name == STATUS:
                _repair(Path(entry.path).parent)
            elif is_download or entry.name.startswith("."):
                remove_torn_file(Path(entry.path), now, is_download)


def _repair(job: Path) -> None:
    try:
        if not any(state in (job / STATUS).read_bytes() for state in _FINAL_STATES):
            repair(job)
    except (EmbedvizError, OSError) as error:
        logger.warning("%s: %s", job, error)


def _files_below(folder: os.DirEntry[str]) -> Iterator[os.DirEntry[str]]:
    waiting = [folder.path]
    while waiting:
        for entry in _entries(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # deleted meanwhile, or closed to us
        return []


def _sweep_unrecorded(store: Path, now: float) -> None:
    """Delete the folders of a process that was killed before it wrote what they are."""
    for folder in unrecorded(store):
        try:
            is_torn = newest_change(folder) < now - TORN_AGE_S
        except FileNotFoundError:
            continue
        if is_torn and not any(is_being_written(path) for path in folder.rglob(".*.tmp")):
            discard(store, folder)


def _sweep_past(store: Path, now: float) -> None:
    for kept in expendable(store, lambda each: now - life_of(each)):
        discard(store, kept.folder)


def _sweep_views(store: Path, now: float) -> None:
    for visitor in (store / VIEWS).glob("*"):
        for folder in visitor.glob("*"):
            if not any((store / part / folder.name).exists() for part in (RUNS, DELETED)) and not is_at_work(folder):
                discard(store, folder)
        if visitor.stat().st_mtime < now - TORN_AGE_S and not any(visitor.iterdir()):
            visitor.rmdir()


def _sweep_given(store: Path, now: float) -> None:
    """Tables that came as objects of Python go once no data refers to them; one given lately may be about to get its data set."""
    old = [path for path in (store / GIVEN).glob("*") if path.stat().st_mtime < now - GIVEN_LIFE_S]
    if not old:
        return
    references = [each.data for each in everything_kept(store) if each.data]
    used = {Path(file["path"]).parent.name for reference in references for file in reference.get("parts", [])}
    for path in old:
        if path.name not in used:
            discard(store, path)


def _sweep_tables(store: Path, now: float) -> None:
    sweep_tables(store / TABLES, max_age=SHARED_LIFE_S if is_shared() else MAX_AGE_S, now=now)
