"""The model of a run made anew and given the run's data once more, split as it was, or in other ways."""

from __future__ import annotations

from collections.abc import Callable

from embedviz.core.errors import RunError
from embedviz.core.progress import Progress
from embedviz.core.settings import TrainingSettings
from embedviz.data.reading import Table
from embedviz.data.roles import roles_of
from embedviz.data.splits import Fold
from embedviz.jobs.control import Control
from embedviz.jobs.pretrained import give_vectors
from embedviz.models import model_class
from embedviz.models.contract import Model
from embedviz.store.label_filter import read_data
from embedviz.store.run import Run


def read_again(run: Run, say: Callable[[Progress], None]) -> Table:
    """The table that the run was trained on. DataError when it went away or was changed."""
    if run.kind != "training":
        raise RunError(f"{run.name!r} holds opened vectors: there was no training to measure.")
    say(Progress(message=f"Reading {run.spec['data']['title']} again"))
    return read_data(run)


def prepare_again(
    run: Run,
    table: Table,
    settings: TrainingSettings,
    control: Control,
    say: Callable[[Progress], None],
    fold: Fold | None = None,
) -> Model | None:
    """The run's model with these settings, prepared on the table; the run's own settings give the run's own split.
    None when it was asked to stop meanwhile."""
    model = model_class(run.model)(settings)
    give_vectors(model, say)
    for event in model.prepare(table, roles_of(table, run.spec["columns"]), fold):
        say(event)
        if control.any:
            return None
    return model
