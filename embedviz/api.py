"""train, start and runs: what Python calls. The app and the command line go the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.core.errors import EmbedvizError, RunError
from embedviz.core.progress import Progress
from embedviz.jobs.control import Control
from embedviz.models.contract import Columns
from embedviz.store.dataset import Dataset
from embedviz.store.home import is_shared
from embedviz.store.run import Run
from embedviz.store.store import Store

if TYPE_CHECKING:
    from embedviz.training.survey import Survey


def train(
    model: str,
    data: str | Path,
    *,
    columns: Columns | None = None,
    on_progress: Callable[[Progress], Any] | None = None,
    out: str | Path | None = None,
    probes: list[str] | None = None,
    name: str | None = None,
    read: Mapping[str, Any] | None = None,
    on_survey: Callable[[Survey], Any] | None = None,
    **settings: Any,
) -> Run:
    """Trains in this process and returns the run when it is done. Settings are the fields of the model's Settings,
    and preset="textbook" for those of one of its presets.

    data: a file, or the name of a sample ("kjv"). columns: role -> column, where the guess is wrong; None takes a
    guess away. read: what overrides the guesses of read_table: encoding="cp1251", delimiter=";", header=False.
    on_survey: called with what was found in the data before the training begins, for which the data is read once more.
    out: the run's folder; the store's when None. Ctrl-C stops and keeps the best so far. EmbedvizError when the data
    or a setting is wrong, RunError when the training failed.
    """
    from embedviz.jobs.worker import perform

    dataset = _dataset(data, read)
    if on_survey:
        on_survey(_surveyed(dataset, model, columns, settings))
    run = _created(model, dataset, columns, settings, probes, name, out)
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
    read: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Run:
    """Hands the training to a worker process and returns at once: run.wait(), run.stop(), run.resume()."""
    from embedviz.jobs.supervisor import shared_supervisor

    run = _created(model, _dataset(data, read), columns, settings, probes, name, None)
    shared_supervisor().submit(run)
    return run


def runs() -> list[Run]:
    """All runs in the store, the newest first."""
    return Store().runs()


def _dataset(data: str | Path, read: Mapping[str, Any] | None) -> Dataset:
    from embedviz.data.samples import SAMPLES

    if is_shared():
        raise EmbedvizError("EMBEDVIZ_MODE is shared: training from Python is for one's own machine.")
    uploads = Store().uploads_folder
    if str(data) in SAMPLES and not Path(data).exists():
        dataset = Dataset.sample(uploads, str(data))
    else:
        dataset = Dataset.at_path(uploads, Path(data))
    dataset.set_options(**(read or {}))
    return dataset


def _surveyed(dataset: Dataset, model: str, columns: Columns | None, settings: dict[str, Any]) -> Survey:
    """What the model finds in the data, by the same reading that a page shows before its Train button."""
    from embedviz.jobs.inline import do_here
    from embedviz.jobs.reading import reading_of
    from embedviz.models import model_class

    checked = model_class(model).Settings.of(**settings)
    return do_here(reading_of(dataset, model, {**dataset.columns, **(columns or {})}, checked)).survey


def _created(
    model: str,
    dataset: Dataset,
    columns: Columns | None,
    settings: dict[str, Any],
    probes: list[str] | None,
    name: str | None,
    out: str | Path | None,
) -> Run:
    folder = Path(out).absolute() if out else None
    return Store().create_training(
        model, dataset, settings, columns=dict(columns or {}), probes=probes, name=name, folder=folder
    )
