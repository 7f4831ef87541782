"""The data of a run read once more and prepared: split as it was, or in other ways."""

from __future__ import annotations

from typing import Any

from embedviz.core.errors import RunError
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.settings import TrainingSettings
from embedviz.data.folds import Fold
from embedviz.data.reading import Table
from embedviz.data.roles import roles_of
from embedviz.jobs.pretrained import open_pretrained_space
from embedviz.models import model_spec
from embedviz.store.label_filter import read_data
from embedviz.store.run_folder import RunFolder
from embedviz.training.protocols import Prepared


def read(run: RunFolder, reporter: Reporter) -> Table:
    """Read the table that the run was trained on.

    Raises
    ------
    RunError
        For opened vectors, which were not trained.
    DataError
        When the data went away or was changed.
    """
    if run.kind != "training":
        raise RunError(f"{run.name!r} holds opened vectors: there was no training to measure.")
    reporter.report(f"Reading {run.data['title']} again")
    return read_data(run)


def prepare(
    run: RunFolder, table: Table, settings: TrainingSettings, reporter: Reporter, fold: Fold | None = None
) -> Prepared[Any, Any]:
    """Prepare the run's data for its model; `reporter.check` is called after each step.

    Parameters
    ----------
    run : RunFolder
        The run.
    table : Table
        Its data, from `read`.
    settings : TrainingSettings
        The run's own give its own split.
    reporter : Reporter
        Takes the progress.
    fold : Fold, optional
        The fold that becomes the test set; by default that of the run, where it has one.
    """
    pretrained = open_pretrained_space(settings, reporter)
    columns = roles_of(table, run.columns)
    return reporter.follow(model_spec(run.model).prepare(table, columns, settings, pretrained, fold or run.spec.fold))
