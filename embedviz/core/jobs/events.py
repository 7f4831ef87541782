"""events.jsonl: one line an event, only ever appended to. A reader accepts a last line that is still being written."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack, cast

from embedviz.core.cost import CostFields
from embedviz.core.progress import Progress, ProgressFields

FILE = "events.jsonl"


class EventDetails(TypedDict, total=False):
    """Values that a job adds to an event.

    probes: word -> [[label, similarity], ...], its neighbors at that time. estimate: reported once the data is prepared.
    """

    probes: dict[str, list[tuple[str, float]]]
    estimate: CostFields


class Event(ProgressFields, EventDetails, total=False):
    """A line of events.jsonl: the fields of a Progress that hold something, the job's details, and the time.

    time: seconds since 1970.
    """

    time: float


class EventsRead(NamedTuple):
    """Events since an offset, and the offset to go on from."""

    events: list[Event]
    offset: int


class EventLog:
    """Append-only writer of a job's events.jsonl: a line an event, flushed at once."""

    def __init__(self, folder: Path) -> None:
        self._file = open(folder / FILE, "ab", buffering=0)  # noqa: SIM115 - held for the length of the job
        if self._file.tell() and not _ends_with_newline(folder / FILE):
            self._file.write(b"\n")  # a worker was killed in the middle of a line; ours starts on a fresh one

    def append(self, progress: Progress, **details: Unpack[EventDetails]) -> None:
        """Write one event with the time and its details."""
        event: Event = {"time": round(time.time(), 3), **progress.as_dict(), **details}
        line = json.dumps(event, ensure_ascii=False)
        self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_events(folder: Path, offset: int = 0) -> EventsRead:
    """Read the whole events after byte `offset`. Lines that are not JSON, such as a killed writer's last, are skipped."""
    try:
        with open(folder / FILE, "rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return EventsRead([], 0)
    whole = data[: data.rfind(b"\n") + 1]
    events: list[Event] = []
    for line in whole.splitlines():
        try:
            event: object = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(cast(Event, event))
    return EventsRead(events, offset + len(whole))


def _ends_with_newline(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
