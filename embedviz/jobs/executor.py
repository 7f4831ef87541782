"""What runs jobs: the protocol that pages and the API call, whichever machine the jobs run on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from embedviz.core.jobs.folder import JobFolder


class Executor(Protocol):
    """Runs jobs. All methods may be called from any thread.

    An executor writes a job's `queued` status under a lease that it takes, and whoever does the job goes on with that
    lease. Several executors may work on one store: a job that one of them holds is left alone by the others.
    """

    @property
    def machine(self) -> Mapping[str, Any]:
        """What the training machine reported: its devices, and how fast it is. Empty until then."""
        ...

    def submit(self, job: JobFolder[Any]) -> None:
        """Queue a job that is new, or was stopped, failed or interrupted.

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

    def close(self) -> None:
        """Let every job save its state and end."""
        ...
