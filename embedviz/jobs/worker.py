"""The worker process: it imports what is heavy, says so, and does jobs one by one.

It is forked where that is safe, else `python -m embedviz.jobs.worker LANE`; `worker_start` has both.

Lines of JSON, one a message; `worker_process` has their types. When standard input ends, the server has gone: the job
under way is put away and the worker leaves. Nothing that a job prints reaches the line to the server; it goes to the
job's log.txt.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TextIO

from embedviz.core.jobs.reporter import Control
from embedviz.core.mode import is_shared, worker_priority
from embedviz.jobs.current_executor import ServersExecutor, set_servers_executor
from embedviz.jobs.handed_over import perform_handed_over
from embedviz.jobs.machine import words_per_second
from embedviz.jobs.memory_limit import within_memory
from embedviz.jobs.perform import let_threads_sleep
from embedviz.jobs.worker_process import Answer, MachineAnswer, Request
from embedviz.training.devices import choose
from embedviz.training.threads import threads_per_training

SERVER_GONE = "The server ended. What was learned is kept; Resume continues from there."
TERMINATED = "The process was asked to end. What was learned is kept; Resume continues from there."


def main(lane: str) -> None:
    """Serve jobs until standard input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # a stray print must not end up in the line to the server
    _stand_back(lane)
    controls: dict[str, Control] = {}
    waiting: queue.Queue[Request | None] = queue.Queue()
    server = ServersExecutor(lambda folder: _send(out, {"submit": folder}))
    set_servers_executor(server)
    threading.Thread(target=_listen, args=(sys.stdin, waiting, controls, server), daemon=True).start()

    def terminate(number: int, frame: FrameType | None) -> None:
        _interrupt(controls, TERMINATED)
        waiting.put(None)

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the server's to handle

    let_threads_sleep()
    _send(out, _prepare(lane))
    while (request := waiting.get()) is not None:
        folder = request.get("job", "")
        control = controls[folder]
        with within_memory(request.get("memory_bytes")):
            perform_handed_over(Path(folder), request.get("lease", 0), request.get("token", ""), control)
        del controls[folder]
        _send(out, {"done": folder})
        if control.interrupt_requested:
            break


def _stand_back(lane: str) -> None:
    """Let the pages go first, and on one's own machine maps and readings before trainings.

    On a shared server both take the time that nobody else wants. Beside a worker that has merely a low priority, a thread of
    the server that wakes up may wait until the worker's turn ends, and for a page threads wake up a hundred times.
    """
    if lane in ("training", "interactive") and worker_priority() == "idle" and hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    elif hasattr(os, "nice"):
        os.nice(10 if lane == "training" else 5 if lane == "interactive" and is_shared() else 0)


def _prepare(lane: str) -> Answer:
    """Import what the lane's jobs need; the training lane also reports what machine this is."""
    if lane == "coordination":  # others do the work
        return {"ready": os.getpid()}
    import torch  # two seconds, paid before anybody waits

    if lane != "training":
        # Half the cores: threads that meet at a barrier wait a whole turn of the scheduler for the one that has no
        # core, and beside a training a map took a hundred times as long with all of them.
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
        importlib.import_module("embedviz.projection.umap_torch")
        return {"ready": os.getpid()}
    machine: MachineAnswer = {
        "threads": threads_per_training(),
        "device": choose("auto").kind,
        "words_per_second": words_per_second(),  # compiles the kernel, too
    }
    return {"ready": os.getpid(), "machine": machine}


def _listen(
    lines: TextIO, waiting: queue.Queue[Request | None], controls: dict[str, Control], server: ServersExecutor
) -> None:
    try:
        for line in lines:
            request: Request = json.loads(line)
            server.capacity = request.get("capacity", server.capacity)
            if "handed_in" in request:
                server.take_answer(request["handed_in"], request.get("refused", ""))
                continue
            if "job" in request:
                controls[request["job"]] = Control()
                waiting.put(request)
            elif control := controls.get(request.get("stop", "")):
                control.request_stop(request.get("reason", ""))
    finally:  # whatever ended it: a worker that nobody can reach has to leave
        _interrupt(controls, SERVER_GONE)
        waiting.put(None)


def _interrupt(controls: dict[str, Control], reason: str) -> None:
    for control in list(controls.values()):
        control.request_interrupt(reason)


def _send(out: TextIO, answer: Answer) -> None:
    with contextlib.suppress(BrokenPipeError):  # the server has gone; standard input says so too
        out.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
