"""Marks on files that a living process writes: locks, which end with the process however it ends.

A system without such locks, Windows, has no marks; there a file in use cannot be deleted.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None


@contextlib.contextmanager
def marked_as_written(path: Path) -> Generator[None]:
    """Make a file, and mark it as long as the block lasts. Whatever writes it opens it once more."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def is_being_written(path: Path) -> bool:
    """Return True while a living process has the file marked."""
    if fcntl is None:
        return False
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(descriptor)
    return False
