"""Training a model in this process and in memory, as an estimator's `fit` needs it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.data.reading import Table
from embedviz.data.report import ReadReport
from embedviz.models import model_spec
from embedviz.training.devices import choose, torch_threads

RESERVED = ("seed", "threads", "deterministic", "device", "test_share", "measure_test")  # that an estimator sets itself


def seed_of(random_state: Any) -> int:
    """Return a model's seed for scikit-learn's random_state: a whole number is the seed itself, all else is drawn from."""
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def threads_of(n_jobs: int | None) -> int:
    """Return a number of threads for scikit-learn's n_jobs: None is one, -1 all cores, -2 all but one. SettingsError for 0."""
    if n_jobs is None:
        return 1
    if not n_jobs:
        raise SettingsError("n_jobs is None, a number of threads, or -1 for all cores; got 0.")
    return n_jobs if n_jobs > 0 else max(1, (os.cpu_count() or 1) + 1 + n_jobs)


class TrainingEstimator(Protocol):
    """The parameters that every estimator has which trains a model."""

    settings: Mapping[str, Any] | None
    n_jobs: int | None
    device: str
    random_state: Any


def train_in_memory(
    estimator: TrainingEstimator,
    model: str,
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> Any:
    """Train a model on a frame and return what was trained. No test set is held out; a validation set is, to choose the best epoch.

    Parameters
    ----------
    estimator
        Whose `settings` are further fields, and whose random_state, n_jobs and device are followed. One thread repeats itself with
        the same seed.
    model
        Name in the registry.
    frame
        The rows.
    columns
        role -> column.
    settings
        Fields of the model's settings; those that are None are left to their defaults.

    Raises
    ------
    SettingsError
        For a field that the model does not have, or that the estimator sets itself.
    DataError, ColumnError
        When the rows are not enough to learn from.
    """
    spec = model_spec(model)
    further = dict(estimator.settings or {})
    if own := sorted({*RESERVED, *settings} & set(further)):
        raise SettingsError(f"{own[0]} is not for settings: it is a parameter of the estimator, or set by it.")
    threads = threads_of(estimator.n_jobs)
    chosen = spec.Settings.of(
        **{name: value for name, value in settings.items() if value is not None},
        **further,
        seed=seed_of(estimator.random_state),
        threads=threads,
        deterministic=threads == 1,
        device=estimator.device,
        test_share=0.0,
    )
    kind = "text" if list(frame.columns) == ["text"] else "table"
    table = Table(frame, ReadReport("the data", 0, "table", len(frame)), kind)
    with torch_threads(threads):
        prepared = result_of(spec.prepare(table, columns, chosen))
        learner = prepared.learner(chosen, choose(estimator.device), threads)
        for _ in learner.run():
            pass
        return learner.best()
