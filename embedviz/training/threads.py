"""How many trainings run at once, and how many threads of the processor each of them gets."""

from __future__ import annotations

import os
from typing import ClassVar, Protocol

from embedviz.core.settings import TrainingSettings


class HasMostThreads(Protocol):
    """A model that says how many threads its steps gain from; None for as many as there are."""

    most_threads: ClassVar[int | None]


def training_capacity() -> int:
    """Return how many trainings run at once: EMBEDVIZ_MAX_RUNNING, or one for every four cores."""
    return int(os.environ.get("EMBEDVIZ_MAX_RUNNING") or max(1, (os.cpu_count() or 1) // 4))


def threads_per_training() -> int:
    """Return the cores, shared out among the trainings that may run at once."""
    return max(1, (os.cpu_count() or 1) // training_capacity())


def threads_for(model: type[HasMostThreads], settings: TrainingSettings) -> int:
    """Return the threads of a training.

    Parameters
    ----------
    model : type
        The model's class.
    settings : TrainingSettings
        `deterministic` takes one thread; `threads` is taken as it is where it is not 0.
    """
    if settings.deterministic:
        return 1
    return settings.threads or min(threads_per_training(), model.most_threads or threads_per_training())
