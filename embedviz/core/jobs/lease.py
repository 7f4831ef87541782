"""Leases: which process works on a folder, and whether it still does.

A lease is a file `lease.N.json` in the folder; the highest N counts. Taking the next N is atomic, so that of several
processes exactly one gets it. The holder renews it every second by a higher beat. A holder that finds a higher N has
lost the lease, and must not write to the folder any more.

A lease is recognised as alive without comparing the wall clocks of two machines. On the same boot of the same
machine its last beat is compared by the monotonic clock, which all processes share. Elsewhere the observer waits for
the beat to change; only at its first look it goes by the file's age, both times being set by the file system.
"""

from __future__ import annotations

import os
import platform
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from embedviz.core.errors import DataError
from embedviz.core.files import create_once, json_bytes
from embedviz.core.typed_json import read_typed, write_typed

BEAT_INTERVAL_S = 1.0
EXPIRY_S = 6.0  # without a beat; long enough for a holder whose machine is busy
_NAME = "lease.{}.json"


@dataclass(frozen=True)
class LeaseRecord:
    """A lease file.

    Attributes
    ----------
    token : str
        Secret of the holder; processes that share a lease know it.
    host : str
        The boot of the machine on which the last beat was made.
    pid : int
        Process that does the work, for people who look into the folder.
    beat : int
        Number of beats so far.
    monotonic : float
        Time of the last beat by the machine's monotonic clock, in seconds.
    is_released : bool
        True when the holder gave the lease back.
    """

    token: str
    host: str
    pid: int
    beat: int
    monotonic: float
    is_released: bool = False


class Lease:
    """The right to work on a folder. Made by `take`, or by `adopt` from a process that handed it over."""

    def __init__(self, folder: Path, generation: int, token: str) -> None:
        self.folder, self.generation, self.token = folder, generation, token
        self.pid = os.getpid()  # of the process that does the work, for people who look into the folder

    @classmethod
    def take(cls, folder: Path, over: int = 0) -> Lease | None:
        """Take the lease of a folder, if nobody holds it.

        Parameters
        ----------
        folder : Path
            The folder to work on.
        over : int, optional
            Generation of a lease that has ended, whatever its file says.

        Returns
        -------
        Lease or None
            None when another process holds the lease, or was quicker.
        """
        before = current_generation(folder)
        if before > over and is_alive(folder, before):
            return None
        lease = cls(folder, before + 1, secrets.token_hex(16))
        if not create_once(lease.path, json_bytes(asdict(lease.record(1)))):
            return None
        for path in folder.glob(_NAME.format("*")):
            if _generation(path) < lease.generation:
                path.unlink(missing_ok=True)
        return lease

    @classmethod
    def adopt(cls, folder: Path, generation: int, token: str) -> Lease:
        """Return the lease that another process took and hands over."""
        return cls(folder, generation, token)

    @property
    def path(self) -> Path:
        """The lease's file."""
        return self.folder / _NAME.format(self.generation)

    def is_held(self) -> bool:
        """Return True while nobody has taken the folder over."""
        return current_generation(self.folder) <= self.generation and self.is_seen()

    def is_seen(self) -> bool:
        """Return True on a machine that sees the lease's file, whether or not the lease is still held."""
        record = _read(self.path)
        return record is not None and record.token == self.token

    def beat(self) -> bool:
        """Renew the lease. False when it was lost, or the folder is gone."""
        if not self.is_held():
            return False
        record = _read(self.path)
        try:
            write_typed(self.path, self.record(record.beat + 1 if record else 1))
        except FileNotFoundError:  # the folder was deleted in between
            return False
        return True

    def release(self) -> None:
        """Give the lease back before any work was done under it."""
        if self.is_held():
            write_typed(self.path, replace(self.record(0), is_released=True))

    def record(self, beat: int) -> LeaseRecord:
        """Return what the lease's file says at this beat."""
        return LeaseRecord(self.token, _this_boot(), self.pid, beat, time.monotonic())


def current_generation(folder: Path) -> int:
    """Return the number of the folder's lease; 0 when nobody ever took one."""
    return max((_generation(path) for path in folder.glob(_NAME.format("*"))), default=0)


def is_alive(folder: Path, generation: int) -> bool:
    """Return True when this lease is the folder's current one and its holder has renewed it lately.

    Parameters
    ----------
    folder : Path
        The folder.
    generation : int
        Number of the lease.
    """
    if not generation or current_generation(folder) != generation:
        return False
    path = folder / _NAME.format(generation)
    record = _read(path)
    if record is None:
        return _age(path) <= EXPIRY_S  # on its way, or damaged
    if record.is_released:
        return False
    if record.host == _this_boot():
        return 0 <= time.monotonic() - record.monotonic <= EXPIRY_S
    return _observed.is_alive(path, record)


class Heartbeat:
    """Renews a lease from a thread of its own until it is stopped.

    Parameters
    ----------
    lease : Lease
        The lease.
    on_beat : callable, optional
        Called after each beat.
    on_lost : callable, optional
        Called once when the lease was lost; there are no more beats then.
    """

    def __init__(
        self,
        lease: Lease,
        on_beat: Callable[[], None] | None = None,
        on_lost: Callable[[], None] | None = None,
    ) -> None:
        self._lease, self._on_beat, self._on_lost = lease, on_beat, on_lost
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(BEAT_INTERVAL_S):
            if not self._lease.beat():
                if self._on_lost:
                    self._on_lost()
                return
            if self._on_beat:
                self._on_beat()


class _Observed:
    """The beats of other machines' leases as this process has seen them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Path, tuple[str, int, float]] = {}  # token, beat, when it was new by this process's clock

    def is_alive(self, path: Path, record: LeaseRecord) -> bool:
        now = time.monotonic()
        with self._lock:
            token, beat, changed = self._seen.get(path, ("", 0, 0.0))
            if token != record.token:
                changed = now - _age(path)
            elif beat != record.beat:
                changed = now
            self._seen[path] = record.token, record.beat, changed
            return now - changed <= EXPIRY_S


_observed = _Observed()


def _age(path: Path) -> float:
    """Seconds since the file was written, by the clock that stamps the files beside it; infinite for a missing file."""
    try:
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            return os.fstat(probe.fileno()).st_mtime - path.stat().st_mtime
    except OSError:
        return float("inf")


def _read(path: Path) -> LeaseRecord | None:
    try:
        return read_typed(path, LeaseRecord)
    except DataError:
        return None


def _generation(path: Path) -> int:
    number = path.name.split(".")[1]
    return int(number) if number.isdigit() else 0


@lru_cache
def _this_boot() -> str:
    """Identify this machine since it was started: its monotonic clock runs as long."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return platform.node()
