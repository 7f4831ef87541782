"""What is counted and logged of jobs: that one began, ended or was refused."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Generator
from dataclasses import dataclass

from embedviz.core.errors import EmbedvizError, QueueFullError, RunError
from embedviz.core.home import home_path
from embedviz.core.jobs.declaration import Lane
from embedviz.core.jobs.status import Status, written_status
from embedviz.core.logs import log_event, visitor_hash
from embedviz.core.metrics import JOB_DURATION, JOB_WAIT, JOBS, count_refusal
from embedviz.jobs.worker_process import HeldJob

UNAVAILABLE = "unavailable"  # the job has ended, or another process works on it
RUN_IN = {"runs": 1, "views": 2}  # which part of the path in the store is the run
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LaneLoad:
    """How many jobs of a lane wait, how many run, and the processes of its workers."""

    waiting: int
    running: int
    processes: list[int]


@contextlib.contextmanager
def refusals_counted(kind: str, owner: str) -> Generator[None]:
    """Count a job that is refused inside."""
    try:
        yield
    except RunError as error:
        reason = error.limit if isinstance(error, QueueFullError) else UNAVAILABLE
        count_refusal(reason, kind=kind, visitor=visitor_hash(owner))
        raise


def count_begun(held: HeldJob, lane: Lane) -> None:
    """Count a job that was given to a worker."""
    status = _status(held)
    waited = max(0.0, time.time() - status.queued) if status and status.queued else 0.0
    JOB_WAIT.labels(lane).observe(waited)
    log_event(logger, "job begun", **_names(held), lane=lane, wait=round(waited, 3))


def count_ended(held: HeldJob, peak_bytes: int = 0) -> None:
    """Count a job that has ended, as its status says.

    Parameters
    ----------
    held : HeldJob
        The job.
    peak_bytes : int, optional
        The most memory that its worker held meanwhile; 0 where nobody looked.
    """
    status = _status(held)
    if status is None or not status.is_final:  # its folder was deleted, or its end could not be written
        return
    seconds = max(0.0, status.ended - status.started) if status.started else 0.0
    JOBS.labels(held.job.kind, status.state).inc()
    JOB_DURATION.labels(held.job.kind).observe(seconds)
    peak = round(peak_bytes / 1e6) if peak_bytes else None
    log_event(logger, "job ended", **_names(held), state=status.state, seconds=round(seconds, 3), peak_mb=peak)


def _names(held: HeldJob) -> dict[str, object]:
    """Return the fields that say which job it is. Its folder is no field: it may hold the name of a visitor."""
    parts = held.folder.relative_to(home_path()).parts if held.folder.is_relative_to(home_path()) else ()
    place = RUN_IN.get(parts[0]) if parts else None
    run = parts[place] if place and len(parts) > place else None
    job = held.folder.name if held.folder.name != run else None
    return {"kind": held.job.kind, "run": run, "job": job, "visitor": visitor_hash(held.owner)}


def _status(held: HeldJob) -> Status | None:
    try:
        return written_status(held.folder)
    except (EmbedvizError, OSError):
        return None
