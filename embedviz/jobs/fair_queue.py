"""The queue of a lane: owners take turns, and of an owner's jobs the shortest goes first."""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import isnan
from pathlib import Path

from embedviz.jobs.worker_process import HeldJob


class FairQueue:
    """Jobs that wait. An owner who was served goes to the end of the owners, and one who is new begins there.

    A job whose length nobody estimated comes behind its owner's others; equal ones keep their order.
    """

    def __init__(self) -> None:
        self._owners: dict[str, list[tuple[float, int, HeldJob]]] = {}  # in the order of their turns
        self._arrivals = count()

    def __len__(self) -> int:
        return sum(len(jobs) for jobs in self._owners.values())

    def __iter__(self) -> Iterator[HeldJob]:
        """Yield the jobs in the order in which they will be taken, as long as none is added."""
        rest = [list(jobs) for jobs in self._owners.values()]
        while rest:
            for jobs in rest:
                yield jobs.pop(0)[2]
            rest = [jobs for jobs in rest if jobs]

    def waiting_of(self, owner: str) -> int:
        """Return how many jobs of an owner wait."""
        return len(self._owners.get(owner, ()))

    def add(self, held: HeldJob) -> None:
        """Let a job wait."""
        insort(self._owners.setdefault(held.owner, []), (held.seconds or float("inf"), next(self._arrivals), held))

    def first(self, may_run: Callable[[str], bool]) -> HeldJob | None:
        """Return the job whose turn it is among the owners of whom one more may run; None when there is none."""
        return next((jobs[0][2] for owner, jobs in self._owners.items() if may_run(owner)), None)

    def take(self, held: HeldJob) -> None:
        """Take a job out because it is done now: its owner's turn is over."""
        self.remove(held)
        if held.owner in self._owners:
            self._owners[held.owner] = self._owners.pop(held.owner)

    def remove(self, held: HeldJob) -> None:
        """Take a job out."""
        jobs = [entry for entry in self._owners[held.owner] if entry[2] is not held]
        if jobs:
            self._owners[held.owner] = jobs
        else:
            del self._owners[held.owner]

    def clear(self) -> list[HeldJob]:
        """Take all jobs out, and return them."""
        jobs = list(self)
        self._owners.clear()
        return jobs


@dataclass(frozen=True)
class Expected:
    """A job as far as a forecast needs it.

    Attributes
    ----------
    owner : str
        Whose it is.
    places : int
        Places of its lane that it takes.
    seconds : float
        That it will take; of a running one, that are left. Not a number where nobody knows.
    folder : Path
        The job's folder.
    """

    owner: str
    places: int
    seconds: float
    folder: Path


def expected_wait(
    folder: Path, waiting: Sequence[Expected], running: Sequence[Expected], places: int, at_once: float | None
) -> float | None:
    """Return the seconds until a waiting job begins, if nobody adds another; None when it does not wait, or nobody knows.

    Parameters
    ----------
    folder : Path
        The job's.
    waiting : sequence of Expected
        In the order in which they will be taken.
    running : sequence of Expected
        Those under way.
    places : int
        Of the lane.
    at_once : float, optional
        Jobs of an owner that may run at once.
    """
    rest, now, number = list(waiting), 0.0, count()
    ends = [(job.seconds, next(number), job) for job in running]
    heapq.heapify(ends)
    while any(job.folder == folder for job in rest):
        owners = [job.owner for _, _, job in ends]
        free = places - sum(job.places for _, _, job in ends)
        following = next((job for job in rest if at_once is None or owners.count(job.owner) < at_once), None)
        if following and (following.places <= free or not ends):
            if following.folder == folder:
                return now
            rest.remove(following)
            heapq.heappush(ends, (now + following.seconds, next(number), following))
        elif ends and not any(isnan(end) for end, _, _ in ends):
            now = heapq.heappop(ends)[0]
        else:
            return None
    return None
