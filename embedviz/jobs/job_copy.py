"""A job on a node that does not see the store: done in a copy of its folder, whose changes go back to the server.

Events, log and requests to end are exchanged twice a second, whatever else is under way. Other files go back in the order in
which they were written, each whole; a state that is final goes last.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from embedviz.core.files import replacing
from embedviz.core.jobs.reporter import Control
from embedviz.core.jobs.status import FILE as STATUS
from embedviz.core.jobs.status import State, written_status
from embedviz.jobs.environment import environment
from embedviz.jobs.handed_over import perform_handed_over
from embedviz.jobs.job_inputs import APPENDED, SAMPLES_FOLDER
from embedviz.jobs.node_cache import NodeCache
from embedviz.jobs.store_gateway import REQUESTS, Changes, Gateway, SentJob, Ticket
from embedviz.store.files_in_place import write_copies

EXCHANGE_INTERVAL_S = 0.5
PART_BYTES = 8 << 20  # of a large file, in one message
LARGE_BYTES = 1 << 20  # from which a file goes in parts
Seen = tuple[
    int, int, int
]  # a file as it was when it was sent: when it was changed, in nanoseconds, its bytes, its inode


def perform_copy(gateway: Gateway, ticket: Ticket, cache: NodeCache | None = None) -> State:
    """Do a job of the server on this machine, which does not see it.

    Parameters
    ----------
    gateway : Gateway
        Of the server.
    ticket : Ticket
        The job, and the lease that the executor took.
    cache : NodeCache, optional
        Of this machine, by default.

    Returns
    -------
    str
        The state in which the job ended.

    Raises
    ------
    RunError, DataError, SettingsError
        When the server does not give what the job reads.
    """
    cache = cache or NodeCache()
    job = gateway.job(ticket)
    with cache.store() as store:
        _place(gateway, ticket, job, store, cache)
        variables = {"EMBEDVIZ_HOME": str(store), "EMBEDVIZ_SAMPLES": str(store / SAMPLES_FOLDER)}
        control = Control()
        with environment(variables), Courier(gateway, ticket, job, store, control):
            return perform_handed_over(store / job["place"], ticket["lease"], ticket["token"], control)


def _place(gateway: Gateway, ticket: Ticket, job: SentJob, store: Path, cache: NodeCache) -> None:
    """Put the files that the job reads into its store."""
    copies: dict[str, Path] = {}
    (store / job["place"]).mkdir(parents=True, exist_ok=True)
    for file in job["files"]:
        target = store / file["place"]
        read = partial(_parts, gateway, ticket, file["path"])
        if file["sha256"]:
            cache.link(file["sha256"], target, read)
            copies[file["path"]] = target
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            with replacing(target) as temporary, open(temporary, "wb") as written:
                written.writelines(read())
    write_copies(store, copies)


def _parts(gateway: Gateway, ticket: Ticket, path: str) -> Iterator[bytes]:
    position = 0
    while part := gateway.read(ticket, path, position, PART_BYTES):
        yield part
        position += len(part)
        if len(part) < PART_BYTES:
            return


class Courier:
    """Takes what a job writes to the server, and to the job what it is asked for, from a thread of its own.

    Leaving its block takes the rest, and raises the error of the server where that does not take it.

    Parameters
    ----------
    gateway : Gateway
        Of the server.
    ticket : Ticket
        The job, and its lease.
    job : SentJob
        As it came.
    store : Path
        The store of this job.
    control : Control
        Told when the job is another process's by now.
    """

    def __init__(self, gateway: Gateway, ticket: Ticket, job: SentJob, store: Path, control: Control) -> None:
        self._gateway, self._ticket, self._store, self._control = gateway, ticket, store, control
        self._folder, self._written = store / job["place"], [store / place for place in job["written"]]
        self._starts = job["sizes"]
        self._taken: dict[str, int] = {}  # bytes of files that grow
        self._sent: dict[str, Seen] = {place: _seen(path) for place, path in self._files()}
        self._final: set[str] = set()  # files of states that were final at the last look
        self._is_lost = False
        self._due = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def __enter__(self) -> Courier:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.take()
        self.take()  # what was final at the last look

    def _run(self) -> None:
        has_failed = False
        while not self._ended.wait(EXCHANGE_INTERVAL_S):
            try:
                self.take()
                has_failed = False
            except Exception as error:  # whatever it is, the next attempt may go well; the last one raises
                if not has_failed:
                    sys.stderr.write(f"What this job writes was not sent: {error}\n")  # to the job's log
                has_failed = True

    def take(self) -> None:
        """Send what has changed since the last time."""
        found = {place: (path, _seen(path)) for place, path in self._files()}
        final = {place for place, (path, _) in found.items() if path.name == STATUS and _is_final(path)}
        changed = [
            (place in final, seen[0], place, path, seen)
            for place, (path, seen) in found.items()
            if self._sent.get(place) != seen and (place not in final or place in self._final)
        ]
        self._final = final
        small: list[tuple[str, bytes]] = []
        noted: dict[str, Seen] = {}
        for _, _, place, path, seen in sorted(changed, key=lambda change: change[:2]):
            if seen[1] < LARGE_BYTES:
                with contextlib.suppress(FileNotFoundError):
                    small.append((place, path.read_bytes()))
                    noted[place] = seen
                continue
            self._exchange(small)
            small = []
            with contextlib.suppress(FileNotFoundError):
                self._send_large(place, path)
                noted[place] = seen
        removed = [place for place in self._sent if place not in found]
        self._exchange(small, removed)
        for place in removed:
            del self._sent[place]
        self._sent.update(noted)

    def _send_large(self, place: str, path: Path) -> None:
        """Send a file in parts. One that is replaced meanwhile is sent as it was."""
        with open(path, "rb") as file:
            size, position = os.fstat(file.fileno()).st_size, 0
            while position < size and not self._is_lost:
                part = file.read(PART_BYTES)
                is_last = position + len(part) >= size
                if not self._gateway.write_part(self._ticket, place, position, part, is_last):
                    self._give_up()
                position += len(part)
                if time.monotonic() >= self._due:
                    self._exchange([])

    def _exchange(self, files: list[tuple[str, bytes]], removed: Iterable[str] = ()) -> None:
        """Send small files and what has been appended; take requests."""
        if self._is_lost:
            return
        self._due = time.monotonic() + EXCHANGE_INTERVAL_S
        grown = {place: _rest(path, self._taken.get(place, 0)) for place, path in self._growing()}
        changes: Changes = {
            "appended": [
                (place, self._starts.get(place, 0) + self._taken.get(place, 0), data)
                for place, data in grown.items()
                if data
            ],
            "files": files,
            "removed": list(removed),
            "folders": [place.removesuffix(f"/{STATUS}") for place in self._sent if place.endswith(f"/{STATUS}")],
        }
        answer = self._gateway.exchange(self._ticket, changes)
        if not answer["is_held"]:
            return self._give_up()
        for place, data in grown.items():
            self._taken[place] = self._taken.get(place, 0) + len(data)
        for place, request in answer["requests"]:
            path = self._store / place
            if not path.exists() or path.read_bytes() != request:
                with replacing(path) as temporary:
                    temporary.write_bytes(request)
        if any(len(data) == PART_BYTES for data in grown.values()):
            self._exchange([])

    def _give_up(self) -> None:
        self._is_lost = True
        self._control.give_up()

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Yield place and path of the files that the job writes whole."""
        for folder in self._written:
            for parent, _, names in os.walk(folder):
                for name in names:
                    path = Path(parent) / name
                    is_own_lease = name.startswith("lease.") and path.parent == self._folder
                    if name[0] != "." and name not in (*APPENDED, *REQUESTS) and not is_own_lease:
                        yield path.relative_to(self._store).as_posix(), path

    def _growing(self) -> Iterator[tuple[str, Path]]:
        for place in {place for place in self._sent if place.endswith(f"/{STATUS}")}:
            for name in APPENDED:
                path = (self._store / place).with_name(name)
                yield path.relative_to(self._store).as_posix(), path


def _seen(path: Path) -> Seen:
    try:
        entry = path.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return entry.st_mtime_ns, entry.st_size, entry.st_ino


def _is_final(path: Path) -> bool:
    status = written_status(path.parent)
    return status is not None and status.is_final


def _rest(path: Path, position: int) -> bytes:
    """Return what has been appended to a file since a position, at most a part at once."""
    try:
        with open(path, "rb") as file:
            file.seek(position)
            return file.read(PART_BYTES)
    except FileNotFoundError:
        return b""
