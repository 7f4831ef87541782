"""Jobs on a run: in the run's own folder for its owner, in a folder of their own for everybody else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.spec import JobSpec
from embedviz.store.run_folder import RunFolder

J = TypeVar("J", bound=JobFolder[Any])


def job_on(run: RunFolder, kind: type[J], part: str, spec: Callable[[Path], JobSpec]) -> J:
    """Return a job on a run; it is written when it is new, and then still to be submitted.

    A viewer who is not the owner gets the owner's job where that is done, and else one of their own: nobody writes to the run of
    another, or holds up its deletion.

    Parameters
    ----------
    run : RunFolder
        The run, as the viewer has it.
    kind : type
        Class of the job's folder.
    part : str
        Folder of such jobs, below the run's or the viewer's.
    spec : callable
        Returns the spec of the job, given the folder that it will lie in, from where `path_from` names others.
    """
    own = run.folder / part
    if run.work_folder != run.folder:
        kept = own / spec(own).key()
        if not (kind.exists(kept) and kind(kept).status == "done"):
            own = run.work_folder / part
    return kind.keyed(own, spec(own))


def find_job(run: RunFolder, kind: type[J], part: str, job_id: str) -> J | None:
    """Return the job with this id on a run, the viewer's or the owner's; None where there is none."""
    for folder in (run.work_folder / part / job_id, run.folder / part / job_id):
        if job_id.isalnum() and kind.exists(folder):
            return kind(folder)
    return None


def path_from(jobs: Path, target: Path) -> str:
    """Return a folder as seen from a job's below `jobs`, so that a store can be moved."""
    try:
        return Path(os.path.relpath(target, jobs / "job")).as_posix()
    except ValueError:  # on another drive
        return str(target.absolute())
