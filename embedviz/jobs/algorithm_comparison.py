"""The job that trains several algorithms for word vectors on one text, for the same time, and scores each.

The trainings are ordinary runs of the data set's owner, one after the other, so that none takes the other's time.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Unpack

import pandas as pd

from embedviz.core.errors import RunError, SettingsError
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.events import EventDetails
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.progress import Progress
from embedviz.core.typed_json import JsonObject, read_typed, write_typed
from embedviz.jobs.algorithm_table import AlgorithmRun, algorithm_notes, algorithm_table, algorithm_title
from embedviz.jobs.perform import perform_within
from embedviz.jobs.small_set_scores import small_set_scores
from embedviz.jobs.speed_trial import EPOCHS, epochs_for_time
from embedviz.models import model_spec
from embedviz.models.compatibility import word_models
from embedviz.space.side_by_side import side_by_side
from embedviz.store.data_reference import DataReference
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import RunFolder
from embedviz.store.run_specs import Columns
from embedviz.store.store import Store

FOLDER = "algorithms"
MIN_SECONDS, MAX_SECONDS = 0.1, 3600.0  # for each
MAX_NAME_CHARACTERS = 120


@dataclass(frozen=True)
class AlgorithmsSpec(JobSpec):
    """Train algorithms on the data set whose folder is two above the job's.

    Attributes
    ----------
    algorithms : list of str
        Names of word models.
    seconds : float
        For each.
    settings : dict
        Settings that all have in common: dim, window, min_count, seed, ...
    columns : dict
        Role to column, where they were chosen.
    data : DataReference
        The data.
    """

    kind: ClassVar[str] = "algorithms"

    algorithms: list[str]
    seconds: float
    settings: JsonObject
    columns: Columns
    data: DataReference


class AlgorithmComparison(JobFolder[AlgorithmsSpec]):
    """The comparison by its folder; rows are there as they come."""

    spec_class = AlgorithmsSpec

    @property
    def title(self) -> str:
        """What was asked for, in a few words."""
        s = self.spec
        titles = ", ".join(map(algorithm_title, s.algorithms))
        return f"{s.seconds:g} s each, {s.settings['dim']} dimensions: {titles}"

    @property
    def rows(self) -> list[AlgorithmRun]:
        """The algorithms whose runs have been created, in the order asked for."""
        found = [read_typed(self._file(name), AlgorithmRun) for name in self.spec.algorithms]
        return [row for row in found if row]

    @property
    def runs(self) -> dict[str, RunFolder]:
        """Name of the algorithm -> its run, without those that were deleted."""
        found = {row.model: self.run_of(row) for row in self.rows}
        return {name: run for name, run in found.items() if run}

    def frame(self) -> pd.DataFrame:
        """Return a row for each algorithm whose run has been created; see `algorithm_table`."""
        return algorithm_table((row, self.run_of(row)) for row in self.rows)

    def notes(self) -> list[str]:
        """Return what has to be known to read the frame, in sentences."""
        return algorithm_notes(self.rows, self.spec.seconds)

    def neighbors(self, word: str, k: int = 10) -> pd.DataFrame:
        """Return a word's neighbours by each algorithm; see `side_by_side`. UnknownLabelError where none has the word."""
        return side_by_side({name: run.space for name, run in self.runs.items() if run.space_names}, word, k)

    def run_of(self, row: AlgorithmRun) -> RunFolder | None:
        """Return the run of a row; None where it was deleted."""
        try:
            return self.store.run(row.run_id)
        except RunError:
            return None

    @property
    def dataset(self) -> Dataset:
        """The data set."""
        return Dataset.open(self.folder.parents[1])

    @property
    def store(self) -> Store:
        """The store that the data set and the runs are in."""
        return Store(self.folder.parents[3])

    def row(self, name: str) -> AlgorithmRun | None:
        """Return the row of an algorithm; None before its run was created, or after that was deleted."""
        row = read_typed(self._file(name), AlgorithmRun)
        return row if row and self.run_of(row) else None

    def write(self, row: AlgorithmRun) -> None:
        """Write the row of an algorithm."""
        write_typed(self._file(row.model), row)

    def _file(self, name: str) -> Path:
        return self.folder / f"algorithm-{name}.json"


def comparison_of_algorithms(
    dataset: Dataset,
    algorithms: Sequence[str] = (),
    *,
    seconds: float = 30.0,
    columns: Mapping[str, str | list[str] | None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> AlgorithmComparison:
    """Return the comparison; written when it is new or one of its runs was deleted, and then still to be submitted.

    Parameters
    ----------
    dataset : Dataset
        A text.
    algorithms : sequence of str, optional
        Names of two or more word models; all by default.
    seconds : float
        For each, 0.1 to 3600: of its whole run, with reading and measuring.
    columns : mapping, optional
        Role to column, where the guess is wrong.
    settings : mapping, optional
        Settings that all algorithms have. The window, by default 5, is given to all, because the held-out pairs depend on it.

    Raises
    ------
    SettingsError
        For something that is no word model, less than two of them, a time out of range, or a setting that one of them lacks.
    """
    models = word_models()
    names = list(dict.fromkeys(algorithms or models))
    for name in names:
        if name not in models:
            raise SettingsError(f"{name!r} is no model of words. Models of words: {', '.join(models)}.")
    if len(names) < 2:
        raise SettingsError(f"One algorithm cannot be compared. Choose two or more of {', '.join(models)}.")
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise SettingsError(
            f"Each algorithm trains for {MIN_SECONDS:g} to {MAX_SECONDS:g} seconds, not for {seconds:g}."
        )
    shared: dict[str, Any] = {"dim": 100, "window": 5, **(settings or {})}
    if EPOCHS in shared:
        raise SettingsError("The epochs follow from the seconds, so they cannot be set here.")
    for name in names:
        models[name].Settings.of(**shared)
    roles = {**dataset.columns, **(columns or {})}
    spec = AlgorithmsSpec(names, float(seconds), shared, roles, dataset.reference())
    parent = dataset.folder / FOLDER
    found = AlgorithmComparison.keyed(parent, spec)
    if found.status == "done" and len(found.runs) < len(names):
        shutil.rmtree(found.folder)
        found = AlgorithmComparison.keyed(parent, spec)
    return found


def kept_comparisons(dataset: Dataset) -> list[AlgorithmComparison]:
    """Return those of the data set that were asked for, the last first."""
    paths = (dataset.folder / FOLDER).glob(f"*/{AlgorithmComparison.record_file}")
    return sorted((AlgorithmComparison(path.parent) for path in paths), key=lambda found: -found.created)


@job("algorithms", lane="training")
def compare_algorithms(spec: AlgorithmsSpec, folder: Path, reporter: Reporter) -> None:
    """Train and score one algorithm after the other. What is done is not done again when the job is resumed."""
    comparison = AlgorithmComparison(folder)
    for place, name in enumerate(spec.algorithms):
        part = _part_of(reporter, name, place, spec)
        row = comparison.row(name)
        if row is None:
            row = _created(comparison, name, part)
            comparison.write(row)
        run = comparison.store.run(row.run_id)
        goes_on = run.status != "done"
        if goes_on:
            perform_within(run, part)
        if run.space_names and (goes_on or row.scores is None):
            comparison.write(replace(row, scores=small_set_scores(run, part)))


def _created(comparison: AlgorithmComparison, name: str, reporter: Reporter) -> AlgorithmRun:
    """Choose the epochs for the time, and create the run."""
    spec, dataset, model = comparison.spec, comparison.dataset, model_spec(name)
    settings: dict[str, Any] = dict(spec.settings)
    epochs = epochs_for_time(model, dataset, spec.columns, settings, spec.seconds, reporter)
    if epochs is not None:
        settings[EPOCHS] = epochs
    title = f"{dataset.title}, {name}, {spec.seconds:g} s"[:MAX_NAME_CHARACTERS]
    run = comparison.store.create_training(
        name, dataset, settings, columns=spec.columns, name=title, owner=dataset.owner
    )
    return AlgorithmRun(name, run.id, epochs)


def _part_of(reporter: Reporter, name: str, place: int, spec: AlgorithmsSpec) -> Reporter:
    """Return a reporter for one of the algorithms, whose progress is a part of the whole."""
    total, title = len(spec.algorithms), algorithm_title(name)

    def emit(event: Progress, **_: Unpack[EventDetails]) -> None:
        done = place + (event.fraction if event.epoch else 0)  # what comes before the training is short
        left = spec.seconds * (total - done)
        reporter(Progress(round(1000 * done), 1000 * total, seconds_left=left, message=f"{title}: {event.message}"))

    return reporter.with_emit(emit)
