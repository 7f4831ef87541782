"""The worker process: `python -m embedviz.jobs.worker LANE`. It imports what is heavy, says so, and does jobs one by one.

Lines of JSON, one a message. In: {"job": folder, "kind": kind}, {"stop": folder}. Out: {"ready": …}, {"machine": …},
{"done": folder}. When standard input ends, the server has gone: the job under way is put away and the worker leaves.
Nothing that a job prints reaches the line to the server; it goes to the job's log.txt.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from embedviz.core.errors import EmbedvizError
from embedviz.core.files import read_json
from embedviz.core.progress import Progress
from embedviz.jobs.control import Control
from embedviz.store.events import EventLog
from embedviz.store.job import LOG, Job
from embedviz.store.run import Run
from embedviz.store.status import FILE, Process, State, Status, write_status

# kind -> module:function(job, control, say) -> the state it ended in; `say(progress, **more)` writes an event
WORK = {
    "training": (Run, "embedviz.jobs.training:work"),
    "vectors": (Run, "embedviz.jobs.vectors:work"),
    "projection": (Job, "embedviz.jobs.maps:work"),
    "history": (Job, "embedviz.jobs.history:work"),
    "pair": (Job, "embedviz.jobs.pair:work"),
    "comparison": (Job, "embedviz.jobs.comparison:work"),
    "reading": (Job, "embedviz.jobs.reading:work"),
    "prediction": (Job, "embedviz.jobs.prediction:work"),
    "baselines": (Job, "embedviz.jobs.baselines:work"),
    "repeats": (Job, "embedviz.jobs.repeats:work"),
}
SERVER_GONE = "The server went away. What was learned is kept; Resume goes on from there."
TERMINATED = "The process was asked to end. What was learned is kept; Resume goes on from there."

logger = logging.getLogger(__name__)


def perform(folder: Path, kind: str, control: Control, on_event: Callable[[Progress], None] | None = None) -> State:
    """Does the job in the folder, in this process, and returns the state it ended in.

    Whatever goes wrong ends in a state with a reason: a person's mistake in its own sentence, a bug of ours with an
    id under which log.txt holds the traceback.
    """
    _let_threads_sleep()
    job_class, address = WORK[kind]
    before = read_json(folder / FILE)
    status = Status(
        "running",
        holder=Process.this(),
        queued=before.get("queued", 0.0),
        started=time.time(),
        seconds=before.get("seconds", 0.0),
    )
    write_status(folder, status)
    log = EventLog(folder)

    def say(progress: Progress, **more: Any) -> None:
        log.append(progress, **more)
        if on_event:
            on_event(progress)

    reason = ""
    try:
        job = job_class(folder)
        say(Progress(message="Starting"))
        module, function = address.split(":")
        state: State = getattr(importlib.import_module(module), function)(job, control, say)
        if state == "interrupted":
            reason = control.reason
    except EmbedvizError as error:
        state, reason = "failed", str(error)
    except MemoryError:
        state, reason = (
            "failed",
            "The memory of this machine was not enough. Try fewer dimensions or a smaller vocabulary.",
        )
    except Exception:
        error_id = os.urandom(4).hex()
        with open(folder / LOG, "a", encoding="utf-8") as file:
            file.write(f"error {error_id}\n{traceback.format_exc()}\n")
        state, reason = (
            "failed",
            f"Something went wrong that is our fault. The details are in its log, error {error_id}.",
        )
    finally:
        log.close()
    now = time.time()
    write_status(
        folder, replace(status, state=state, reason=reason, ended=now, seconds=status.elapsed(now), holder=None)
    )
    return state


def main(lane: str) -> None:
    """Serves jobs until standard input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # a stray print must not end up in the line to the server
    if lane == "training" and hasattr(os, "nice"):
        os.nice(19)  # maps, readings and the pages themselves go first
    control_of: dict[str, Control] = {}
    waiting: queue.Queue[dict[str, str] | None] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin, waiting, control_of), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: _terminate(waiting, control_of))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the server's to handle

    _let_threads_sleep()
    _tell(out, ready=os.getpid(), **_prepare(lane))
    while (message := waiting.get()) is not None:
        folder = message["job"]
        control = control_of[folder]
        with _output_to(Path(folder) / LOG):
            perform(Path(folder), message["kind"], control)
        del control_of[folder]
        _tell(out, done=folder)
        if control.interrupt:
            break


def _let_threads_sleep() -> None:
    """A thread that waits at a barrier sleeps: spinning there took 5 to 24 times as long beside other work. Heard only
    before PyTorch is imported."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def _prepare(lane: str) -> dict[str, Any]:
    """Imports what the lane's jobs need; the training lane also says what machine this is."""
    import torch  # two seconds, paid before anybody waits

    if lane != "training":
        # Half the cores: threads that meet at a barrier wait a whole turn of the scheduler for the one that has no
        # core, and beside a training a map took a hundred times as long with all of them.
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
        importlib.import_module("embedviz.projection.umap_torch")
        return {}
    from embedviz.models.skipgram.cpu import measure_speed, warm_up
    from embedviz.training.devices import devices

    warm_up()
    return {"machine": {"devices": [vars(device) for device in devices()], "speed": measure_speed()}}


def _listen(lines: TextIO, waiting: queue.Queue, control_of: dict[str, Control]) -> None:
    for line in lines:
        message = json.loads(line)
        if "job" in message:
            control_of[message["job"]] = Control()
            waiting.put(message)
        elif control := control_of.get(message.get("stop", "")):
            control.ask_stop()
    for control in list(control_of.values()):
        control.ask_interrupt(SERVER_GONE)
    waiting.put(None)


def _terminate(waiting: queue.Queue, control_of: dict[str, Control]) -> None:
    for control in list(control_of.values()):
        control.ask_interrupt(TERMINATED)
    waiting.put(None)


def _tell(out: TextIO, **message: Any) -> None:
    with contextlib.suppress(BrokenPipeError):  # the server has gone; standard input says so too
        out.write(json.dumps(message) + "\n")


@contextlib.contextmanager
def _output_to(path: Path) -> Iterator[None]:
    """What the process prints meanwhile, libraries in C included, goes to the file."""
    kept = os.dup(2)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(file, 1)
        os.dup2(file, 2)
        yield
    finally:
        os.dup2(kept, 1)
        os.dup2(kept, 2)
        os.close(kept)
        os.close(file)


if __name__ == "__main__":
    main(sys.argv[1])
