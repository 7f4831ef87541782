"""Protocol of executors, which run jobs for the pages and the API, whichever machine the jobs run on."""

from __future__ import annotations

import shutil
import time
from typing import Any, Protocol, Self

from embedviz.core.cost import Machine
from embedviz.core.errors import QueueFullError, RunError
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.lease import Lease
from embedviz.core.jobs.status import RESUMABLE, Status, read_status, take_lease, write_status, written_status
from embedviz.core.limits import ELSEWHERE, HostLimits
from embedviz.store.ids import LOCAL_OWNER

STOP_GRACE_S = 30.0  # a job may take to measure and save after a Stop


class Executor(Protocol):
    """Runs jobs. All methods may be called from any thread.

    An executor takes a job by `take_for_queue` and keeps the lease alive; the process that does the job goes on with that lease. Several executors may work on one store: a job that one of them holds is left alone by the others.
    """

    @property
    def machine(self) -> Machine:
        """The machine that trains: its best device and its measured speed, as far as they are known."""
        ...

    @property
    def capacity(self) -> int:
        """Trainings of one thread that run at once."""
        ...

    def submit(self, job: JobFolder[Any], owner: str = LOCAL_OWNER) -> None:
        """Queue a job that is new, or was stopped, failed or interrupted. owner: who asks for it.

        Raises
        ------
        QueueFullError
            When too many jobs wait.
        RunError
            When it is done, or another process works on it.
        """
        ...

    def stop(self, job: JobFolder[Any]) -> None:
        """Take a job out of the queue, or ask it to stop and keep the best so far. Nothing when it has ended."""
        ...

    def place(self, job: JobFolder[Any]) -> int:
        """Return 1 for the next job in its queue, 2 behind it; 0 when it does not wait here."""
        ...

    def expected_wait(self, job: JobFolder[Any]) -> float | None:
        """Return the seconds until a waiting job begins; None when it does not wait here, or nobody knows."""
        ...

    def close(self) -> None:
        """Let every job save its state and end."""
        ...


class SharedExecutor(Executor, Protocol):
    """An executor that a process starts and closes."""

    @property
    def is_closed(self) -> bool:
        """True once `close` was called."""
        ...

    def start(self) -> Self:
        """Get ready for the first job, without waiting for that."""
        ...


class PartExecutor(SharedExecutor, Protocol):
    """An executor that leaves trainings to another one, which is given to it as it is made."""

    def tell_capacity(self) -> None:
        """Take notice that the capacity of the other one has changed."""
        ...


def check_room(waiting_of_owner: int, waiting: int, limits: HostLimits) -> None:
    """Return if one more job may wait.

    Parameters
    ----------
    waiting_of_owner, waiting : int
        Jobs that wait already, those of its owner and all.
    limits : HostLimits
        How many may.

    Raises
    ------
    QueueFullError
        When too many wait.
    """
    if limits.visitor_waiting is not None and waiting_of_owner >= limits.visitor_waiting:
        raise QueueFullError(
            f"{waiting_of_owner} of your jobs are waiting already. Take one out of the queue, or try again when one has begun.",
            "visitor_waiting",
        )
    if limits.waiting is not None and waiting >= limits.waiting:
        raise QueueFullError(f"{waiting} jobs are waiting already. Try again in a few minutes. {ELSEWHERE}")


def submit_new(executor: Executor, job: JobFolder[Any], owner: str = LOCAL_OWNER) -> None:
    """Queue a job that was just created. One that is refused leaves nothing behind; the error is that of `submit`."""
    try:
        executor.submit(job, owner)
    except RunError:
        shutil.rmtree(job.folder, ignore_errors=True)
        raise


def take_for_queue(job: JobFolder[Any]) -> Lease:
    """Take the lease of a job and mark it as queued. Whoever does the job goes on with this lease.

    Raises
    ------
    RunError
        When the job cannot be resumed from its state, or another process holds it.
    """
    seen = written_status(job.folder)
    _check_resumable(read_status(job.folder))
    lease = take_lease(job.folder)
    if lease is None:
        raise RunError("Another process is working on this. Wait until it has ended, or stop it.")
    before = written_status(job.folder)
    try:
        if before is not None and before != seen:  # another process was quicker
            _check_resumable(before)
    except RunError:
        lease.release()
        raise
    seconds = before.seconds if before else 0.0
    write_status(job.folder, Status("queued", lease=lease.generation, queued=time.time(), seconds=seconds))
    return lease


def _check_resumable(status: Status) -> None:
    if status.state not in RESUMABLE:
        raise RunError(f"This run is {status.state}; only one that was stopped, failed or interrupted can be resumed.")
