"""How long jobs take, by what was estimated and by what the last ones took."""

from __future__ import annotations

from collections import deque
from math import inf, nan
from pathlib import Path
from statistics import median
from typing import Any

from embedviz.core.cost import Cost
from embedviz.core.jobs.folder import JobFolder
from embedviz.jobs.worker_process import HeldJob
from embedviz.store.run_folder import RunFolder

REMEMBERED = 9  # last jobs of a lane by which lengths are expected


class JobDurations:
    """How long the last jobs of a lane took, beside their estimates."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)
        self._ratios: deque[float] = deque(maxlen=REMEMBERED)
        self._estimates: dict[Path, float] = {}  # by jobs themselves that were begun without one

    def add(self, held: HeldJob, took: float) -> None:
        """Remember a job that has ended."""
        self._seconds.append(took)
        if estimated := self._estimate(held):
            self._ratios.append(took / estimated)
        self._estimates.pop(held.folder, None)

    def expected(self, held: HeldJob) -> float:
        """Return the seconds that a waiting job will take; not a number where nobody knows."""
        return self._scaled(held, held.seconds)

    def left(self, held: HeldJob, so_far: float) -> float:
        """Return the seconds that are left of a job under way; not a number where nobody knows."""
        whole = self._scaled(held, self._estimate(held))
        return max(whole - so_far, 0.1 * whole)

    def _scaled(self, held: HeldJob, estimated: float) -> float:
        if estimated:
            whole = estimated * (median(self._ratios) if self._ratios else 1.0)
        else:
            whole = median(self._seconds) if self._seconds else nan
        return min(whole, held.limits.seconds if held.limits else inf)

    def _estimate(self, held: HeldJob) -> float:
        """Return what was estimated, before the job or by the job itself once it has read its data; 0 where nobody did."""
        if not held.seconds and held.folder not in self._estimates and (found := _estimated_by_itself(held.job)):
            self._estimates[held.folder] = found
        return held.seconds or self._estimates.get(held.folder, 0.0)


def estimated_seconds(job: JobFolder[Any]) -> float:
    """Return what a run was estimated to take; 0 where nobody did."""
    return Cost.from_fields(job.spec.estimate).seconds if isinstance(job, RunFolder) else 0.0


def _estimated_by_itself(job: JobFolder[Any]) -> float:
    if not isinstance(job, RunFolder):
        return 0.0
    found = next((event["estimate"] for event in reversed(job.events().events) if "estimate" in event), None)
    return Cost.from_fields(found).seconds if found else 0.0
