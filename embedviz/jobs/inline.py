"""A job done in this process, for those who call from Python or the command line."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from embedviz.core.errors import JobFailedError
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Control
from embedviz.core.progress import Progress
from embedviz.jobs.perform import perform

J = TypeVar("J", bound=JobFolder[Any])


def run_inline(job: J, on_progress: Callable[[Progress], Any] | None = None) -> J:
    """Do what of the job is still to be done. Ctrl-C stops it and keeps the best so far; a second one breaks it off.

    Parameters
    ----------
    job : JobFolder
        The job.
    on_progress : callable, optional
        Called with every event.

    Returns
    -------
    JobFolder
        The same job.

    Raises
    ------
    JobFailedError
        When it fails.
    RunError
        While another process works on it.
    """
    if job.status == "done":
        return job
    control = Control()
    with _stop_on_ctrl_c(control):
        state = perform(job, control, on_progress)
    if state == "failed":
        raise JobFailedError(job.state.reason, job.kind)
    return job


@contextlib.contextmanager
def _stop_on_ctrl_c(control: Control) -> Generator[None, None, None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone
        return
    before = signal.getsignal(signal.SIGINT)

    def request_stop(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        control.request_stop()

    signal.signal(signal.SIGINT, request_stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
