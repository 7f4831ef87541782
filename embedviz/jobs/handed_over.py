"""Doing a job whose lease an executor took and handed over, in a process that does jobs one by one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path

from embedviz.core.jobs.folder import LOG
from embedviz.core.jobs.lease import Lease
from embedviz.core.jobs.reporter import Control
from embedviz.core.jobs.status import State
from embedviz.jobs.opening import open_job
from embedviz.jobs.perform import perform


def perform_handed_over(folder: Path, generation: int, token: str, control: Control | None = None) -> State:
    """Do the job in a folder, with what the process prints meanwhile in the job's log.

    Parameters
    ----------
    folder : Path
        The job's folder.
    generation, token : int, str
        The lease that the executor took.
    control : Control, optional
        Flags that stop or interrupt it.

    Returns
    -------
    str
        The state in which it ended.
    """
    with _output_to(folder / LOG):
        return perform(open_job(folder), control, lease=Lease.adopt(folder, generation, token))


@contextlib.contextmanager
def _output_to(path: Path) -> Generator[None, None, None]:
    """Send what the process prints meanwhile, libraries in C included, to the file."""
    kept = os.dup(1), os.dup(2)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(file, 1)
        os.dup2(file, 2)
        yield
    finally:
        for number, before in enumerate(kept, start=1):
            os.dup2(before, number)
            os.close(before)
        os.close(file)
