"""A job: a folder that says what is to be done, what came of it, and how far it is. Runs, maps and readings are jobs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, ClassVar

from embedviz.core.errors import RunError
from embedviz.core.files import folder_bytes, read_json, write_json
from embedviz.store import events, status
from embedviz.store.status import Process, Status

LOG = "log.txt"
TRAINING_LANE = ("training", "baselines", "repeats")


class Job:
    """What is written in one folder. Nothing is held in memory: two processes that open it see the same.

    kind names the function that does the work (embedviz.jobs.worker); lane the queue it waits in, "training" or
    "short": a training keeps no map and no reading waiting.
    """

    spec_file: ClassVar[str] = "job.json"

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)
        self.spec: dict[str, Any] = read_json(self.folder / self.spec_file)
        if not self.spec:
            raise RunError(f"There is nothing at this address any more: {self.folder.name} is not in the store.")

    @classmethod
    def write(cls, folder: Path, spec: dict[str, Any]) -> None:
        """Makes the folder, readable by its owner only, with the job's spec in it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_json(folder / cls.spec_file, {"created": time.time(), **spec})

    @property
    def id(self) -> str:
        return self.spec["id"]

    @property
    def kind(self) -> str:
        return self.spec["kind"]

    @property
    def lane(self) -> str:
        return "training" if self.kind in TRAINING_LANE else "short"

    @property
    def state(self) -> Status:
        """The state with its reason and times, as it is now."""
        return status.read_status(self.folder)

    @property
    def status(self) -> str:
        """The state's name: queued, running, done, stopped, failed or interrupted."""
        return self.state.state

    def events(self, offset: int = 0) -> events.EventsRead:
        """The events written after byte `offset` of the log."""
        return events.read_events(self.folder, offset)

    def last_event(self) -> dict[str, Any]:
        read = self.events(_tail_offset(self.folder / events.FILE))
        return read.events[-1] if read.events else {}

    def wait(self, timeout: float | None = None) -> str:
        """Waits until the job has ended, and says how. TimeoutError after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while not (now := self.state).is_final:
            if until is not None and time.monotonic() > until:
                raise TimeoutError(f"{self.kind} {self.id} is still {now.state} after {timeout} s.")
            time.sleep(0.05)
        return now.state

    def size(self) -> int:
        """Bytes on disk."""
        return folder_bytes(self.folder)

    def enqueue_status(self, holder: Process) -> None:
        """Marks the job as waiting in the queue that `holder` keeps; the seconds of earlier parts are kept."""
        before = read_json(self.folder / status.FILE).get("seconds", 0.0)
        status.write_status(self.folder, Status("queued", holder=holder, queued=time.time(), seconds=before))


def _tail_offset(path: Path, tail: int = 65536) -> int:
    """A byte offset near the end of the file; the first line read from there may be cut, which a reader accepts."""
    return max(0, path.stat().st_size - tail) if path.exists() else 0
