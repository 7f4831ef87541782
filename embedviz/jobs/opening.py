"""Opening a job by its folder alone, whatever kind it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from embedviz.core.jobs.folder import JobFolder
from embedviz.store.run_folder import RunFolder


def open_job(folder: Path) -> JobFolder[Any]:
    """Return the job in a folder: a run where there is one. RunError where there is none."""
    return RunFolder(folder) if RunFolder.exists(folder) else JobFolder[Any](folder)
