"""A job done in this process, for those who call from Python or the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from embedviz.core.errors import RunError
from embedviz.core.progress import Progress
from embedviz.jobs.control import Control
from embedviz.store.job import Job
from embedviz.store.status import Process

J = TypeVar("J", bound=Job)


def do_here(job: J, on_progress: Callable[[Progress], Any] | None = None) -> J:
    """Does what of the job is still to be done. RunError when it fails, or while another process works on it."""
    from embedviz.jobs.worker import perform

    state = job.state
    if state.state == "done":
        return job
    if not state.is_final and state.holder != Process.this():
        raise RunError(f"Another process is at the {job.kind} of this run already. Wait until it has ended.")
    if perform(job.folder, job.kind, Control(), on_progress) == "failed":
        raise RunError(job.state.reason)
    return job
