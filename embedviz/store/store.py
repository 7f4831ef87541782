"""The store: every run and every upload that is kept, by owner. Folders are the only truth; there is no index."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.core.cost import Cost
from embedviz.core.errors import EmbedvizError, RunError
from embedviz.core.home import home, made_folder
from embedviz.core.jobs import events, status, stop_request
from embedviz.core.jobs.folder import LOG
from embedviz.core.limits import HostLimits
from embedviz.core.version import VERSION
from embedviz.store.data_reference import DataReference, fingerprint
from embedviz.store.disk_room import Room
from embedviz.store.ids import LOCAL_OWNER, checked_id, new_id
from embedviz.store.kept import DELETED, PREDICTIONS, RUNS, UPLOADS, VIEWS, bytes_below, is_at_work
from embedviz.store.retention import sweep
from embedviz.store.run_folder import LABEL, RunFolder
from embedviz.store.run_specs import RunSpec, TrainingSpec, VectorsSpec
from embedviz.store.table_folders import delete_tables

if TYPE_CHECKING:  # they bring pandas, which a list of runs can do without
    from embedviz.data.folds import Fold
    from embedviz.store.dataset import Dataset
    from embedviz.store.label_filter import LabelFilter

logger = logging.getLogger(__name__)


class Store:
    """The folders runs/, uploads/, predictions/ and deleted/ under one folder.

    Parameters
    ----------
    folder : Path, optional
        By default `home()`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home()
        self.runs_folder, self.uploads_folder = self.folder / RUNS, self.folder / UPLOADS
        self.deleted_folder, self.predictions_folder = self.folder / DELETED, self.folder / PREDICTIONS
        self.views_folder = self.folder / VIEWS  # of a visitor: what was asked of the runs of others
        for part in (self.runs_folder, self.uploads_folder, self.deleted_folder, self.predictions_folder):
            made_folder(part)

    def create_training(
        self,
        model: str,
        dataset: Dataset,
        settings: Mapping[str, Any],
        *,
        columns: Mapping[str, str | list[str] | None] | None = None,
        probes: Sequence[str] = (),
        name: str | None = None,
        estimate: Cost | None = None,
        owner: str = LOCAL_OWNER,
        folder: Path | None = None,
        filters: Sequence[LabelFilter] = (),
        track: Sequence[str] = (),
        experiment: str = "",
        fold: Fold | None = None,
    ) -> RunFolder:
        """Create a training that is ready to be submitted.

        Parameters
        ----------
        model : str
            Name of the model.
        dataset : Dataset
            The data.
        settings : mapping
            Fields of the model's Settings. They are checked now, so that a mistake is reported before it waits.
        columns : mapping, optional
            Role to column, where the guess is wrong; None takes a guess away.
        probes : sequence of str, optional
            Labels whose neighbors are reported while it trains.
        name : str, optional
            What it is called; by default after its data and model.
        estimate : Cost, optional
            What it is expected to take.
        owner : str, optional
            Whose run it is.
        folder : Path, optional
            Where it is kept; by default in the store.
        filters : sequence of LabelFilter, optional
            What the data is filtered by, one after the other.
        track : sequence of str, optional
            Where its events go as well; see `embedviz.jobs.tracking`.
        experiment : str, optional
            Id of the experiment that has it trained.
        fold : Fold, optional
            The fold of a cross-validation that is the test set.

        Raises
        ------
        SettingsError
            When a setting is wrong or past a limit of this host, or there is no such model.
        RunError
            When the folder already holds a run.
        QuotaError
            When the owner's disk, or the server's, is used up.
        """
        from embedviz.models import model_spec

        chosen_model = model_spec(model)
        checked = chosen_model.Settings.of(**settings).model_dump()
        _check_limits(model, checked)
        spec = TrainingSpec(
            model,
            _reference(dataset, filters),
            settings=checked,
            columns={**dataset.columns, **(columns or {})},
            probes=list(probes),
            estimate=estimate.fields() if estimate else {},
            main_space=next(iter(chosen_model.spaces), ""),
            follows_split=True,
            fold=fold,
            track=list(track),
        )
        return self._create(spec, dataset, name or f"{dataset.title}, {model}", owner, folder, filters, experiment)

    def create_vectors(
        self, dataset: Dataset, *, name: str | None = None, owner: str = LOCAL_OWNER, tensor: str = ""
    ) -> RunFolder:
        """Create a run that opens a file of pretrained vectors as a space; tensor: which of its matrices."""
        spec = VectorsSpec("vectors", _reference(dataset), main_space="word", tensor=tensor)
        return self._create(spec, dataset, name or dataset.title, owner)

    def _create(
        self,
        spec: RunSpec,
        dataset: Dataset,
        name: str,
        owner: str,
        folder: Path | None = None,
        filters: Sequence[LabelFilter] = (),
        experiment: str = "",
    ) -> RunFolder:
        if folder is None:
            Room(self.folder, owner, "No run can be started").check()
        run_id = new_id()
        folder = folder or self.runs_folder / run_id
        if RunFolder.exists(folder):
            _remove_failed(RunFolder(folder))
        dataset.link_into(made_folder(folder) / "data")
        for number, part in enumerate(filters):
            part.write(folder / "data", number)
        return RunFolder.create_run(
            folder, spec, run_id, name=name, owner=owner, version=VERSION, experiment=experiment
        )

    def run(self, run_id: str, viewer: str | None = None) -> RunFolder:
        """Return the run with this id, for its owner or, with a folder of their own for maps and the like, for another viewer.

        Raises
        ------
        RunError
            When there is none (any more).
        """
        folder = self.runs_folder / checked_id(run_id)
        if not RunFolder.exists(folder):
            raise RunError("This run no longer exists: it was deleted, or it expired on this server.")
        run = RunFolder(folder)
        return run if viewer in (None, run.owner) else RunFolder(folder, self.views_folder / viewer / run_id)

    def runs(self, owner: str | None = None) -> list[RunFolder]:
        """Return all runs, or those of one owner, the newest first."""
        found = _readable(self.runs_folder, owner)
        return sorted(found, key=lambda run: -run.created)

    def delete(self, run: RunFolder) -> None:
        """Take the run out of the list; it can be brought back for a day. RunError while somebody works on it."""
        if not run.state.is_final:
            raise RunError(f"The run {run.name!r} is {run.status}. Stop it first.")
        if is_at_work(run.folder):
            raise RunError(
                f"A map, baselines or repeats of the run {run.name!r} are still being worked out. Stop them, or wait."
            )
        os.replace(run.folder, self.deleted_folder / run.id)
        os.utime(self.deleted_folder / run.id)

    def restore(self, run_id: str) -> RunFolder:
        """Bring a deleted run back."""
        folder = self.deleted_folder / checked_id(run_id)
        if not folder.is_dir():
            raise RunError("This run can no longer be restored.")
        os.replace(folder, self.runs_folder / run_id)
        return self.run(run_id)

    def deleted(self, owner: str) -> list[RunFolder]:
        """Return the owner's deleted runs that can still be brought back, the last deleted first."""
        found = _readable(self.deleted_folder, owner)
        return sorted(found, key=lambda run: -run.folder.stat().st_mtime)

    def dataset(self, dataset_id: str) -> Dataset:
        """Return the upload with this id, which is thereby used. RunError when it is gone."""
        from embedviz.store.dataset import Dataset

        dataset = Dataset.open(self.uploads_folder / checked_id(dataset_id))
        with suppress(OSError):  # a disk that is read-only
            os.utime(dataset.folder)  # see embedviz.store.retention
        return dataset

    def datasets(self, owner: str) -> list[Dataset]:
        """Return the owner's uploads, the oldest first. One whose record is damaged is left out."""
        found = (dataset for dataset in _readable_datasets(self.uploads_folder) if dataset.owner == owner)
        return sorted(found, key=lambda dataset: dataset.created)

    def delete_dataset(self, dataset: Dataset) -> None:
        """Take the data set out of the list; it can be brought back for a day, and its runs keep their own copy.

        Raises
        ------
        RunError
            While it is being read.
        """
        if is_at_work(dataset.folder):
            raise RunError(f"{dataset.title!r} is being read. Stop that, or wait.")
        shutil.rmtree(self.deleted_folder / dataset.id, ignore_errors=True)  # of the same content, deleted before
        os.replace(dataset.folder, self.deleted_folder / dataset.id)
        os.utime(self.deleted_folder / dataset.id)

    def restore_dataset(self, dataset_id: str) -> Dataset:
        """Bring a deleted data set back. RunError when it is too late."""
        folder = self.deleted_folder / checked_id(dataset_id)
        if not folder.is_dir():
            raise RunError("This data can no longer be restored. Upload it again.")
        if (self.uploads_folder / dataset_id).exists():  # brought again meanwhile: a table has the id of its content
            shutil.rmtree(folder)
            return self.dataset(dataset_id)
        os.replace(folder, self.uploads_folder / dataset_id)
        return self.dataset(dataset_id)

    def deleted_datasets(self, owner: str) -> list[Dataset]:
        """Return the owner's deleted data sets that can still be brought back, the last deleted first."""
        found = (dataset for dataset in _readable_datasets(self.deleted_folder) if dataset.owner == owner)
        return sorted(found, key=lambda dataset: -dataset.folder.stat().st_mtime)

    def purge_dataset(self, dataset: Dataset) -> None:
        """Delete an upload for good, what was parsed of it and the copies its runs hold. Their vectors stay; they cannot resume."""
        if any(not run.state.is_final for run in self._runs_of(dataset)):
            raise RunError(f"{dataset.title!r} is being read by a run. Stop it first.")
        for run in self._runs_of(dataset):
            shutil.rmtree(run.folder / "data", ignore_errors=True)
        shutil.rmtree(dataset.folder)
        delete_tables(fingerprint(dataset.reference()))

    def _runs_of(self, dataset: Dataset) -> Iterator[RunFolder]:
        return (run for run in self.runs(dataset.owner) if run.data.get("id") == dataset.id)

    def used(self) -> int:
        """Return the bytes on disk of the whole store; a file that an upload and its runs share counts once."""
        return bytes_below([self.folder])

    def sweep(self, now: float | None = None) -> None:
        """Delete what is past its time; see `embedviz.store.retention`."""
        sweep(self.folder, now)


def _check_limits(model: str, settings: Mapping[str, Any]) -> None:
    """Return if this host trains with these settings. SettingsError with the command that does on one's own machine."""
    limits = HostLimits.of_environment()
    for name, what in (
        ("epochs", "This server trains at most {limit} epochs"),
        ("dim", "Vectors have at most {limit} dimensions on this server"),
    ):
        limits.check(name, settings.get(name) or 0, what, f"embedviz train {model} FILE --{name} {settings.get(name)}")


def _reference(dataset: Dataset, filters: Sequence[LabelFilter] = ()) -> DataReference:
    reference = dataset.reference()
    if filters:
        reference["only"] = [part.reference() for part in filters]
    return reference


def _readable(folder: Path, owner: str | None = None) -> Iterator[RunFolder]:
    """The runs below the folder, or those of an owner; one whose record is damaged is left out, so that the others can be shown."""
    for entry in os.scandir(folder):
        try:
            if owner is not None and _owner_of(entry.path) != owner:
                continue
            run = RunFolder(entry.path)
            _ = run.spec, run.name
        except EmbedvizError as error:
            if RunFolder.exists(Path(entry.path)):
                logger.warning("%s: %s", entry.name, error)
            continue
        yield run


@lru_cache(maxsize=100_000)
def _owner_of(folder: str) -> str:
    """The owner of the run in a folder, which no run changes: a page of one visitor reads the records of others once."""
    return RunFolder(folder).owner


def _readable_datasets(folder: Path) -> Iterator[Dataset]:
    """The data sets below the folder; one whose record is damaged, or that is being deleted, is left out."""
    from embedviz.store.dataset import FILE, Dataset

    for path in folder.glob(f"*/{FILE}"):
        try:
            yield Dataset.open(path.parent)
        except EmbedvizError as error:
            logger.warning("%s: %s", path.parent.name, error)


def _remove_failed(run: RunFolder) -> None:
    """Remove a run that failed before it had learned anything, so that a corrected call may have its folder.

    Whatever else lies there stays. RunError for any other run.
    """
    if run.status != "failed" or any(run.folder.glob("*.safetensors")):
        raise RunError(f"{run.folder} already holds a run. Name another folder.")
    shutil.rmtree(run.folder / "data", ignore_errors=True)
    requests = (stop_request.FILE, stop_request.INTERRUPT_FILE)
    for name in (RunFolder.record_file, LABEL, status.FILE, events.FILE, *requests, LOG):
        (run.folder / name).unlink(missing_ok=True)
    for path in run.folder.glob("lease.*.json"):
        path.unlink(missing_ok=True)
