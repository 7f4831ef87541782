"""The trained model of a run, for exports."""

from __future__ import annotations

from embedviz.core.errors import RunError
from embedviz.core.settings import TrainingSettings
from embedviz.models import model_spec
from embedviz.store.run_folder import OLD_MODEL, WEIGHTS, RunFolder
from embedviz.training.protocols import AnyModelSpec, Trained


def trained_of(run: RunFolder) -> tuple[AnyModelSpec, Trained, TrainingSettings]:
    """Return the spec, the trained model and the settings of a run.

    Raises
    ------
    RunError
        For opened vectors, before the end of the training, and for the model of an earlier version of embedviz.
    """
    settings = run.training_settings()
    if not (run.folder / WEIGHTS).exists():
        if (run.folder / OLD_MODEL).exists():
            raise RunError(
                f"The run {run.name!r} was trained by an earlier version of embedviz, whose model cannot be read. Train it again."
            )
        raise RunError(f"The run {run.name!r} has no model to export yet: it is {run.status}.")
    spec = model_spec(run.model)
    return spec, spec.Trained.load(run.folder / WEIGHTS), settings
