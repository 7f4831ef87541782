"""Number of concurrent trainings on this machine, and of threads for each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from embedviz.core.limits import HostLimits

if TYPE_CHECKING:
    from embedviz.core.settings import TrainingSettings


class _ThreadLimit(Protocol):
    @property
    def max_threads(self) -> int | None: ...


def training_capacity() -> int:
    """Return how many trainings may run at once: the limit of this host, or one for every four cores."""
    limit = HostLimits.of_environment().running
    return max(1, (os.cpu_count() or 1) // 4 if limit is None else int(limit))


def threads_per_training() -> int:
    """Return EMBEDVIZ_THREADS_PER_TRAINING, which an executor sets, or the cores, shared out among the trainings that may run at once."""
    if reserved := os.environ.get("EMBEDVIZ_THREADS_PER_TRAINING"):
        return int(reserved)
    return max(1, (os.cpu_count() or 1) // training_capacity())


def thread_capacity() -> int:
    """Return the threads of all trainings that may run at once."""
    return training_capacity() * threads_per_training()


def threads_for(model: _ThreadLimit, settings: TrainingSettings) -> int:
    """Return the threads for a training: one where it has to repeat exactly, what was set, or what the model gains from."""
    if settings.deterministic:
        return 1
    return settings.threads or min(threads_per_training(), model.max_threads or threads_per_training())
