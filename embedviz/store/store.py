"""The store: every run and every upload that is kept, by owner. Folders are the only truth; there is no index to mend."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from embedviz.core.errors import RunError
from embedviz.store import events, status
from embedviz.store.dataset import Dataset
from embedviz.store.home import LOCAL_OWNER, checked_id, home, is_shared, new_id
from embedviz.store.job import LOG
from embedviz.store.label_filter import Only, label_file
from embedviz.store.run import Run

KEPT_DELETED = 24 * 3600.0  # seconds a deleted run can be brought back
KEPT_PREDICTIONS = 2 * 3600.0  # seconds an answer is kept; asked again it is worked out again
SHARED_LIFE = 2 * 3600.0  # seconds a run is kept on a public host


class Store:
    """runs/, uploads/, predictions/ and deleted/ under one folder."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder or home()
        self.runs_folder, self.uploads_folder = self.folder / "runs", self.folder / "uploads"
        self.deleted_folder, self.predictions_folder = self.folder / "deleted", self.folder / "predictions"
        for part in (self.runs_folder, self.uploads_folder, self.deleted_folder, self.predictions_folder):
            part.mkdir(mode=0o700, exist_ok=True)

    def create_training(
        self,
        model: str,
        dataset: Dataset,
        settings: dict[str, Any],
        *,
        columns: dict[str, Any] | None = None,
        probes: list[str] | None = None,
        name: str | None = None,
        estimate: dict[str, float] | None = None,
        owner: str = LOCAL_OWNER,
        folder: Path | None = None,
        only: Sequence[Only] = (),
    ) -> Run:
        """A run that is ready to be worked on. Settings are checked now, so that a mistake is told before it waits.
        only: what the data is narrowed by, one after the other."""
        from embedviz.models import model_class

        cls = model_class(model)
        checked = cls.Settings.of(**settings)
        chosen = {**dataset.columns, **(columns or {})}
        spec = {
            "kind": "training",
            "model": model,
            "main_space": cls.main_space,
            "settings": checked.model_dump(),
            "columns": chosen,
            "probes": probes or [],
            "estimate": estimate or {},
        }
        return self._create(spec, dataset, name or f"{dataset.title}, {model}", owner, folder, only)

    def create_vectors(self, dataset: Dataset, *, name: str | None = None, owner: str = LOCAL_OWNER) -> Run:
        """A run that opens a file of ready vectors as a space."""
        spec = {"kind": "vectors", "model": "vectors", "main_space": "word", "settings": {}}
        return self._create(spec, dataset, name or dataset.title, owner)

    def _create(
        self,
        spec: dict[str, Any],
        dataset: Dataset,
        name: str,
        owner: str,
        folder: Path | None = None,
        only: Sequence[Only] = (),
    ) -> Run:
        import embedviz

        run_id = new_id()
        folder = folder or self.runs_folder / run_id
        if (folder / Run.spec_file).exists():
            _give_way(Run(folder))
        spec |= {
            "id": run_id,
            "name": name,
            "owner": owner,
            "data": dataset.reference() | ({"only": [part.reference() for part in only]} if only else {}),
            "version": embedviz.__version__,
        }
        Run.write(folder, spec)
        dataset.link_into(folder / "data")
        for number, part in enumerate(only):
            part.write(label_file(folder / "data", number))
        return Run(folder)

    def run(self, run_id: str) -> Run:
        """The run with this id; RunError when there is none (any more)."""
        folder = self.runs_folder / checked_id(run_id)
        if not (folder / Run.spec_file).is_file():
            raise RunError("This run is not here any more: it was deleted, or its time on this server was over.")
        return Run(folder)

    def runs(self, owner: str | None = None) -> list[Run]:
        """All runs, or those of one owner, the newest first."""
        found = [Run(path.parent) for path in self.runs_folder.glob(f"*/{Run.spec_file}")]
        return sorted((r for r in found if owner in (None, r.owner)), key=lambda run: -run.created)

    def delete(self, run: Run) -> None:
        """Takes the run out of the list; it can be brought back for a day."""
        if not run.state.is_final:
            raise RunError(f"The run {run.name!r} is {run.status}. Stop it first.")
        if _at_work(run):
            raise RunError(
                f"A map, baselines or repeats of the run {run.name!r} are still being worked out. Stop them, or wait."
            )
        os.replace(run.folder, self.deleted_folder / run.id)
        os.utime(self.deleted_folder / run.id)

    def restore(self, run_id: str) -> Run:
        """Brings a deleted run back."""
        folder = self.deleted_folder / checked_id(run_id)
        if not folder.is_dir():
            raise RunError("This run cannot be brought back any more.")
        os.replace(folder, self.runs_folder / run_id)
        return self.run(run_id)

    def deleted(self, owner: str) -> list[Run]:
        """The owner's deleted runs that can still be brought back, the last deleted first."""
        found = [Run(path.parent) for path in self.deleted_folder.glob(f"*/{Run.spec_file}")]
        return sorted((r for r in found if r.owner == owner), key=lambda run: -run.folder.stat().st_mtime)

    def dataset(self, dataset_id: str) -> Dataset:
        """The upload with this id; RunError when it is gone."""
        return Dataset.open(self.uploads_folder / checked_id(dataset_id))

    def datasets(self, owner: str) -> list[Dataset]:
        """The owner's uploads, the oldest first."""
        found = [Dataset.open(path.parent) for path in self.uploads_folder.glob("*/dataset.json")]
        return sorted((d for d in found if d.owner == owner), key=lambda dataset: dataset.created)

    def delete_dataset(self, dataset: Dataset) -> None:
        """Deletes an upload and the copies its runs hold (links to one file). Their vectors stay; they cannot resume."""
        if any(not run.state.is_final for run in self._runs_of(dataset)):
            raise RunError(f"{dataset.title!r} is being read by a run. Stop it first.")
        for run in self._runs_of(dataset):
            shutil.rmtree(run.folder / "data", ignore_errors=True)
        shutil.rmtree(dataset.folder)

    def _runs_of(self, dataset: Dataset) -> Iterator[Run]:
        return (run for run in self.runs(dataset.owner) if run.spec["data"].get("id") == dataset.id)

    def used(self) -> int:
        """Bytes on disk; a file that an upload and its runs share counts once."""
        seen, total = set(), 0
        for parent, _, names in os.walk(self.folder):
            for name in names:
                try:
                    entry = os.stat(os.path.join(parent, name))
                except FileNotFoundError:
                    continue
                if (entry.st_dev, entry.st_ino) not in seen:
                    seen.add((entry.st_dev, entry.st_ino))
                    total += entry.st_size
        return total

    def sweep(self, now: float | None = None) -> None:
        """Forgets what was deleted a day ago and, on a public host, ended runs and uploads past their time."""
        now = now or time.time()
        old = [path for path in self.deleted_folder.iterdir() if now - path.stat().st_mtime > KEPT_DELETED]
        if is_shared():
            ended = [run for run in self.runs() if run.state.is_final and now - run.created > SHARED_LIFE]
            old += [run.folder for run in ended if not _at_work(run)]
            old += [p for p in self.uploads_folder.iterdir() if now - p.stat().st_mtime > SHARED_LIFE]
        old += [p for p in self.predictions_folder.iterdir() if now - p.stat().st_mtime > KEPT_PREDICTIONS]
        for folder in old:
            shutil.rmtree(folder, ignore_errors=True)


def _give_way(run: Run) -> None:
    """Takes a run that failed before it had learned anything out of its folder, so that a corrected call may have it;
    whatever else lies there stays. RunError for any other run."""
    if run.status != "failed" or any(run.folder.glob("*.safetensors")):
        raise RunError(f"{run.folder} already holds a run. Name another folder.")
    shutil.rmtree(run.folder / "data", ignore_errors=True)
    for name in (Run.spec_file, status.FILE, events.FILE, LOG):
        (run.folder / name).unlink(missing_ok=True)


def _at_work(run: Run) -> bool:
    """True while a map, baselines or repeats of the run, which live below it, wait or are worked out."""
    return any(not status.read_status(path.parent).is_final for path in run.folder.glob("*/**/status.json"))


def quota() -> int:
    """Bytes past which the oldest uploads are offered for deletion: EMBEDVIZ_QUOTA_MB, 5 GB locally, 500 MB shared."""
    megabytes = float(os.environ.get("EMBEDVIZ_QUOTA_MB") or (500 if is_shared() else 5000))
    return int(megabytes * 1_000_000)
