"""The folder of a job: what is to be done, how far it is, and what came of it. Runs, maps and readings are jobs."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar, cast

from embedviz.core.errors import RunError
from embedviz.core.files import folder_bytes
from embedviz.core.jobs import events, status
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.jobs.status import Status
from embedviz.core.typed_json import JsonObject, parse_typed, read_typed, write_typed

S = TypeVar("S", bound=JobSpec)
LOG = "log.txt"
WAIT_INTERVAL_S = 0.05
TAIL_BYTES = 65_536


@dataclass(frozen=True)
class JobRecord:
    """Contents of job.json, which is written once.

    Attributes
    ----------
    kind : str
        Name of the declaration that does the job.
    id : str
        Name of the job, unique in the store.
    created : float
        Seconds since 1970.
    spec : dict
        The fields of the kind's spec class, against which `JobFolder.spec` checks them.
    """

    kind: str
    id: str
    created: float
    spec: JsonObject = field(default_factory=JsonObject)


R = TypeVar("R", bound=JobRecord)


class JobFolder(Generic[S]):
    """A job by its folder. Nothing that changes is held in memory: two processes that open it see the same.

    A subclass sets `spec_class` and adds what the job writes.

    Parameters
    ----------
    folder : Path or str
        A folder with a job in it.

    Raises
    ------
    RunError
        When there is no job in the folder.
    DataError
        When its record cannot be read.
    """

    record_file: ClassVar[str] = "job.json"
    record_class: ClassVar[type[JobRecord]] = JobRecord
    spec_class: ClassVar[type[JobSpec]]

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._record = read_record(self.folder / self.record_file, self.record_class)

    @classmethod
    def create(cls, folder: Path, spec: S, job_id: str) -> Self:
        """Return the job in `folder`; write it first where there is none.

        Parameters
        ----------
        folder : Path
            Made when missing, readable by its owner only.
        spec : JobSpec
            What is to be done.
        job_id : str
            A name that is unique in the store.
        """
        if not cls.exists(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_typed(folder / cls.record_file, JobRecord(spec.kind, job_id, time.time(), asdict(spec)))
        return cls(folder)

    @classmethod
    def keyed(cls, parent: Path, spec: S) -> Self:
        """Return the job with this spec below `parent`, in a folder named after the spec's key."""
        key = spec.key()
        return cls.create(parent / key, spec, key)

    @classmethod
    def exists(cls, folder: Path) -> bool:
        """Return True when a job was created in the folder."""
        return (folder / cls.record_file).is_file()

    @property
    def id(self) -> str:
        """Name of the job, unique in the store."""
        return self._record.id

    @property
    def kind(self) -> str:
        """Name of the declaration that does the job."""
        return self._record.kind

    @property
    def created(self) -> float:
        """When it was asked for, in seconds since 1970."""
        return self._record.created

    @cached_property
    def spec(self) -> S:
        """Specification of the job. DataError when another version of embedviz wrote something else."""
        return self.spec_as(cast("type[S]", self.spec_class))

    def spec_as(self, spec_class: type[S]) -> S:
        """Return the spec as an instance of this class. DataError when it does not fit."""
        return parse_typed(self._record.spec, spec_class, self.record_file)

    @property
    def state(self) -> Status:
        """The state with its reason and times, as it is now."""
        return status.read_status(self.folder)

    @property
    def status(self) -> str:
        """Name of the state: queued, running, done, stopped, failed or interrupted."""
        return self.state.state

    def events(self, offset: int = 0) -> events.EventsRead:
        """Read the events written after byte `offset` of the log."""
        return events.read_events(self.folder, offset)

    def last_event(self) -> events.Event:
        """Return the last event; empty when there is none."""
        path = self.folder / events.FILE
        start = max(0, path.stat().st_size - TAIL_BYTES) if path.exists() else 0  # a first line may be cut
        read = self.events(start)
        return read.events[-1] if read.events else {}

    def wait(self, timeout: float | None = None) -> str:
        """Wait until the job has ended.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most.

        Returns
        -------
        str
            Name of the state in which it ended.

        Raises
        ------
        TimeoutError
            When it has not ended in time.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while not (now := self.state).is_final:
            if until is not None and time.monotonic() > until:
                raise TimeoutError(f"{self.kind} {self.id} is still {now.state} after {timeout} s.")
            time.sleep(WAIT_INTERVAL_S)
        return now.state

    def size(self) -> int:
        """Return the bytes on disk."""
        return folder_bytes(self.folder)


def read_record(path: Path, record_class: type[R]) -> R:
    """Read the record of a job.

    The first version of embedviz wrote the spec's fields beside `kind` and `id`; such records are read as well.

    Parameters
    ----------
    path : Path
        job.json or run.json.
    record_class : type
        JobRecord, or a class with more fields.

    Raises
    ------
    RunError
        When there is no such file.
    DataError
        When it cannot be read.
    """
    values = read_typed(path, JsonObject)
    if values is None:
        raise RunError(f"There is nothing at this address: {path.parent.name} is not in the store.")
    return parse_typed({"spec": values, **values}, record_class, path.name)
