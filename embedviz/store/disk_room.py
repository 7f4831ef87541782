"""How much of the disk an owner uses and may still take, and what makes room."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embedviz.core.errors import QuotaError
from embedviz.core.limits import ELSEWHERE, HostLimits
from embedviz.core.mode import is_shared
from embedviz.store.kept import Kept, bytes_below, discard, entries_below, everything_kept
from embedviz.store.retention import expendable, life_of

MB = 1e6
PLENTY = 200 * MB  # more than is written in TRUSTED_S
TRUSTED_S = 5.0
_used: dict[Path, tuple[float, float]] = {}  # store -> when it was measured, and the bytes it took


@dataclass(frozen=True)
class DiskUse:
    """Bytes on disk of an owner. What uploads and runs share counts as an upload.

    Attributes
    ----------
    uploads, runs, deleted, others : int
        Of uploads, of runs, of what can be brought back, and of predictions, experiments and maps of the runs of others.
    """

    uploads: int
    runs: int
    deleted: int
    others: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.uploads + self.runs + self.deleted + self.others


def kept_by(store: Path, owner: str) -> list[Kept]:
    """Return what an owner has in the store."""
    return list(everything_kept(store, owner))


def use_of(kept: Iterable[Kept]) -> DiskUse:
    """Return the bytes of what an owner has."""
    kept = list(kept)
    seen: set[tuple[int, int]] = set()

    def added(part: Iterable[Kept]) -> int:
        return bytes_below((each.folder for each in part), seen)

    here = [each for each in kept if not each.is_deleted]
    uploads = added(each for each in here if each.kind == "upload")
    runs = added(each for each in here if each.kind == "run")
    others = added(each for each in here if each.kind not in ("upload", "run"))
    return DiskUse(uploads, runs, added(each for each in kept if each.is_deleted), others)


class Room:
    """What an owner may still write, as it was when this was made.

    Parameters
    ----------
    store : Path
        Folder of the store.
    owner : str
        Who writes.
    title : str
        The beginning of sentences: what does not fit.
    """

    def __init__(self, store: Path, owner: str, title: str) -> None:
        self._store, self._title = store, title
        self._limits = HostLimits.of_environment()
        self._left_of_visitor = float("inf")
        if is_shared() and self._limits.visitor_mb is not None:
            self._used = use_of(kept_by(store, owner)).total
            self._left_of_visitor = self._limits.visitor_mb * MB - self._used
        self._left_of_store = float("inf")
        if self._limits.store_mb is not None:
            self._left_of_store = _left_of_store(store, self._limits.store_mb * MB)

    def check(self, n_bytes: int = 0) -> None:
        """Return if that number of bytes more than at the beginning fits, for which the oldest of others may be deleted.

        Raises
        ------
        QuotaError
            Where they do not fit.
        """
        if n_bytes > self._left_of_visitor or self._left_of_visitor <= 0:
            raise QuotaError(
                f"{self._title}: you use {self._used / MB:,.3g} MB of the {self._limits.visitor_mb:,.10g} MB of disk that a visitor "
                f"may take here. Delete runs or uploads first, on the pages Runs and Data. {ELSEWHERE}"
            )
        missing = n_bytes - self._left_of_store
        if missing > 0 or self._left_of_store <= 0:
            self._left_of_store += make_room(self._store, missing + 1)
        if n_bytes > self._left_of_store or self._left_of_store <= 0:
            raise QuotaError(
                f"{self._title}: the disk of this server is full, as all visitors together may take {self._limits.store_mb:,.10g} MB. "
                f"What is oldest goes first, so try again in an hour. {ELSEWHERE}"
            )


def _left_of_store(store: Path, limit: float) -> float:
    """The bytes that the store may still take. While that is plenty, it is as it was a few seconds ago.

    Each run, each map and each upload asks for it, and going through the files of a hundred runs takes 50 ms.
    """
    now = time.monotonic()
    measured, used = _used.get(store, (-TRUSTED_S, limit))
    if now - measured >= TRUSTED_S or limit - used < PLENTY:
        used = bytes_below([store])
        _used[store] = (now, used)
    return limit - used


class Arriving:
    """An upload while it arrives.

    Parameters
    ----------
    store : Path
        Folder of the store.
    owner : str
        Who brings it.
    title : str
        What it is called in messages.
    expected : int
        Bytes that will arrive; 0 where nobody knows.

    Attributes
    ----------
    size : int
        Bytes that have arrived.

    Raises
    ------
    QuotaError
        Where the owner keeps as many uploads as one may, or where so many bytes do not fit.
    """

    def __init__(self, store: Path, owner: str, title: str, expected: int = 0) -> None:
        limits = HostLimits.of_environment()
        uploads = [
            each for each in kept_by(store, owner) if each.record.get("source") == "upload" and not each.is_deleted
        ]
        if limits.uploads is not None and len(uploads) >= limits.uploads:
            raise QuotaError(
                f"{title} is one too many: you keep {len(uploads):,} uploads, and a visitor may keep {limits.uploads:,.10g} here. "
                f"Delete one on the Data page first. {ELSEWHERE}"
            )
        self._room, self._title, self._limit_mb = Room(store, owner, f"{title} does not fit"), title, limits.upload_mb
        self.size = 0
        self._check(expected)

    def add(self, part: bytes) -> None:
        """Count a part that is about to be written. QuotaError where the upload becomes too large."""
        self.size += len(part)
        self._check(self.size)

    def _check(self, size: int) -> None:
        if self._limit_mb is not None and size > self._limit_mb * MB:
            raise QuotaError(
                f"{self._title} is larger than {self._limit_mb:,.10g} MB, the limit of an upload here. {ELSEWHERE}"
            )
        self._room.check(size)


def make_room(store: Path, n_bytes: float, now: float | None = None) -> int:
    """Delete what is oldest and past half its life, of any owner, until that number of bytes is free.

    Parameters
    ----------
    store : Path
        Folder of the store.
    n_bytes : float
        Bytes that are missing. Where less than these can be had, nothing is deleted.
    now : float, optional
        Seconds since 1970; by default the time it is.

    Returns
    -------
    int
        The bytes that were freed.
    """
    time_now = time.time() if now is None else now
    chosen = enough_of(expendable(store, lambda each: time_now - life_of(each) / 2), n_bytes)
    if chosen is None:
        return 0
    before = bytes_below([store])
    for kept in chosen:
        discard(store, kept.folder)
    return max(0, before - bytes_below([store]))


def oldest_of(store: Path, owner: str, n_bytes: float) -> list[Kept] | None:
    """Return which of an owner's oldest uploads and runs make room for so many bytes; None where all of them would not.

    What can only be brought back goes before the rest.
    """
    own = [each for each in expendable(store, lambda _: float("inf")) if each.owner == owner]
    return enough_of(sorted(own, key=lambda each: not each.is_deleted), n_bytes)


def delete_agreed(store: Path, owner: str, folders: Iterable[Path]) -> None:
    """Delete what an owner agreed to lose, unless a job works on it by now."""
    agreed = set(folders)
    for each in expendable(store, lambda _: float("inf")):
        if each.owner == owner and each.folder in agreed:
            discard(store, each.folder)


def enough_of(kept: Sequence[Kept], n_bytes: float) -> list[Kept] | None:
    """Return what is kept from the first on until its deletion frees so many bytes, without what that does not take; None where all
    of it frees less."""
    freed = _Freed()
    chosen: list[Kept] = []
    for each in kept:
        if freed.bytes >= n_bytes:
            break
        freed.count(each, 1)
        chosen.append(each)
    if freed.bytes < n_bytes:
        return None
    needed: list[Kept] = []
    for each in reversed(chosen):
        freed.count(each, -1)
        if freed.bytes < n_bytes:
            freed.count(each, 1)
            needed.append(each)
    return needed[::-1]


class _Freed:
    """The bytes that become free: a file's once all its names are deleted."""

    def __init__(self) -> None:
        self.bytes = 0
        self._deleted: dict[tuple[int, int], int] = defaultdict(int)  # file -> how many of its names

    def count(self, kept: Kept, sign: Literal[1, -1]) -> None:
        """Count a folder as deleted, or no longer."""
        for entry in entries_below([kept.folder]):
            file = entry.st_dev, entry.st_ino
            was_free = self._deleted[file] == entry.st_nlink
            self._deleted[file] += sign
            self.bytes += entry.st_size * ((self._deleted[file] == entry.st_nlink) - was_free)
