"""The state of a job, in status.json. Whoever holds the folder's lease writes it; everybody may read it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from embedviz.core.jobs.lease import Lease, current_generation, is_alive
from embedviz.core.typed_json import read_typed, write_typed

State = Literal["queued", "running", "done", "stopped", "failed", "interrupted"]
FINAL: frozenset[State] = frozenset({"done", "stopped", "failed", "interrupted"})
RESUMABLE: frozenset[State] = frozenset({"stopped", "failed", "interrupted"})
FILE = "status.json"
NEVER_STARTED = "It was never started."


@dataclass(frozen=True)
class Status:
    """The state of a job with its reason and times.

    Attributes
    ----------
    state : str
        queued, running, done, stopped, failed or interrupted.
    reason : str
        Why it ended, in a sentence, where it did not end well.
    lease : int
        Number of the lease under which this was written.
    queued, started, ended : float
        Times in seconds since 1970; 0 for what has not happened.
    seconds : float
        Seconds of work that has ended, parts before a Resume included.
    """

    state: State
    reason: str = ""
    lease: int = 0
    queued: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    seconds: float = 0.0

    @property
    def is_final(self) -> bool:
        """True when nobody works on the job, nor will without a Resume."""
        return self.state in FINAL

    def elapsed(self, now: float | None = None) -> float:
        """Return the seconds of work, counting the part under way."""
        under_way = (now or time.time()) - self.started if self.state == "running" else 0.0
        return self.seconds + max(0.0, under_way)  # the wall clock may have been set back


def write_status(folder: Path, status: Status) -> None:
    """Write status.json in one step."""
    write_typed(folder / FILE, status)


def written_status(folder: Path) -> Status | None:
    """Return what status.json says, whether or not its writer is still alive; None when there is no such file."""
    return read_typed(folder / FILE, Status)


def read_status(folder: Path) -> Status:
    """Return the current state: a job whose lease has run out is `interrupted`, even where its file has another state.

    A process that takes a lease over writes the status a moment later; until then it is what it was.
    """
    status = written_status(folder)
    if status is None:
        return Status("interrupted", reason=NEVER_STARTED)
    if status.is_final or is_alive(folder, current_generation(folder)):
        return status
    again = written_status(folder)  # the holder may have finished between the two looks
    if again is not None and again != status:
        return read_status(folder)
    return interrupted(status)


def interrupted(status: Status, reason: str = "") -> Status:
    """Return the status of the same job after its process went away.

    Parameters
    ----------
    status : Status
        The last that was known.
    reason : str, optional
        Why, in a sentence; by default the usual one for its state.
    """
    if not reason:
        reason = (
            "The server went away before its turn came."
            if status.state == "queued"
            else "The process that worked on it went away (killed, out of memory, or the machine restarted)."
        )
    return replace(status, state="interrupted", reason=reason)


def take_lease(folder: Path) -> Lease | None:
    """Take the folder's lease. None while another process works on the job or keeps it in its queue."""
    status = written_status(folder)
    return Lease.take(folder, over=status.lease if status and status.is_final else 0)


def repair(folder: Path) -> bool:
    """Write down that a job was interrupted, when its file claims that it goes on and its lease has run out.

    Returns
    -------
    bool
        True when the file was written.
    """
    written = written_status(folder)
    if written is None or written.is_final or not read_status(folder).is_final:
        return False
    lease = take_lease(folder)
    if lease is None:
        return False  # another server was quicker
    now = written_status(folder)
    if now is None or now.is_final:
        lease.release()
        return False
    write_status(folder, replace(interrupted(now), lease=lease.generation, ended=time.time()))
    return True
