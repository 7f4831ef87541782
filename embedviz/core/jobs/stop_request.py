"""Stop requests: a file in a job's folder that the process working there polls, whichever server wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from embedviz.core.jobs.lease import current_generation
from embedviz.core.typed_json import read_typed, write_typed

FILE = "stop.json"


@dataclass(frozen=True)
class StopRequest:
    """A Stop that somebody asked for. lease: number of the lease that it is meant for, so that it ends no later part."""

    lease: int


def request_stop(folder: Path) -> None:
    """Ask whoever works on the folder now to stop."""
    write_typed(folder / FILE, StopRequest(current_generation(folder)))


def is_stop_requested(folder: Path, lease: int) -> bool:
    """Return True when someone asked the holder of this lease to stop."""
    request = read_typed(folder / FILE, StopRequest)
    return request is not None and request.lease == lease
