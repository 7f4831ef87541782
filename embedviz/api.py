"""train, start and runs: what Python calls. The app and the command line go the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.core.errors import EmbedvizError
from embedviz.core.progress import Progress
from embedviz.run import Run
from embedviz.store.dataset import Dataset
from embedviz.store.home import is_shared
from embedviz.store.store import Store

if TYPE_CHECKING:
    from embedviz.training.survey import Survey

Columns = Mapping[str, "str | list[str] | None"]  # role -> column; "category", "number" and "ignore" have several


def train(
    model: str,
    data: str | Path,
    *,
    columns: Columns | None = None,
    on_progress: Callable[[Progress], Any] | None = None,
    out: str | Path | None = None,
    probes: Sequence[str] | None = None,
    name: str | None = None,
    read: Mapping[str, Any] | None = None,
    on_survey: Callable[[Survey], Any] | None = None,
    **settings: Any,
) -> Run:
    """Train a model in this process. Ctrl-C stops it and keeps the best so far.

    Parameters
    ----------
    model : str
        Name of the model: "skipgram", "cbow", "ratings", "sentiment", "categories".
    data : str or Path
        A file, or the name of a sample ("kjv").
    columns : mapping, optional
        Role to column, where the guess is wrong; None takes a guess away.
    on_progress : callable, optional
        Called with every Progress.
    out : str or Path, optional
        The run's folder; by default one in the store.
    probes : sequence of str, optional
        Labels whose neighbors are reported while it trains.
    name : str, optional
        What the run is called.
    read : mapping, optional
        Overrides the guesses of `read_table`: {"encoding": "cp1251", "delimiter": ";", "header": False}.
    on_survey : callable, optional
        Called with what was found in the data before the training begins.
    **settings
        Fields of the model's Settings, and preset="textbook" for those of one of its presets.

    Returns
    -------
    Run
        The run, done or stopped.

    Raises
    ------
    EmbedvizError
        When the data or a setting is wrong.
    RunError
        When the training failed.

    Examples
    --------
    >>> import embedviz as ev
    >>> from pathlib import Path
    >>> _ = Path("text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    >>> run = ev.train("skipgram", "text.txt", dim=4, epochs=1, min_count=1, out="run")
    >>> sorted(run.space.labels)[:3]
    ['and', 'cat', 'dog']
    """
    from embedviz.jobs.inline import run_inline

    dataset = _dataset(data, read)
    if on_survey:
        on_survey(_surveyed(dataset, model, columns, settings))
    return run_inline(_created(model, dataset, columns, settings, probes, name, out), on_progress)


def start(
    model: str,
    data: str | Path,
    *,
    columns: Columns | None = None,
    probes: Sequence[str] | None = None,
    name: str | None = None,
    read: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Run:
    """Train a model in a worker process, and return at once.

    Parameters
    ----------
    model, data, columns, probes, name, read, **settings
        As for `train`.

    Returns
    -------
    Run
        The run: `run.wait()`, `run.stop()`, `run.resume()`.

    Examples
    --------
    >>> import embedviz as ev
    >>> from pathlib import Path
    >>> _ = Path("text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    >>> run = ev.start("skipgram", "text.txt", dim=4, epochs=1, min_count=1)
    >>> run.wait()
    'done'
    """
    from embedviz.jobs.local_executor import shared_executor

    run = _created(model, _dataset(data, read), columns, settings, probes, name, None)
    shared_executor().submit(run)
    return run


def runs() -> list[Run]:
    """Return all runs in the store, the newest first.

    Examples
    --------
    >>> import embedviz as ev
    >>> from pathlib import Path
    >>> _ = Path("text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    >>> _ = ev.train("skipgram", "text.txt", dim=4, epochs=1, min_count=1, name="Cats and dogs")
    >>> [run.name for run in ev.runs()]
    ['Cats and dogs']
    """
    return [Run(run.folder) for run in Store().runs()]


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


def _surveyed(dataset: Dataset, model: str, columns: Columns | None, settings: Mapping[str, Any]) -> Survey:
    """Return the model's survey of the data, read as a page reads it before its Train button."""
    from embedviz.jobs.inline import run_inline
    from embedviz.jobs.reading import reading_of
    from embedviz.models import model_spec

    checked = model_spec(model).Settings.of(**settings)
    reading = run_inline(reading_of(dataset, model, {**dataset.columns, **(columns or {})}, checked))
    survey = reading.survey
    if survey is None:
        raise EmbedvizError("The data was not read to its end.")
    return survey


def _created(
    model: str,
    dataset: Dataset,
    columns: Columns | None,
    settings: Mapping[str, Any],
    probes: Sequence[str] | None,
    name: str | None,
    out: str | Path | None,
) -> Run:
    folder = Path(out).absolute() if out else None
    created = Store().create_training(
        model, dataset, settings, columns=columns, probes=probes or (), name=name, folder=folder
    )
    return Run(created.folder)
