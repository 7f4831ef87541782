"""How long jobs take, by what was estimated and by what the last ones took."""

from __future__ import annotations

from collections import deque
from math import inf, nan
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

    def add(self, estimated: float, took: float) -> None:
        """Remember a job."""
        self._seconds.append(took)
        if estimated:
            self._ratios.append(took / estimated)

    def expected(self, held: HeldJob, so_far: float = 0.0) -> float:
        """Return the seconds that a job will take, or that are left of one under way; not a number where nobody knows."""
        if held.seconds:
            whole = held.seconds * (median(self._ratios) if self._ratios else 1.0)
        else:
            whole = median(self._seconds) if self._seconds else nan
        limit = held.limits.seconds if held.limits else inf
        return max(min(whole, limit) - so_far, 0.1 * whole)


def estimated_seconds(job: JobFolder[Any]) -> float:
    """Return what a run was estimated to take; 0 where nobody did."""
    return Cost.from_fields(job.spec.estimate).seconds if isinstance(job, RunFolder) else 0.0
