"""Folder of the store: EMBEDVIZ_HOME, a folder .embedviz here, or the person's folder of data."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from embedviz.core.errors import EmbedvizError
from embedviz.core.mode import is_shared

NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_BYTES = 100_000  # left: less than a status, an event and a lease take
PROJECT_STORE = ".embedviz"  # a folder of this name here keeps the runs of a project together


def home_path() -> Path:
    """Return the folder of the store, whether or not it is there.

    EMBEDVIZ_HOME names it; else it is .embedviz in the working folder if that is there, else embedviz in the person's folder
    of data (~/.local/share on Linux), so that the app finds its runs wherever it is started.
    """
    return Path(os.environ.get("EMBEDVIZ_HOME") or _default()).absolute()


def home() -> Path:
    """Return the folder of the store, made when missing, for its owner only. EmbedvizError where it cannot be made."""
    return made_folder(home_path())


def made_folder(folder: Path) -> Path:
    """Return a folder of the store, made when missing, for its owner only. EmbedvizError where it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbedvizError(
            f"The folder of the store, {folder}, cannot be made: {error.strerror or error}. Name another in EMBEDVIZ_HOME."
        ) from error
    return folder


def store_trouble(error: BaseException) -> str:
    """Return the sentence about an error that a store without room, or without the right to write to it, raises; else "".

    Examples
    --------
    >>> store_trouble(ValueError("something else"))
    ''
    """
    if not isinstance(error, OSError):
        return ""
    if error.errno in FULL:
        return full_sentence()
    lies_in_store = error.filename is not None and Path(os.fsdecode(error.filename)).is_relative_to(home_path())
    if error.errno in NOT_WRITABLE and lies_in_store:
        return (
            f"The store at {home_path()} cannot be written to: {error.strerror}. Give this user the right to write there, or "
            "name another folder in EMBEDVIZ_HOME."
        )
    return ""


def full_sentence() -> str:
    """Return the sentence about a full disk. A visitor of a shared server cannot make room on it."""
    if is_shared():
        return "The disk of this server is full. What was kept before is safe. Try again later."
    return f"The disk of the store, {home_path()}, is full. Make room on it, or name another folder in EMBEDVIZ_HOME."


def is_full() -> bool:
    """Return True when there is hardly a byte left for the store."""
    try:
        return shutil.disk_usage(home_path()).free < FULL_BYTES
    except OSError:
        return False


def _default() -> Path:
    beside = Path(PROJECT_STORE)
    if beside.is_dir():
        return beside
    import platformdirs

    return platformdirs.user_data_path("embedviz", appauthor=False)
