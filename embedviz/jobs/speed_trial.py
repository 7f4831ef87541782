"""A short trial of a training on the very data, from which the epochs that fit a time are chosen.

A training that is cut off at a time ends in the middle of its learning-rate schedule. One whose epochs were chosen for the time
ends where its schedule ends.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedviz.core.jobs.reporter import Reporter
from embedviz.core.settings import TrainingSettings
from embedviz.data.roles import roles_of
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.run_specs import Columns
from embedviz.training.devices import choose, torch_threads
from embedviz.training.protocols import AnyModelSpec, Learner, Trained, reads_corpus
from embedviz.training.threads import threads_for

EPOCHS = "epochs"  # the setting
MAX_EPOCHS = 10_000  # that the setting takes
TRIAL_SHARE = 0.1  # of the time, for each of the two rounds of a trial
MIN_TRIAL_S = 0.2


@dataclass(frozen=True)
class SpeedTrial:
    """Speed of a training on this data and machine.

    Attributes
    ----------
    fixed_seconds
        What reading, preparing and measuring take, however many epochs there are.
    epochs_per_second
        With the held-out measurements in between.
    """

    fixed_seconds: float
    epochs_per_second: float

    def epochs(self, seconds: float) -> int:
        """Return the epochs that fit into the time of a whole run: 1 to 10,000."""
        return max(1, min(MAX_EPOCHS, round((seconds - self.fixed_seconds) * self.epochs_per_second)))


def has_epochs(model: AnyModelSpec) -> bool:
    """Return True for a model that goes over its data as many times as one sets."""
    return EPOCHS in model.Settings.model_fields


def epochs_for_time(
    model: AnyModelSpec,
    dataset: Dataset,
    columns: Columns,
    settings: Mapping[str, Any],
    seconds: float,
    reporter: Reporter,
) -> int | None:
    """Return the epochs of a whole run in a time, by a trial (`speed_trial`); None for a model without epochs."""
    if not has_epochs(model):
        return None
    reporter.report("measuring its speed on this text")
    trial = speed_trial(model, dataset, columns, model.Settings.of(**settings), seconds, reporter)
    return trial.epochs(seconds)


def speed_trial(
    model: AnyModelSpec,
    dataset: Dataset,
    columns: Columns,
    settings: TrainingSettings,
    seconds: float,
    reporter: Reporter,
) -> SpeedTrial:
    """Train for a fifth of the time, and measure what a whole training needs.

    The data is surveyed first, so that its words are kept and the trial reads them as the training will. The second round has
    the epochs that the first found, because a short schedule is interrupted by held-out measurements more often.

    Parameters
    ----------
    model : AnyModelSpec
        One with epochs.
    dataset : Dataset
        The data.
    columns : Columns
        Role to column.
    settings : TrainingSettings
        Its epochs are not read.
    seconds : float
        Time of the training ahead.
    reporter : Reporter
        Takes the progress; `check` is called several times a second.
    """
    device, threads = choose(settings.device), threads_for(model, settings)
    round_seconds = max(MIN_TRIAL_S, TRIAL_SHARE * seconds)
    with torch_threads(threads):
        table = read_reference(dataset.reference(), dataset.folder, as_corpus=reads_corpus(model))
        roles = roles_of(table, columns)
        reporter.follow(model.survey(table, roles, settings))
        started = time.perf_counter()
        table = read_reference(dataset.reference(), dataset.folder, as_corpus=reads_corpus(model))
        prepared = reporter.follow(model.prepare(table, roles, settings))
        fixed = time.perf_counter() - started
        epochs, speed, measured = MAX_EPOCHS, 0.0, 0.0
        for _ in range(2):
            learner = prepared.learner(settings.model_copy(update={EPOCHS: epochs}), device, threads)
            speed = _epochs_per_second(learner, round_seconds, reporter)
            epochs = SpeedTrial(fixed, speed).epochs(seconds)
            trained = learner.current()
            started = time.perf_counter()
            model.evaluate(trained, prepared)
            measured = time.perf_counter() - started
    return SpeedTrial(fixed + measured, speed)


def _epochs_per_second(learner: Learner[Trained], seconds: float, reporter: Reporter) -> float:
    """Train for some seconds. The first step, in which kernels are compiled, counts only where there is no other."""
    first_began = time.perf_counter()
    first = last = None
    began = first_began
    for event in learner.run():
        reporter.check()
        if first is None:
            first, began = event, time.perf_counter()
        last = event
        if time.perf_counter() - began >= seconds:
            break
    if first is None or last is None:
        return 0.0
    if last is first:
        return first.epoch / max(1e-6, began - first_began)
    return (last.epoch - first.epoch) / max(1e-6, time.perf_counter() - began)
