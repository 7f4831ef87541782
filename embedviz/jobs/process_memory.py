"""Memory that processes hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class ProcessMemory:
    """Memory of a process in bytes: its proportional set size, and what it shares with no other process.

    Where the system does not know the first, it is the resident set size.
    """

    share: int
    own: int


def memory_of(pids: Iterable[int | None]) -> dict[int, ProcessMemory]:
    """Return the memory of processes; those that have just ended are left out."""
    found = {}
    for pid in pids:
        if pid is None:  # it is not known yet
            continue
        try:
            full = psutil.Process(pid).memory_full_info()
        except psutil.Error:
            continue
        found[pid] = ProcessMemory(getattr(full, "pss", 0) or full.rss, full.uss)
    return found
