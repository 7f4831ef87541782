"""What the limits of this host mean for the lanes of jobs."""

from __future__ import annotations

from math import inf

from embedviz.core.jobs.declaration import Lane, Limits
from embedviz.core.limits import ELSEWHERE, HostLimits
from embedviz.jobs.worker_process import WorkerProcess

MAX_INTERACTIVE = 3  # maps, readings and the like at once where nothing limits them


def interactive_places() -> int:
    """Return how many maps, readings and the like may run at once."""
    limit = HostLimits.of_environment().interactive
    return MAX_INTERACTIVE if limit is None else max(1, int(limit))


def jobs_at_once(lane: Lane) -> float | None:
    """Return how many jobs of an owner may be done at once in a lane; None for any number."""
    limits = HostLimits.of_environment()
    return limits.visitor_interactive if lane == "interactive" else limits.visitor_running


def has_grown(worker: WorkerProcess) -> bool:
    """Return True when a worker keeps so much of what its job took that a new one, which is forked in milliseconds, should take its place."""
    limit = HostLimits.of_environment().worker_mb
    return limit is not None and worker.own_bytes() > limit * 1e6


def limits_of(lane: Lane, limits: HostLimits) -> Limits | None:
    """Return the limits of a job that has none of its own; None on one's own machine, and for what has others trained."""
    seconds = {"training": limits.run_seconds, "interactive": limits.map_seconds}.get(lane)
    if seconds is None and limits.job_mb is None:
        return None
    memory = inf if limits.job_mb is None else limits.job_mb * 1e6
    return Limits("It", inf if seconds is None else seconds, memory, f"The best so far is kept. {ELSEWHERE}", True)
