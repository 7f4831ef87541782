"""A training from beginning to end, in whichever process: read, prepare, fit, measure, keep."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from embedviz.core.files import replacing, write_json
from embedviz.core.peak_memory import PeakMemory
from embedviz.core.progress import Progress
from embedviz.data.roles import roles_of
from embedviz.jobs.control import Control
from embedviz.jobs.pretrained import give_vectors
from embedviz.jobs.supervisor import threads_for
from embedviz.models import model_class
from embedviz.models.contract import Model
from embedviz.space.storage import write_space
from embedviz.store.label_filter import read_data
from embedviz.store.run import KNOWLEDGE, METRICS, PICTURES, SPACES, WEIGHTS, Run
from embedviz.store.snapshots import MomentKeeper
from embedviz.store.status import State
from embedviz.training.devices import Device, choose, torch_threads

CHECKPOINT = "checkpoint.safetensors"
FIRST_CHECKPOINT = 1.0  # seconds after the fit has begun
CHECKPOINT_EVERY = 5.0  # seconds at least between two
CHECKPOINT_SHARE = 0.03  # of the time may go into writing them
PROBES_EVERY = 1.0
PROBE_NEIGHBORS = 8


def work(run: Run, control: Control, say: Callable[..., None]) -> State:
    """Trains the run in its folder and returns the state it ended in. Takes up its checkpoint when there is one."""
    settings = run.settings
    device = choose(settings.device)
    threads = threads_for(model_class(run.model), settings)
    with torch_threads(threads), PeakMemory() as held:
        return _train(run, device, threads, control, say, held)


def _train(
    run: Run, device: Device, threads: int, control: Control, say: Callable[..., None], held: PeakMemory
) -> State:
    begun, settings = time.time(), run.settings
    say(Progress(message=f"Reading {run.spec['data']['title']} for {device.title}"))
    checkpoint = run.folder / CHECKPOINT
    table = read_data(run)
    model = model_class(run.model)(settings)
    give_vectors(model, say)
    for event in model.prepare(table, roles_of(table, run.spec["columns"])):
        say(event)
        if control.interrupt:
            return "interrupted"
        if control.stop and not checkpoint.exists():
            return "stopped"  # with a checkpoint it goes on to the first event of the fit, and keeps what was learned
    del table
    estimate = run.spec["estimate"] or vars(model.cost(device, threads))
    say(Progress(message="Estimated"), estimate=estimate)
    if checkpoint.exists():
        model.restore(*_read_checkpoint(checkpoint))
        say(Progress(message="Going on from the last checkpoint"))
    _fit(run, model, device, threads, control, say)
    if control.interrupt:
        _write_checkpoint(checkpoint, model)
        return "interrupted"
    say(Progress(message="Measuring on the test part"))
    took = {"seconds": round(run.state.elapsed() or time.time() - begun, 2), "memory_bytes": held.take()}
    _keep(run, model, {"estimate": estimate, **took, "device": device.title, "threads": threads})
    if control.stop:
        _write_checkpoint(checkpoint, model)  # Resume goes on from the moment of the Stop
        return "stopped"
    checkpoint.unlink(missing_ok=True)
    return "done"


def _fit(run: Run, model: Model, device: Device, threads: int, control: Control, say: Callable[..., None]) -> None:
    checkpoint_due, probes_due = time.monotonic() + FIRST_CHECKPOINT, 0.0
    keeper = MomentKeeper(run.folder)
    for event in model.fit(device, threads):
        now = time.monotonic()
        more = {}
        if now >= probes_due:
            more["probes"] = _probes(model, run.spec["probes"])
            probes_due = now + max(PROBES_EVERY, 20 * (time.monotonic() - now))
        if keeper.is_due(event.step, event.total_steps):
            keeper.keep(event.step, model.spaces(best=False))
        say(event, **more)
        if control.any:
            return
        if now >= checkpoint_due:
            _write_checkpoint(run.folder / CHECKPOINT, model)
            took = time.monotonic() - now
            checkpoint_due = now + max(CHECKPOINT_EVERY, took / CHECKPOINT_SHARE)


def _probes(model: Model, probes: list[str]) -> dict[str, list[list[Any]]]:
    """The nearest labels of each probe word that is there: word -> [[label, similarity], …]."""
    if not probes:
        return {}
    spaces = model.spaces(best=False)
    if not spaces:
        return {}
    space = spaces[model.main_space or next(iter(spaces))]
    found = {}
    for word in probes:
        if word in space:
            near = space.neighbors(word, PROBE_NEIGHBORS)
            similarities = [round(float(x), 3) for x in near["similarity"]]
            found[word] = [list(pair) for pair in zip(near["label"], similarities, strict=True)]
    return found


def _keep(run: Run, model: Model, record: dict[str, Any]) -> None:
    """Writes spaces, weights and scores; the scores last, so that a run with scores is whole."""
    spaces = model.spaces()
    for name, space in spaces.items():
        write_space(space, run.folder / SPACES, name)
    if not model.main_space and spaces:
        run.set_main_space(next(iter(spaces)))
    with replacing(run.folder / WEIGHTS) as temporary:
        save_file({name: np.ascontiguousarray(array) for name, array in model.weights().items()}, temporary)
    if hasattr(model, "predict"):
        write_json(run.folder / KNOWLEDGE, model.knowledge())
        for name, frame in model.pictures().items():
            (run.folder / PICTURES).mkdir(exist_ok=True)
            with replacing(run.folder / PICTURES / f"{name}.parquet") as temporary:
                frame.to_parquet(temporary, index=False)
    record |= {"protocol": model.protocol(), "score": model.score}
    write_json(run.folder / METRICS, {"metrics": model.evaluate(), "record": record})


def _write_checkpoint(path: Path, model: Model) -> None:
    """Arrays and values in one file, so that a kill between two files cannot part them."""
    arrays, values = model.state()
    with replacing(path) as temporary:
        save_file({k: np.ascontiguousarray(a) for k, a in arrays.items()}, temporary, {"values": json.dumps(values)})


def _read_checkpoint(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    with safe_open(path, framework="numpy") as file:
        values = json.loads(file.metadata()["values"])
        return {name: file.get_tensor(name) for name in file.keys()}, values  # noqa: SIM118 - not a dict
