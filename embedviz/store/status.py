"""The state of a job, in status.json: who works on it, since when, and why it ended."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import psutil

from embedviz.core.files import read_json, write_json

State = Literal["queued", "running", "done", "stopped", "failed", "interrupted"]
FINAL: frozenset[State] = frozenset({"done", "stopped", "failed", "interrupted"})
RESUMABLE: frozenset[State] = frozenset({"stopped", "failed", "interrupted"})
FILE = "status.json"


@dataclass(frozen=True)
class Process:
    """A process by its id and start time (seconds since 1970): ids are used again, the pair is not."""

    pid: int
    started: float

    @classmethod
    def this(cls) -> Process:
        return cls(os.getpid(), psutil.Process().create_time())

    def is_alive(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            return abs(process.create_time() - self.started) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True)
class Status:
    """state; reason in a sentence where it ended otherwise than well; holder: the process that works on it or, while
    it is queued, that keeps the queue; times in seconds since 1970; seconds: work so far, resumed parts added up."""

    state: State
    reason: str = ""
    holder: Process | None = None
    queued: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    seconds: float = 0.0

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    def elapsed(self, now: float | None = None) -> float:
        """Seconds of work, counting the part under way."""
        under_way = (now or time.time()) - self.started if self.state == "running" else 0.0
        return self.seconds + under_way


def write_status(folder: Path, status: Status) -> None:
    write_json(folder / FILE, asdict(status))


def read_status(folder: Path) -> Status:
    """The state as it is now: a job whose holder has gone is `interrupted`, whatever its file still says."""
    values = read_json(folder / FILE)
    if not values:
        return Status("interrupted", reason="It was never started.")
    holder = values.pop("holder")
    status = Status(**values, holder=Process(**holder) if holder else None)
    if status.is_final or (status.holder and status.holder.is_alive()):
        return status
    again = read_json(folder / FILE)  # the holder may have finished and left between the two looks
    if again.get("state") in FINAL:
        return read_status(folder)
    return interrupted(status)


def interrupted(status: Status, reason: str = "") -> Status:
    """The same job, given up by a process that went away."""
    if not reason:
        reason = (
            "The server went away before its turn came."
            if status.state == "queued"
            else "The process that worked on it went away (killed, out of memory, or the machine restarted)."
        )
    return replace(status, state="interrupted", reason=reason, holder=None)


def repair(folder: Path) -> bool:
    """Writes down what read_status sees when the file claims a process that is gone. True when it did."""
    status = read_status(folder)
    if read_json(folder / FILE).get("state") == status.state:
        return False
    write_status(folder, status)
    return True
