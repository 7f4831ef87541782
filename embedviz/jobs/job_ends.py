"""How jobs end whose worker did not say so, and the writing of it, again and again where the disk does not take it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from embedviz.core.errors import EmbedvizError
from embedviz.core.home import full_sentence, is_full
from embedviz.core.jobs.status import Status, interrupted, write_status, written_status
from embedviz.jobs.forked_process import KILLED
from embedviz.jobs.job_metrics import count_ended
from embedviz.jobs.worker_process import HeldJob, WorkerProcess

End = Callable[[Status], Status]  # the last status of a job to the one that it ends in
logger = logging.getLogger(__name__)


class JobEnds:
    """Writes the ends of jobs. The disk may be full: what it does not take waits to be tried again."""

    def __init__(self) -> None:
        self._unwritten: list[tuple[HeldJob, End]] = []

    def write(self, held: HeldJob, end: End) -> None:
        """Write down how a job ended, or keep that for another time."""
        try:
            _write(held, end)
        except FileNotFoundError:  # its folder was deleted
            logger.warning("The end of %s was not written down: its folder is gone", held.folder)
        except (EmbedvizError, OSError) as error:
            logger.warning("The end of %s was not written down: %s", held.folder, error)
            self._unwritten.append((held, end))

    def take_unwritten(self) -> list[tuple[HeldJob, End]]:
        """Return what the disk has not taken yet, to be written again by the caller."""
        unwritten, self._unwritten = self._unwritten, []
        return unwritten


def end_of_exit(worker: WorkerProcess, held: HeldJob, code: int) -> End:
    """Return how a job ends whose worker exited, whether it was killed on purpose, by the system, or ended by itself."""
    killed = worker.killed_for
    if killed and killed.job is held:
        return lambda status: replace(status, state=killed.state, reason=killed.reason)
    if held.limits and not held.limits.keeps_best and code == KILLED:
        reason = held.limits.out_of_memory  # which the system's own watch over memory may have found
        return lambda status: replace(status, state="failed", reason=reason)
    reason = _reason(code)  # now: the disk may have room again when the end is written
    return lambda status: interrupted(status, reason)


def was_begun(worker: WorkerProcess, held: HeldJob) -> bool:
    """False for a job that a worker was given when it had died already, and the news of that came late."""
    if held.was_returned or not worker.was_ready or worker.is_to_stop(held):
        return True
    killed, written = worker.killed_for, written_status(held.folder)
    return bool(killed and killed.job is held) or written is None or written.state != "queued"


def _write(held: HeldJob, end: End) -> None:
    """Write the status that `end` makes of the last one, unless the job has ended or is another process's by now."""
    status = written_status(held.folder)
    if status and not status.is_final and held.lease.is_held():
        write_status(held.folder, replace(end(status), ended=time.time(), seconds=status.elapsed()))
        count_ended(held)


def _reason(code: int) -> str:
    if is_full():
        return full_sentence()
    if code == KILLED:
        return (
            "The process that worked on it was killed, or ran out of memory. Resume continues from the last checkpoint."
        )
    return f"The process that worked on it ended unexpectedly (exit code {code}). Resume continues from the last checkpoint."
