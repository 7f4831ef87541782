"""What to say when the disk does not take what is written."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from embedviz.core.home import home_path

FULL = "The disk of this machine is full. What was kept before is safe. Free some space, for one by deleting runs, and try again."
READ_ONLY = "The folder {} cannot be written to. Give this user the right to, or name another folder in EMBEDVIZ_HOME."
_FULL = (errno.ENOSPC, errno.EDQUOT)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
FULL_BYTES = 100_000  # less than a status and an event take


def disk_problem(error: OSError) -> str:
    """Return a sentence where an error of the system means a full disk or a folder that may not be written to; empty for others.

    Examples
    --------
    >>> disk_problem(OSError(28, "No space left on device"))[:37]
    'The disk of this machine is full. Wha'
    """
    if error.errno in _FULL:
        return FULL
    if error.errno in _READ_ONLY and error.filename is not None and _is_in_home(Path(str(error.filename))):
        return READ_ONLY.format(home_path())
    return ""


def is_full(folder: Path) -> bool:
    """Return True when there is hardly a byte left where the folder lies."""
    try:
        return shutil.disk_usage(folder).free < FULL_BYTES
    except OSError:
        return False


def _is_in_home(path: Path) -> bool:
    return path.absolute().is_relative_to(home_path())
