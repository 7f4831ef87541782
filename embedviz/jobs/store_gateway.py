"""The server's side of nodes that do not see the store: it sends them what a job reads, and writes what the job returns.

An actor of the Ray cluster on the server's machine. It keeps nothing that a restart would lose, and every call can be made
twice. Messages are bytes and plain values.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypedDict

from embedviz.core.errors import RunError
from embedviz.core.files import replacing
from embedviz.core.jobs.events import FILE as EVENTS
from embedviz.core.jobs.events import EventLog
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.lease import Lease
from embedviz.core.jobs.stop_request import FILE as STOP
from embedviz.core.jobs.stop_request import INTERRUPT_FILE
from embedviz.core.version import VERSION
from embedviz.jobs.job_inputs import APPENDED, job_inputs, path_of, place_of, written_folder
from embedviz.jobs.opening import open_job

REQUESTS = (STOP, INTERRUPT_FILE)  # files by which a job is asked to end


class Ticket(TypedDict):
    """A job, by its folder on the server, and the lease under which a node works on it."""

    folder: str
    lease: int
    token: str


class SentFile(TypedDict):
    """A file that a node gets. place: in the node's store. path: on the server. sha256: empty for one that may change."""

    place: str
    path: str
    sha256: str


class SentJob(TypedDict):
    """A job that a node gets.

    place: of its folder in the node's store. written: places of the folders that it writes into. sizes: of files that grow, in
    bytes, by their places.
    """

    place: str
    written: list[str]
    files: list[SentFile]
    sizes: dict[str, int]


class Changes(TypedDict):
    """What a job has written. All files by their places.

    appended: place, position in bytes, and what was written there. files: whole ones, in the order in which they are to be
    seen. removed: files that are gone. folders: in which requests are looked for.
    """

    appended: list[tuple[str, int, bytes]]
    files: list[tuple[str, bytes]]
    removed: list[str]
    folders: list[str]


class Answer(TypedDict):
    """What a node hears. is_held: False when the job is another process's by now. requests: files, by their places."""

    is_held: bool
    requests: list[tuple[str, bytes]]


class Gateway(Protocol):
    """What a node can ask of the server."""

    def job(self, ticket: Ticket) -> SentJob:
        """Return the job with the files that it reads."""
        ...

    def read(self, ticket: Ticket, path: str, position: int, size: int) -> bytes:
        """Return a part of such a file; shorter than `size` where the file ends."""
        ...

    def exchange(self, ticket: Ticket, changes: Changes) -> Answer:
        """Write what the job has written, and return what it is asked for."""
        ...

    def write_part(self, ticket: Ticket, place: str, position: int, part: bytes, is_last: bool) -> bool:
        """Write a part of a large file, which is seen after the last. False when the job is another process's by now."""
        ...


class StoreGateway:
    """The store of this machine, for nodes that do not see it.

    Parameters
    ----------
    environment : mapping
        Variables of the server: its store and its mode.
    version : str
        Version of embedviz on the server.

    Raises
    ------
    RunError
        When another version of embedviz is installed where Ray runs on this machine.
    """

    def __init__(self, environment: Mapping[str, str], version: str) -> None:
        if version != VERSION:
            raise RunError(f"Ray on the server's machine has embedviz {VERSION}, and the server {version}.")
        os.environ.update(environment)
        self._digests: dict[tuple[Path, int, int], str] = {}

    def job(self, ticket: Ticket) -> SentJob:
        """Return the job with the files that it reads.

        Raises
        ------
        RunError
            When the job is another process's by now, or this is not the server's machine.
        DataError, SettingsError
            When something that it reads is gone or was changed.
        """
        if not Path(ticket["folder"]).is_dir():
            raise RunError(
                f"Ray on {platform.node()} does not see {ticket['folder']}. Start Ray on the server's machine."
            )
        job = self._held(ticket)
        if job is None:
            raise RunError("Another process took this job over.")
        inputs = job_inputs(job)
        files: list[SentFile] = [
            {
                "place": file.place,
                "path": str(file.path),
                "sha256": (file.sha256 or self._sha256(file.path)) if file.is_data else "",
            }
            for file in inputs
        ]
        folders = {job.folder, *(file.path.parent for file in inputs if not file.is_data)}
        sizes = {place_of(path): _size(path) for folder in folders for path in (folder / name for name in APPENDED)}
        written = [place_of(written_folder(job))]
        return {"place": place_of(job.folder), "written": written, "files": files, "sizes": sizes}

    def read(self, ticket: Ticket, path: str, position: int, size: int) -> bytes:
        """Return a part of a file that the job reads. RunError for any other file."""
        job = self._held(ticket)
        if job is None or all(str(file.path) != path for file in job_inputs(job)):
            raise RunError(f"The job in {ticket['folder']} does not read {path}.")
        with open(path, "rb") as file:
            file.seek(position)
            return file.read(size)

    def exchange(self, ticket: Ticket, changes: Changes) -> Answer:
        """Write what the job has written, and return what it is asked for. RunError for files that it does not write."""
        job = self._held(ticket)
        if job is None:
            return {"is_held": False, "requests": []}
        for place, position, data in changes["appended"]:
            path = _made(path_of(place, job))
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.seek(position)
                file.write(data)
        for place in changes["removed"]:
            path_of(place, job).unlink(missing_ok=True)
        for place, data in changes["files"]:
            with replacing(_made(path_of(place, job))) as temporary:
                temporary.write_bytes(data)
        asked = [(f"{place}/{name}", path_of(place, job) / name) for place in changes["folders"] for name in REQUESTS]
        return {"is_held": True, "requests": [(place, path.read_bytes()) for place, path in asked if path.is_file()]}

    def write_part(self, ticket: Ticket, place: str, position: int, part: bytes, is_last: bool) -> bool:
        """Write a part of a large file, which is seen after the last. False when the job is another process's by now."""
        job = self._held(ticket)
        if job is None:
            return False
        path = _made(path_of(place, job))
        temporary = path.with_name(f".{path.name}.{ticket['lease']}.tmp")
        with open(temporary, "r+b" if position else "wb") as file:
            file.seek(position)
            file.write(part)
        if is_last:
            os.replace(temporary, path)
        return True

    def _held(self, ticket: Ticket) -> JobFolder[Any] | None:
        """Return the job while the ticket's lease is held."""
        folder = Path(ticket["folder"])
        is_held = Lease.adopt(folder, ticket["lease"], ticket["token"]).is_held()
        return open_job(folder) if is_held else None

    def _sha256(self, path: Path) -> str:
        entry = path.stat()
        key = path, entry.st_size, entry.st_mtime_ns
        if key not in self._digests:
            with open(path, "rb") as file:
                self._digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[key]


def _size(path: Path) -> int:
    """Return at which position a file goes on that grows; a line of events that was cut off is ended first."""
    if not path.exists():
        return 0
    if path.name == EVENTS:
        EventLog(path.parent).close()
    return path.stat().st_size


def _made(path: Path) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
