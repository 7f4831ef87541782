"""The job that trains a model, from beginning to end: read, prepare, train, measure, keep."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from embedviz.core.cost import Cost
from embedviz.core.files import replacing
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.events import EventDetails
from embedviz.core.jobs.reporter import Interrupted, Reporter, StopRequested
from embedviz.core.limits import HostLimits
from embedviz.core.peak_memory import PeakMemory
from embedviz.core.progress import Progress
from embedviz.core.typed_json import write_typed
from embedviz.data.roles import roles_of
from embedviz.jobs.machine import machine_for
from embedviz.jobs.pretrained import open_pretrained_space
from embedviz.jobs.tracking import Tracking
from embedviz.models import model_spec
from embedviz.space import EmbeddingSpace
from embedviz.space.snapshots import SnapshotWriter
from embedviz.space.storage import write_space
from embedviz.store.label_filter import read_data
from embedviz.store.run_folder import (
    ARCHITECTURE,
    CHECKPOINT,
    FIGURES,
    FORM,
    METRICS,
    SPACES,
    WEIGHTS,
    Metrics,
    RunFolder,
    TrainingRecord,
)
from embedviz.store.run_specs import TrainingSpec
from embedviz.training.devices import choose, torch_threads
from embedviz.training.protocols import AnyModelSpec, ExampleSpec, Layered, Learner, Predictor, Prepared, State, Trained
from embedviz.training.report import Evaluation
from embedviz.training.threads import threads_for

FIRST_CHECKPOINT_S = 1.0  # after the training has begun
CHECKPOINT_INTERVAL_S = 5.0  # at least, between two
CHECKPOINT_SHARE = 0.03  # of the time may go into writing them
PROBE_INTERVAL_S = 1.0
PROBE_NEIGHBORS = 8


@job("training", lane="training")
def train(spec: TrainingSpec, folder: Path, reporter: Reporter) -> None:
    """Train the run in its folder. It goes on from its checkpoint where there is one.

    A Stop keeps the best so far, measured, and a checkpoint; an interruption keeps a checkpoint alone.
    """
    run, model = RunFolder(folder), model_spec(spec.model)
    settings = run.training_settings()
    device, threads = choose(settings.device), threads_for(model, settings)
    started, checkpoint = time.monotonic(), folder / CHECKPOINT
    with torch_threads(threads), PeakMemory() as memory, Tracking(run, spec.track) as tracking:
        reporter = tracking.reporter(reporter)
        reporter.report(f"Reading {run.data['title']} for {device.title}")
        prepared = _prepare(run, model, reporter, checkpoint.exists())
        cost = _estimated(run) or prepared.cost(settings, machine_for(device, threads))
        reporter(Progress(message="Estimated"), estimate=cost.fields())
        learner = prepared.learner(settings, device, threads)
        _check_vocabulary(learner)
        if checkpoint.exists():
            learner.restore(_read_checkpoint(checkpoint))
            reporter.report("Resuming from the last checkpoint")
        was_stopped = False
        try:
            _run_learner(run, learner, reporter)
        except Interrupted:
            _write_checkpoint(checkpoint, learner.state())
            raise
        except StopRequested:
            was_stopped = True
        reporter.report("Measuring on the test set")
        trained = learner.best()
        evaluation = model.evaluate(trained, prepared)
        spaces = {**trained.spaces(), **_examples(run, model, trained, prepared, reporter)}
        record = TrainingRecord(
            estimate=cost.fields(),
            seconds=round(run.state.seconds + time.monotonic() - started, 2),
            memory_bytes=memory.take_peak(),
            device=device.title,
            threads=threads,
        )
        record["main_space"] = next(iter(spaces), "")
        _keep(run, trained, spaces, evaluation, record)
        tracking.end()
        if was_stopped:
            _write_checkpoint(checkpoint, learner.state())  # Resume continues from here
            raise StopRequested
        checkpoint.unlink(missing_ok=True)


def _prepare(run: RunFolder, model: AnyModelSpec, reporter: Reporter, has_checkpoint: bool) -> Prepared[Any, Any]:
    """Prepare the run's data.

    Asked to stop meanwhile, a run with a checkpoint goes on to the first event of the training, and keeps what was learned.
    """
    table, settings = read_data(run), run.training_settings()
    pretrained = open_pretrained_space(settings, reporter)
    steps = model.prepare(table, roles_of(table, run.columns), settings, pretrained, run.spec.fold)
    while True:
        try:
            reporter(next(steps))
        except StopIteration as end:
            return end.value
        if not (has_checkpoint and reporter.stop_requested):
            reporter.check()


def _check_vocabulary(learner: Learner[Trained]) -> None:
    """Return if this host trains as many vectors. SettingsError otherwise."""
    limits = HostLimits.of_environment()
    if limits.vocabulary is not None:
        largest = max((len(space) for space in learner.current().spaces().values()), default=0)
        limits.check("vocabulary", largest, "This server learns at most {limit} vectors of a kind: leave rare ones out")


def _estimated(run: RunFolder) -> Cost | None:
    """Return the cost that was estimated before the start; None where nobody estimated."""
    fields = run.spec.estimate
    return Cost.from_fields(fields) if fields else None


def _run_learner(run: RunFolder, learner: Learner[Trained], reporter: Reporter) -> None:
    checkpoint_due, probes_due = time.monotonic() + FIRST_CHECKPOINT_S, 0.0
    snapshots = SnapshotWriter(run.folder)
    if snapshots.is_empty:
        snapshots.write(0, learner.current().spaces())
    for event in learner.run():
        now = time.monotonic()
        details = EventDetails()
        if now >= probes_due:
            details["probes"] = _probe(learner, run.spec.probes)
            probes_due = now + max(PROBE_INTERVAL_S, 20 * (time.monotonic() - now))
        if snapshots.is_due(event.step, event.total_steps):
            snapshots.write(event.step, learner.current().spaces())
        reporter(event, **details)
        reporter.check()
        if now >= checkpoint_due:
            _write_checkpoint(run.folder / CHECKPOINT, learner.state())
            took = time.monotonic() - now
            checkpoint_due = now + max(CHECKPOINT_INTERVAL_S, took / CHECKPOINT_SHARE)


def _probe(learner: Learner[Trained], probes: list[str]) -> dict[str, list[tuple[str, float]]]:
    """Return the nearest labels of each probe that is in the main space: label -> [(label, similarity), ...]."""
    spaces = learner.current().spaces() if probes else {}
    return {probe: _near(space, probe) for space in list(spaces.values())[:1] for probe in probes if probe in space}


def _near(space: EmbeddingSpace, label: str) -> list[tuple[str, float]]:
    near = space.neighbors(label, PROBE_NEIGHBORS)
    return list(zip(near["label"], [round(float(x), 3) for x in near["similarity"]], strict=True))


def _examples(
    run: RunFolder, model: AnyModelSpec, trained: Trained, prepared: Prepared[Any, Any], reporter: Reporter
) -> Mapping[str, EmbeddingSpace]:
    """Return the spaces of the examples; none for a model that has no such spaces. Like the scores, a Stop leaves them be."""
    if not isinstance(model, ExampleSpec):
        return {}
    steps = model.examples(trained, prepared, read_data(run))
    while True:
        try:
            reporter(next(steps))
        except StopIteration as end:
            return end.value


def _keep(
    run: RunFolder,
    trained: Trained,
    spaces: Mapping[str, EmbeddingSpace],
    evaluation: Evaluation,
    record: TrainingRecord,
) -> None:
    """Write spaces, model, figures and scores; the scores last, so that a run with scores is whole."""
    for name, space in spaces.items():
        write_space(space, run.folder / SPACES, name)
    trained.save(run.folder / WEIGHTS)
    if isinstance(trained, Layered):
        write_typed(run.folder / ARCHITECTURE, trained.architecture())
    if isinstance(trained, Predictor):
        write_typed(run.folder / FORM, trained.form())
    for name, frame in evaluation.frames.items():
        (run.folder / FIGURES).mkdir(exist_ok=True)
        with replacing(run.folder / FIGURES / f"{name}.parquet") as temporary:
            frame.to_parquet(temporary, index=False)
    record["protocol"], record["score"] = asdict(evaluation.protocol), evaluation.primary_metric
    write_typed(run.folder / METRICS, Metrics(dict(evaluation.metrics), record))


def _write_checkpoint(path: Path, state: State) -> None:
    """Write arrays and values into one file, so that a kill between two files cannot part them."""
    arrays = {name: np.ascontiguousarray(array) for name, array in state.arrays.items()}
    with replacing(path) as temporary:
        save_file(arrays, temporary, {"values": json.dumps(state.values)})


def _read_checkpoint(path: Path) -> State:
    with safe_open(path, framework="numpy") as file:
        values = json.loads(file.metadata()["values"])
        return State({name: file.get_tensor(name) for name in file.keys()}, values)  # noqa: SIM118 - not a dict
