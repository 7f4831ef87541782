"""The executor that a job hands further jobs to: the one that gave it to its worker, or this process's own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from embedviz.core.errors import RunError
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.stop_request import request_stop
from embedviz.jobs.shared_executor import shared_executor

ANSWER_S = 30.0  # that the server may take to queue a run


class JobTaker(Protocol):
    """The part of an executor that a job within another one can reach."""

    @property
    def capacity(self) -> int:
        """Trainings of one thread that run at once."""
        ...

    def submit(self, job: JobFolder[Any]) -> None:
        """Queue a job; as `Executor.submit`."""
        ...

    def stop(self, job: JobFolder[Any]) -> None:
        """Ask a job to stop; as `Executor.stop`."""
        ...


class ServersExecutor:
    """The executor of the server that this worker belongs to, by the lines between the two.

    Parameters
    ----------
    send : callable
        Called with the folder of a job to be queued.

    Attributes
    ----------
    capacity : int
        Trainings of one thread that the server runs at once.
    """

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self.capacity = 1  # set with each job
        self._answered = threading.Condition()
        self._refusals: dict[str, str] = {}

    def submit(self, job: JobFolder[Any]) -> None:
        """Hand the job in and wait until it is queued. RunError where it was refused, or the server does not answer."""
        folder = str(job.folder)
        self._send(folder)
        with self._answered:
            if not self._answered.wait_for(lambda: folder in self._refusals, ANSWER_S):
                raise RunError("The server does not take further jobs.")
            refusal = self._refusals.pop(folder)
        if refusal:
            raise RunError(refusal)

    def stop(self, job: JobFolder[Any]) -> None:
        """Ask the job to stop, by a file in its folder."""
        if not job.state.is_final:
            request_stop(job.folder)

    def take_answer(self, folder: str, refused: str) -> None:
        """Take what the server says of a job that was handed in."""
        with self._answered:
            self._refusals[folder] = refused
            self._answered.notify_all()


_of_the_worker: ServersExecutor | None = None


def current_executor() -> JobTaker:
    """Return the executor to which the job that runs in this process hands its own."""
    return _of_the_worker or shared_executor()


def set_servers_executor(executor: ServersExecutor) -> None:
    """Make this the executor of the process, which is a worker."""
    global _of_the_worker
    _of_the_worker = executor
