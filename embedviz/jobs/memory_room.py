"""Room in memory for another job: what the processes of this server hold, and what the jobs under way will still take."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from embedviz.core.jobs.declaration import Lane
from embedviz.core.limits import HostLimits
from embedviz.jobs.job_durations import REMEMBERED
from embedviz.jobs.worker_process import HeldJob
from embedviz.store.run_folder import RunFolder

UNKNOWN_BYTES: dict[Lane, float] = {"training": 300e6, "interactive": 200e6}  # of a kind that has not run yet
KEPT_FOR_A_MAP_BYTES = 100e6  # by a second training while no map is drawn


class MemoryRoom:
    """Decides if one more job fits into the memory that this server may take.

    A lane without a running job always has room for one, so that work goes on however little memory there is, and a training
    leaves room for a map. Callers hold the executor's lock.
    """

    def __init__(self) -> None:
        self._total = 0
        self._own: dict[Path, int] = {}  # of the workers, by the job that each does
        self._peaks: dict[Path, tuple[str, int]] = {}  # the same at most so far, with the kind of the job
        self._ended: dict[str, deque[int]] = {}  # peaks of the last jobs of a kind
        self.is_short = False  # a job waits for nothing but memory

    def update(self, total: int, own: Sequence[tuple[HeldJob, int]]) -> None:
        """Take what was measured: of all processes, and of the worker of each job what it shares with nobody."""
        self._total, self._own = total, {held.folder: size for held, size in own}
        self.is_short = False
        for held, size in own:
            _, before = self._peaks.get(held.folder, ("", 0))
            self._peaks[held.folder] = (_kind(held), max(before, size))
        for folder in [folder for folder in self._peaks if folder not in self._own]:
            kind, peak = self._peaks.pop(folder)
            self._ended.setdefault(kind, deque(maxlen=REMEMBERED)).append(peak)

    def has_room(self, lane: Lane, job: HeldJob, running: Mapping[Lane, Sequence[HeldJob]]) -> bool:
        """Return True when a job may begin beside those that run."""
        limit = HostLimits.of_environment().memory_mb
        if limit is None or lane not in UNKNOWN_BYTES or not running[lane]:
            return True
        growth = sum(
            max(0.0, self._expected(other_lane, held) - self._own.get(held.folder, 0))
            for other_lane, jobs in running.items()
            for held in jobs
        )
        for_a_map = KEPT_FOR_A_MAP_BYTES if lane == "training" and not running["interactive"] else 0.0
        fits = self._total + growth + self._expected(lane, job) + for_a_map <= limit * 1e6
        self.is_short = self.is_short or not fits
        return fits

    def _expected(self, lane: Lane, held: HeldJob) -> float:
        """Return what a job will hold at most, by the last of its kind."""
        peaks = self._ended.get(_kind(held))
        return max(peaks) if peaks else UNKNOWN_BYTES.get(lane, 0.0)


def _kind(held: HeldJob) -> str:
    return held.job.model if isinstance(held.job, RunFolder) else held.job.kind
