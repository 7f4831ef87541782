"""Tracking of trainings elsewhere: TensorBoard (scalars and the projector) and MLflow (a folder or a server).

A target is "tensorboard:FOLDER" or "mlflow:ADDRESS". Those of a run stand in its spec; those of the variable
EMBEDVIZ_TRACKING, with blanks between them, hold for every run of the machine. What goes wrong there is written to the
run's log, and the training goes on.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self, Unpack

from embedviz.core.errors import SettingsError
from embedviz.core.jobs.events import EventDetails
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.progress import Progress
from embedviz.store.run_folder import RunFolder

VARIABLE = "EMBEDVIZ_TRACKING"
MAX_PROJECTED = 20_000  # points of a space that the projector gets
MLFLOW_EXPERIMENT = "embedviz"
MLFLOW_RUN = "mlflow-run.txt"  # in the run's folder: the id under which it goes on after a Resume
PACKAGES = {"tensorboard": "tensorboard", "mlflow": "mlflow"}
logger = logging.getLogger(__name__)


class Tracker(Protocol):
    """One target of a run."""

    def take(self, progress: Progress) -> None:
        """Take an event of the training."""
        ...

    def end(self, run: RunFolder) -> None:
        """Take what the run came to; its scores and spaces are there."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def checked_targets(targets: Sequence[str]) -> list[str]:
    """Return the targets.

    Raises
    ------
    SettingsError
        For one that is neither of TensorBoard nor of MLflow, and where the package is not installed.
    """
    for target in targets:
        kind, colon, place = target.partition(":")
        if kind not in PACKAGES or not colon or not place:
            raise SettingsError(
                f"{target!r} is no place to track a training. Give tensorboard:FOLDER, mlflow:FOLDER or mlflow:http://HOST."
            )
        if importlib.util.find_spec(PACKAGES[kind]) is None:
            raise SettingsError(f"Tracking with {kind} needs its package: pip install {PACKAGES[kind]}")
    return list(targets)


class Tracking:
    """The targets of a training, together.

    Parameters
    ----------
    run : RunFolder
        The training.
    targets : sequence of str
        Those of its spec; those of the environment are added.
    """

    def __init__(self, run: RunFolder, targets: Sequence[str]) -> None:
        self._run = run
        self._trackers: dict[str, Tracker] = {}
        for target in dict.fromkeys([*targets, *os.environ.get(VARIABLE, "").split()]):
            self._guarded(target, lambda target=target: self._open(target))

    def reporter(self, reporter: Reporter) -> Reporter:
        """Return a reporter that tells the trackers as well."""
        if not self._trackers:
            return reporter

        def emit(progress: Progress, **details: Unpack[EventDetails]) -> None:
            reporter(progress, **details)
            for target, tracker in list(self._trackers.items()):
                self._guarded(target, lambda tracker=tracker: tracker.take(progress))

        return reporter.with_emit(emit)

    def end(self) -> None:
        """Tell the trackers what the run came to."""
        for target, tracker in list(self._trackers.items()):
            self._guarded(target, lambda tracker=tracker: tracker.end(self._run))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for target, tracker in list(self._trackers.items()):
            self._guarded(target, tracker.close)

    def _open(self, target: str) -> None:
        [checked] = checked_targets([target])
        kind, _, place = checked.partition(":")
        self._trackers[target] = _TensorBoard(self._run, place) if kind == "tensorboard" else _MLflow(self._run, place)

    def _guarded(self, target: str, act: Callable[[], object]) -> None:
        """Do something with a tracker; one that fails is dropped, and the run's log says why."""
        try:
            act()
        except Exception as error:
            self._trackers.pop(target, None)
            logger.warning("Tracking at %s has ended.", target, exc_info=True)
            sys.stderr.write(f"Tracking at {target} has ended: {error}\n")  # to the run's log


class _TensorBoard:
    def __init__(self, run: RunFolder, place: str) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer: Any = SummaryWriter(str(Path(place).expanduser() / _file_name(run)))
        self._writer.add_text("settings", _markdown(run.spec.settings))

    def take(self, progress: Progress) -> None:
        if progress.loss is not None:
            self._writer.add_scalar(_tag("train/loss", progress), progress.loss, progress.step)
        for name, value in progress.metrics.items():
            self._writer.add_scalar(_tag(name, progress), value, progress.step)

    def end(self, run: RunFolder) -> None:
        for name, value in run.metrics.items():
            self._writer.add_scalar(f"end/{name}", value)
        for name, space in run.spaces.items():
            rows = space.most_frequent(MAX_PROJECTED)
            self._writer.add_embedding(space.vectors[rows], [space.labels[row] for row in rows], tag=name)

    def close(self) -> None:
        self._writer.close()


class _MLflow:
    """The client alone is used: the functions of the module `mlflow` change global state."""

    def __init__(self, run: RunFolder, place: str) -> None:
        folder = None if "://" in place else Path(place).expanduser().absolute()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._client: Any = importlib.import_module("mlflow").MlflowClient(
            tracking_uri=f"sqlite:///{folder}/mlflow.db" if folder else place
        )
        kept = run.folder / MLFLOW_RUN
        if kept.exists():
            self._id = kept.read_text("utf-8")
            self._client.update_run(self._id, "RUNNING")
            return
        found = self._client.get_experiment_by_name(MLFLOW_EXPERIMENT)
        artifacts = (folder / "artifacts").as_uri() if folder else None
        experiment = found.experiment_id if found else self._client.create_experiment(MLFLOW_EXPERIMENT, artifacts)
        self._id = self._client.create_run(experiment, run_name=run.name).info.run_id
        kept.write_text(self._id, "utf-8")
        for name, value in {"model": run.model, "data": run.data["title"], **run.spec.settings}.items():
            self._client.log_param(self._id, name, str(value)[:500])

    def take(self, progress: Progress) -> None:
        values = {**({} if progress.loss is None else {"train/loss": progress.loss}), **progress.metrics}
        for name, value in values.items():
            self._client.log_metric(self._id, _mlflow_name(_tag(name, progress)), value, step=progress.step)

    def end(self, run: RunFolder) -> None:
        for name, value in run.metrics.items():
            self._client.log_metric(self._id, _mlflow_name(f"end/{name}"), value)
        self._client.log_artifact(self._id, str(run.folder / "metrics.json"))

    def close(self) -> None:
        self._client.set_terminated(self._id)


def _tag(name: str, progress: Progress) -> str:
    return f"{progress.stage}/{name}" if progress.stage else name


def _mlflow_name(name: str) -> str:
    """Return a name that MLflow takes: letters, digits, and few signs."""
    return re.sub(r"[^\w\-. /]", "_", name.replace("@", "_at_"))


def _file_name(run: RunFolder) -> str:
    words = re.sub(r"[^\w\-]+", "-", run.name).strip("-")
    return f"{words[:60]}-{run.id[:8]}"


def _markdown(settings: dict[str, Any]) -> str:
    rows = "\n".join(f"| {name} | {value} |" for name, value in settings.items())
    return f"| setting | value |\n|---|---|\n{rows}"
