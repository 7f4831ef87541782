"""Python lines that open a run and use what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import get_type_hints

from embedviz.core.typed_json import read_typed
from embedviz.models import model_spec
from embedviz.store.run_folder import FORM, RunFolder
from embedviz.training.protocols import Form, Predictor


def python_lines(run: RunFolder, folder: Path | str | None = None) -> str:
    """Return lines that open the run, look neighbours up, and ask its model where it has one that answers.

    Parameters
    ----------
    run
        With vectors or a model.
    folder
        Where the reader of the lines finds the run; by default where it is.
    """
    lines = ["import embedviz as ev", "", f"run = ev.open_run({str(folder or run.folder)!r})"]
    if names := run.space_names:
        space = run.spaces[names[0]]
        label = space.labels[int(space.most_frequent(1)[0])]
        lines += [f"space = run.spaces[{names[0]!r}]", f"print(space.neighbors({label!r}, k=5))"]
    if form := _form(run):
        lines.append(f"print({form.example_call(run.spaces)})")
    return "\n".join(lines)


def _form(run: RunFolder) -> Form | None:
    """Return what the run's model is asked by; None where it cannot be asked, or has no example of a question."""
    if not run.predicts or not issubclass(trained := model_spec(run.model).Trained, Predictor):
        return None
    form = read_typed(run.folder / FORM, get_type_hints(trained.form)["return"])
    return form if isinstance(form, Form) else None
