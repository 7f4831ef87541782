"""The job that trains a model, from beginning to end: read, prepare, fit, measure, keep."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from embedviz.core.files import replacing, write_json
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.reporter import Interrupted, Reporter, StopRequested
from embedviz.core.peak_memory import PeakMemory
from embedviz.core.progress import Progress
from embedviz.core.typed_json import write_typed
from embedviz.data.roles import roles_of
from embedviz.jobs.pretrained import attach_pretrained
from embedviz.models import model_class
from embedviz.models.contract import Model
from embedviz.space.snapshots import SnapshotWriter
from embedviz.space.storage import write_space
from embedviz.store.label_filter import read_data
from embedviz.store.run_folder import (
    CHECKPOINT,
    KNOWLEDGE,
    METRICS,
    PICTURES,
    SPACES,
    WEIGHTS,
    Metrics,
    RunFolder,
    TrainingRecord,
)
from embedviz.store.run_specs import TrainingSpec
from embedviz.text.vocabulary import Vocabulary
from embedviz.training.devices import Device, choose, torch_threads
from embedviz.training.threads import threads_for

FIRST_CHECKPOINT_S = 1.0  # after the fit has begun
CHECKPOINT_INTERVAL_S = 5.0  # at least, between two
CHECKPOINT_SHARE = 0.03  # of the time may go into writing them
PROBE_INTERVAL_S = 1.0
PROBE_NEIGHBORS = 8


@job("training", lane="training")
def train(spec: TrainingSpec, folder: Path, reporter: Reporter) -> None:
    """Train the run in its folder. It goes on from its checkpoint where there is one.

    A Stop keeps the best so far, measured, and a checkpoint; an interruption keeps a checkpoint alone.
    """
    run = RunFolder(folder)
    settings = run.training_settings()
    device = choose(settings.device)
    threads = threads_for(model_class(run.model), settings)
    with torch_threads(threads), PeakMemory() as held:
        _train(run, device, threads, reporter, held)


def _train(run: RunFolder, device: Device, threads: int, reporter: Reporter, held: PeakMemory) -> None:
    begun, checkpoint = time.time(), run.folder / CHECKPOINT
    reporter.report(f"Reading {run.data['title']} for {device.title}")
    model = _prepared(run, reporter, checkpoint.exists())
    estimate = run.spec.estimate or vars(model.cost(device, threads))
    reporter(Progress(message="Estimated"), estimate=estimate)
    if checkpoint.exists():
        model.restore(*_read_checkpoint(checkpoint))
        reporter.report("Going on from the last checkpoint")
    was_stopped = False
    try:
        _fit(run, model, device, threads, reporter)
    except Interrupted:
        _write_checkpoint(checkpoint, model)
        raise
    except StopRequested:
        was_stopped = True
    reporter.report("Measuring on the test part")
    took = run.state.elapsed() or time.time() - begun
    record = TrainingRecord(
        estimate=estimate,
        seconds=round(took, 2),
        memory_bytes=held.take(),
        device=device.title,
        threads=threads,
    )
    _keep(run, model, record)
    if was_stopped:
        _write_checkpoint(checkpoint, model)  # Resume goes on from the moment of the Stop
        raise StopRequested
    checkpoint.unlink(missing_ok=True)


def _prepared(run: RunFolder, reporter: Reporter, has_checkpoint: bool) -> Model:
    """The model, prepared on the run's data.

    Asked to stop meanwhile, a run with a checkpoint goes on to the first event of the fit, and keeps what was learned.
    """
    table = read_data(run)
    model = model_class(run.model)(run.training_settings())
    attach_pretrained(model, reporter)
    for event in model.prepare(table, roles_of(table, run.spec.columns)):
        reporter(event)
        if not (has_checkpoint and reporter.stop_requested):
            reporter.check()
    return model


def _fit(run: RunFolder, model: Model, device: Device, threads: int, reporter: Reporter) -> None:
    checkpoint_due, probes_due = time.monotonic() + FIRST_CHECKPOINT_S, 0.0
    snapshots = SnapshotWriter(run.folder)
    for event in model.fit(device, threads):
        now = time.monotonic()
        more: dict[str, object] = {}
        if now >= probes_due:
            more["probes"] = _probes(model, run.spec.probes)
            probes_due = now + max(PROBE_INTERVAL_S, 20 * (time.monotonic() - now))
        if snapshots.is_due(event.step, event.total_steps):
            snapshots.write(event.step, model.spaces(best=False))
        reporter(event, **more)
        reporter.check()
        if now >= checkpoint_due:
            _write_checkpoint(run.folder / CHECKPOINT, model)
            took = time.monotonic() - now
            checkpoint_due = now + max(CHECKPOINT_INTERVAL_S, took / CHECKPOINT_SHARE)


def _probes(model: Model, probes: list[str]) -> dict[str, list[tuple[str, float]]]:
    """The nearest labels of each probe word that is there: word -> [(label, similarity), ...]."""
    if not probes:
        return {}
    spaces = model.spaces(best=False)
    if not spaces:
        return {}
    space = spaces[model.main_space or next(iter(spaces))]
    found: dict[str, list[tuple[str, float]]] = {}
    for word in probes:
        if word in space:
            near = space.neighbors(word, PROBE_NEIGHBORS)
            similarities = [round(float(x), 3) for x in near["similarity"]]
            found[word] = list(zip(near["label"], similarities, strict=True))
    return found


def _keep(run: RunFolder, model: Model, record: TrainingRecord) -> None:
    """Write spaces, weights, vocabulary and scores; the scores last, so that a run with scores is whole."""
    spaces = model.spaces()
    for name, space in spaces.items():
        write_space(space, run.folder / SPACES, name)
    with replacing(run.folder / WEIGHTS) as temporary:
        save_file({name: np.ascontiguousarray(array) for name, array in model.weights().items()}, temporary)
    vocabulary = getattr(getattr(model, "corpus", None), "vocabulary", None)
    if isinstance(vocabulary, Vocabulary):
        vocabulary.save(run.folder / "vocabulary.parquet")
    if hasattr(model, "predict"):
        write_json(run.folder / KNOWLEDGE, model.knowledge())
        for name, frame in model.pictures().items():
            (run.folder / PICTURES).mkdir(exist_ok=True)
            with replacing(run.folder / PICTURES / f"{name}.parquet") as temporary:
                frame.to_parquet(temporary, index=False)
    record["protocol"], record["score"] = model.protocol(), model.score
    record["main_space"] = model.main_space or next(iter(spaces), "")
    write_typed(run.folder / METRICS, Metrics(model.evaluate(), record))


def _write_checkpoint(path: Path, model: Model) -> None:
    """Write arrays and values into one file, so that a kill between two files cannot part them."""
    arrays, values = model.state()
    with replacing(path) as temporary:
        save_file({k: np.ascontiguousarray(a) for k, a in arrays.items()}, temporary, {"values": json.dumps(values)})


def _read_checkpoint(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    with safe_open(path, framework="numpy") as file:
        values = json.loads(file.metadata()["values"])
        return {name: file.get_tensor(name) for name in file.keys()}, values  # noqa: SIM118 - not a dict
