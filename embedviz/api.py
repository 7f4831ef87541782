"""train, start and runs: what Python calls. The app and the command line go the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.core.errors import DataError, EmbedvizError, SettingsError
from embedviz.core.mode import is_shared
from embedviz.core.progress import Progress
from embedviz.data.part_names import PartName
from embedviz.data.remote_files import address_of, local_file, local_files
from embedviz.data.table_like import EXPECTED, TableLike, category_columns, is_table_like, kind_of, split_parts
from embedviz.run import Run
from embedviz.store.dataset import Dataset
from embedviz.store.given_tables import dataset_of_table, file_of_table
from embedviz.store.store import Store

if TYPE_CHECKING:
    from embedviz.experiments.experiment import Experiment
    from embedviz.store.label_filter import LabelFilter
    from embedviz.training.survey import Survey

Data = str | Path | Sequence[str | Path] | TableLike
Part = str | Path | TableLike | None
Columns = Mapping[str, "str | list[str] | None"]  # role -> column; "category", "number" and "ignore" have several


def train(
    model: str,
    data: Data,
    *,
    columns: Columns | None = None,
    on_progress: Callable[[Progress], Any] | None = None,
    out: str | Path | None = None,
    probes: Sequence[str] | None = None,
    name: str | None = None,
    read: Mapping[str, Any] | None = None,
    test: Part = None,
    validation: Part = None,
    on_survey: Callable[[Survey], Any] | None = None,
    track: Sequence[str] = (),
    filters: Sequence[Mapping[str, Any]] = (),
    **settings: Any,
) -> Run:
    """Train a model in this process. Ctrl-C stops it and keeps the best so far.

    Parameters
    ----------
    model : str
        Name of the model: "skipgram", "cbow", "ratings", "sentiment", "categories".
    data : str, Path, sequence of them, or table
        A file, or the name of a sample ("kjv"); an address, https://… or hf://datasets/NAME/FILE, whose file is downloaded into the
        store once. For models of words also a folder or several files of plain text, which are read from disk as they are needed and
        may be larger than memory; so is a file of 64 MB or more. Or a table: a frame of pandas or polars, an Arrow table, a data set of
        `datasets`, a list of dicts or of texts. It is kept in the store by its content, so that the run can be resumed and repeated. A
        dict of tables, or a `DatasetDict`, with train, test and validation gives the split.
    columns : mapping, optional
        Role to column, where the guess is wrong; None takes a guess away. A column in the role "split", which says train,
        validation or test, is followed instead of drawing a split.
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
    test, validation : str, Path or table, optional
        Files, addresses or tables with the same columns as the data, which are the other parts of its split. The data is the training set
        then; without a validation file a validation set is drawn from it.
    on_survey : callable, optional
        Called with what was found in the data before the training begins.
    track : sequence of str, optional
        Where the training is shown as well: "tensorboard:FOLDER", "mlflow:FOLDER" or "mlflow:http://HOST".
    filters : sequence of mapping, optional
        Labels that the data is filtered by, one choice after the other: {"space": "item", "labels": [...], "keep": True} trains on
        those alone, "keep": False without them. The labels are those of a space of the model, as an earlier run showed them.
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

    columns = _with_categories(model, data, columns)
    dataset = _dataset(model, data, read, columns, test, validation)
    if on_survey:
        on_survey(_surveyed(dataset, model, columns, settings))
    return run_inline(_created(model, dataset, columns, settings, probes, name, out, track, filters), on_progress)


def start(
    model: str,
    data: Data,
    *,
    columns: Columns | None = None,
    probes: Sequence[str] | None = None,
    name: str | None = None,
    read: Mapping[str, Any] | None = None,
    test: Part = None,
    validation: Part = None,
    track: Sequence[str] = (),
    filters: Sequence[Mapping[str, Any]] = (),
    **settings: Any,
) -> Run:
    """Train a model in a worker process, and return at once.

    Parameters
    ----------
    model, data, columns, probes, name, read, test, validation, track, filters, **settings
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
    from embedviz.jobs.executor import submit_new
    from embedviz.jobs.shared_executor import shared_executor

    columns = _with_categories(model, data, columns)
    dataset = _dataset(model, data, read, columns, test, validation)
    run = _created(model, dataset, columns, settings, probes, name, None, track, filters)
    submit_new(shared_executor(), run)
    return run


def experiment(
    question: str,
    data: Data,
    *,
    model: str,
    budget: float | str = "10m",
    columns: Columns | None = None,
    read: Mapping[str, Any] | None = None,
    test: Part = None,
    validation: Part = None,
    on_progress: Callable[[Progress], Any] | None = None,
    **settings: Any,
) -> Experiment:
    """Answer a question by training a model several times, as many at a time as the cores allow.

    Runs are kept in the store. One that was trained before, with the same settings, data, seed and version, is not trained
    again. Ctrl-C keeps what is done.

    Parameters
    ----------
    question : str
        One of `embedviz.experiments.QUESTIONS`: "algorithms", "dimensions", "holds", "one_hot", "pretrained",
        "similar", "tune".
    data, columns, read, test, validation, on_progress
        As for `train`.
    model : str
        Name of the model.
    budget : float or str
        Seconds, or "90s", "5m", "2h"; when they are over, no run is begun and those under way are left out.
    **settings
        Settings of the question (largest=64, seeds=5), and those of the model that all runs have in common (epochs=5).

    Returns
    -------
    Experiment
        `.table`, `.figure`, `.verdict` and `.results`, whose runs `.run_of` opens.

    Raises
    ------
    EmbedvizError
        When the data or a setting is wrong, or the question cannot be asked of the model.

    Examples
    --------
    >>> import embedviz as ev
    >>> from pathlib import Path
    >>> _ = Path("text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    >>> found = ev.experiment("dimensions", "text.txt", model="skipgram", largest=4, seeds=1, min_count=1, epochs=1)
    >>> found.table["dim"].tolist()
    [2, 4]
    """
    from embedviz.experiments import find_question
    from embedviz.experiments.budget import seconds_of
    from embedviz.experiments.experiment import create_experiment
    from embedviz.jobs.inline import run_inline

    columns = _with_categories(model, data, columns)
    dataset = _dataset(model, data, read, columns, test, validation)
    own = find_question(question).Settings.model_fields
    asked = create_experiment(
        question,
        dataset,
        model,
        budget=seconds_of(budget),
        settings={name: value for name, value in settings.items() if name not in own},
        options={name: value for name, value in settings.items() if name in own},
        columns=columns,
    )
    return run_inline(asked, on_progress)


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


def _dataset(
    model: str,
    data: Data,
    read: Mapping[str, Any] | None,
    columns: Columns | None,
    test: Part,
    validation: Part,
) -> Dataset:
    from embedviz.data.samples import SAMPLES
    from embedviz.models import model_spec

    if is_shared():
        raise EmbedvizError("EMBEDVIZ_MODE is shared: training from Python is for one's own machine.")
    given: dict[PartName, Any] = {"validation": validation, "test": test}
    parts: dict[PartName, Path] = {part: _file_of(part, source) for part, source in given.items() if source is not None}
    uploads = Store().uploads_folder
    if (tables := split_parts(data)) is not None:
        further: dict[PartName, Path] = {
            part: _file_of(part, table) for part, table in tables.items() if part != "train"
        }
        _add(parts, further)
        data = tables["train"]
    elif (address := address_of(data)) is not None:
        found = local_files(address)
        _add(parts, found.parts)
        data = found.path
    is_split = bool(parts or (columns and columns.get("split")))
    if is_split and "split" not in model_spec(model).optional_roles:
        raise SettingsError(
            f"The model {model} takes no split: its test set is drawn from the units of its text. Train it without "
            f"test, validation and a column as split."
        )
    if is_table_like(data):
        dataset = dataset_of_table(uploads, data)
    elif not isinstance(data, (str, Path)) or Path(data).is_dir():
        return _corpus(model, data, uploads, read)
    elif str(data) in SAMPLES and not Path(data).exists():
        dataset = Dataset.sample(uploads, str(data))
    else:
        dataset = Dataset.at_path(uploads, Path(data))
    dataset.set_options(**(read or {}))
    if parts:
        dataset.add_parts(parts)
    return dataset


def _file_of(part: PartName, source: Any) -> Path:
    """Return the path of a part's file, which is downloaded or written where it is an address or a table."""
    if (address := address_of(source)) is not None:
        return local_file(address)
    return file_of_table(source, part) if is_table_like(source) else Path(source)


def _add(parts: dict[PartName, Path], further: Mapping[PartName, Path]) -> None:
    if twice := [part for part in further if part in parts]:
        raise DataError(f"The {twice[0]} set is given twice: with the data, and by {twice[0]}=. Leave one out.")
    parts.update(further)


def _with_categories(model: str, data: Data, columns: Columns | None) -> Columns | None:
    """Add the columns of numbers that a table's own types make categories, where the model reads categories."""
    from embedviz.models import model_spec

    chosen = {
        name for names in (columns or {}).values() for name in ([names] if isinstance(names, str) else names or [])
    }
    tables = split_parts(data)
    found = [name for name in category_columns(data if tables is None else tables["train"]) if name not in chosen]
    if not found or "category" not in model_spec(model).optional_roles:
        return columns
    given = (columns or {}).get("category") or []
    return {**(columns or {}), "category": [*([given] if isinstance(given, str) else given), *found]}


def _corpus(model: str, data: Data, uploads: Path, read: Mapping[str, Any] | None) -> Dataset:
    from embedviz.models import model_spec
    from embedviz.training.protocols import reads_corpus

    if not isinstance(data, str | Path | Sequence):
        raise DataError(f"Expected {EXPECTED}; got {kind_of(data)}.")
    given = [data] if isinstance(data, (str, Path)) else data
    if wrong := [path for path in given if not isinstance(path, (str, Path))]:
        raise DataError(f"Expected {EXPECTED}; the list holds {wrong[0]!r}.")
    paths = [Path(path) if (address := address_of(path)) is None else local_file(address) for path in given]
    if not paths:
        raise DataError("There is no file to train on: the list of files is empty.")
    if not reads_corpus(model_spec(model)):
        raise SettingsError(f"The model {model} reads one file. Several files and folders are for models of words.")
    dataset = Dataset.corpus(uploads, paths)
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
    track: Sequence[str],
    filters: Sequence[Mapping[str, Any]],
) -> Run:
    from embedviz.jobs.tracking import checked_targets

    folder = Path(out).absolute() if out else None
    created = Store().create_training(
        model,
        dataset,
        settings,
        columns=columns,
        probes=probes or (),
        name=name,
        folder=folder,
        track=checked_targets(track),
        filters=[_label_filter(model, chosen) for chosen in filters],
    )
    return Run(created.folder)


def _label_filter(model: str, chosen: Mapping[str, Any]) -> LabelFilter:
    from embedviz.models import model_spec
    from embedviz.store.label_filter import LabelFilter

    space, labels, keep = (chosen.get(key) for key in ("space", "labels", "keep"))
    is_right = set(chosen) == {"space", "labels", "keep"} and not isinstance(labels, str)
    if not is_right or not isinstance(labels, Sequence) or not isinstance(keep, bool):
        raise SettingsError(
            f'A filter is {{"space": NAME, "labels": [...], "keep": True or False}}, not {dict(chosen)!r}.'
        )
    if not isinstance(space, str) or not model_spec(model).filters_by(space):
        raise SettingsError(f"The data of {model} cannot be filtered by the labels of {space!r}.")
    return LabelFilter(space, [str(label) for label in labels], keep)
