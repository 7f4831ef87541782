"""Stop requests and interruptions: files in a job's folder that the process working there polls, whichever server wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from embedviz.core.jobs.lease import current_generation
from embedviz.core.typed_json import read_typed, write_typed

FILE, INTERRUPT_FILE = "stop.json", "interrupt.json"


@dataclass(frozen=True)
class StopRequest:
    """A Stop that somebody asked for. lease: number of the lease that it is meant for, so that it ends no later part."""

    lease: int


@dataclass(frozen=True)
class InterruptRequest:
    """A job is to save its state and give way. lease: as of a StopRequest. reason: why, in a sentence."""

    lease: int
    reason: str


def request_stop(folder: Path) -> None:
    """Ask whoever works on the folder now to stop."""
    write_typed(folder / FILE, StopRequest(current_generation(folder)))


def is_stop_requested(folder: Path, lease: int) -> bool:
    """Return True when someone asked the holder of this lease to stop."""
    request = read_typed(folder / FILE, StopRequest)
    return request is not None and request.lease == lease


def request_interrupt(folder: Path, lease: int, reason: str) -> None:
    """Ask the holder of this lease to save its state and give way."""
    write_typed(folder / INTERRUPT_FILE, InterruptRequest(lease, reason))


def interrupt_reason(folder: Path, lease: int) -> str:
    """Return why the holder of this lease is to give way; empty where nobody asked for that."""
    request = read_typed(folder / INTERRUPT_FILE, InterruptRequest)
    return request.reason if request is not None and request.lease == lease else ""
