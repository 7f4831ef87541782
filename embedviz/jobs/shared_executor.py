"""The executor of this process, which its pages, its Python calls and its command line share."""

from __future__ import annotations

import atexit
import os
import threading

from embedviz.core.errors import RunError
from embedviz.core.jobs.declaration import Lane
from embedviz.jobs.executor import Executor, SharedExecutor
from embedviz.jobs.job_metrics import LaneLoad
from embedviz.jobs.local_executor import LocalExecutor

_shared: SharedExecutor | None = None
_shared_lock = threading.Lock()


def shared_executor() -> Executor:
    """Return the executor of this process, started on first use and closed when the process ends."""
    global _shared
    with _shared_lock:
        if _shared is None or _shared.is_closed:
            _shared = (_cluster_executor() or LocalExecutor()).start()
            atexit.register(_shared.close)
        return _shared


def _cluster_executor() -> SharedExecutor | None:
    """Return the executor that EMBEDVIZ_EXECUTOR names; None for this machine's. RunError where it cannot be had."""
    name = os.environ.get("EMBEDVIZ_EXECUTOR") or "local"
    if name == "ray":
        from embedviz.jobs.ray_executor import RayExecutor

        return RayExecutor(lambda trainer: LocalExecutor(trainer=trainer))
    if name != "local":
        raise RunError(f"EMBEDVIZ_EXECUTOR is local or ray, not {name!r}.")
    return None


def close_shared_executor() -> None:
    """Close the executor of this process if it was ever started."""
    with _shared_lock:
        if _shared:
            _shared.close()


def local_load() -> dict[Lane, LaneLoad]:
    """Return how many jobs of each lane wait and run on this machine; nothing before the executor was started."""
    return _shared.load() if isinstance(_shared, LocalExecutor) else {}


def measured_speed() -> float | None:
    """Return the words per second of this machine's kernel; None before a worker of this process has measured them."""
    return _shared.machine.words_per_second if _shared else None
