"""train, start and runs: what Python calls. The app and the command line go the same way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from embedviz.errors import EmbedvizError, RunError
from embedviz.models.contract import Columns
from embedviz.runs.control import Control
from embedviz.runs.dataset import Dataset
from embedviz.runs.home import is_shared
from embedviz.runs.run import Run
from embedviz.runs.store import Store
from embedviz.training.progress import Progress


def train(
    model: str,
    data: str | Path,
    *,
    columns: Columns | None = None,
    on_progress: Callable[[Progress], Any] | None = None,
    out: str | Path | None = None,
    probes: list[str] | None = None,
    name: str | None = None,
    **settings: Any,
) -> Run:
    """Trains in this process and returns the run when it is done. Settings are the fields of the model's Settings,
    and preset="textbook" for those of one of its presets.

    data: a file, or the name of a sample ("kjv"). columns: role -> column, where the guess is wrong; None takes a
    guess away. out: the run's folder; the store's when None. Ctrl-C stops and
    keeps the best so far. EmbedvizError when the data or a setting is wrong, RunError when the training failed.
    """
    from embedviz.runs.worker import perform

    run = _created(model, data, columns, settings, probes, name, out)
    control = Control()

    def listen(progress: Progress) -> None:
        if on_progress:
            on_progress(progress)

    state = perform(run.folder, "training", control, listen)
    if state == "failed":
        raise RunError(run.state.reason)
    return Run(run.folder)


def start(
    model: str,
    data: str | Path,
    *,
    columns: Columns | None = None,
    probes: list[str] | None = None,
    name: str | None = None,
    **settings: Any,
) -> Run:
    """Hands the training to a worker process and returns at once: run.wait(), run.stop(), run.resume()."""
    from embedviz.runs.supervisor import shared_supervisor

    run = _created(model, data, columns, settings, probes, name, None)
    shared_supervisor().submit(run)
    return run


def runs() -> list[Run]:
    """All runs in the store, the newest first."""
    return Store().runs()


def _created(
    model: str,
    data: str | Path,
    columns: Columns | None,
    settings: dict[str, Any],
    probes: list[str] | None,
    name: str | None,
    out: str | Path | None,
) -> Run:
    from embedviz.data.samples import SAMPLES

    if is_shared():
        raise EmbedvizError("EMBEDVIZ_MODE is shared: training from Python is for one's own machine.")
    store = Store()
    if str(data) in SAMPLES and not Path(data).exists():
        dataset = Dataset.sample(store.uploads_folder, str(data))
    else:
        dataset = Dataset.at_path(store.uploads_folder, Path(data))
    folder = Path(out).absolute() if out else None
    return store.create_training(
        model, dataset, settings, columns=dict(columns or {}), probes=probes, name=name, folder=folder
    )
