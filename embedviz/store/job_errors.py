"""Errors of jobs: a job's log.txt holds the tracebacks, each under an id."""

from __future__ import annotations

from embedviz.core.home import home_path
from embedviz.core.jobs.folder import LOG

ERROR = "error"  # begins the line before a traceback, followed by its id


def find_job_error(error_id: str) -> str | None:
    """Return what the log of a job in the store says under an id; None where none has it."""
    for path in home_path().rglob(LOG):
        before, line, after = path.read_text(encoding="utf-8", errors="replace").rpartition(f"{ERROR} {error_id}\n")
        if line and (not before or before.endswith("\n")):
            text = after.split(f"\n{ERROR} ")[0].rstrip()
            return f"{path}\n{text}"
    return None
