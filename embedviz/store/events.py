"""events.jsonl: one line an event, only ever appended to. A reader accepts a last line that is still being written."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from embedviz.core.progress import Progress

FILE = "events.jsonl"


class EventsRead(NamedTuple):
    """events since the offset, and the offset to go on from."""

    events: list[dict[str, Any]]
    offset: int


class EventLog:
    """Appends events to a job's events.jsonl, a line each, flushed at once."""

    def __init__(self, folder: Path):
        self._file = open(folder / FILE, "ab", buffering=0)  # noqa: SIM115 - held for the length of the job
        if self._file.tell() and not _ends_with_newline(folder / FILE):
            self._file.write(b"\n")  # a worker was killed in the middle of a line; ours starts on a fresh one

    def append(self, progress: Progress, **more: Any) -> None:
        """Writes one event with the time, in seconds since 1970, and whatever else is said."""
        line = json.dumps({"time": round(time.time(), 3), **progress.as_dict(), **more}, ensure_ascii=False)
        self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        self._file.close()


def read_events(folder: Path, offset: int = 0) -> EventsRead:
    """The whole events after byte `offset`. Lines that are not JSON (a killed writer's last) are passed over."""
    try:
        with open(folder / FILE, "rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return EventsRead([], 0)
    whole = data[: data.rfind(b"\n") + 1]
    events = []
    for line in whole.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(event)
    return EventsRead(events, offset + len(whole))


def _ends_with_newline(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
