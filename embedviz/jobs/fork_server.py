"""The fork server: a process that has imported what jobs need, and forks a worker whenever it is asked for one.

`python -m embedviz.jobs.fork_server FD`, where FD is its end of a pair of sockets. Importing PyTorch and numba takes four seconds
of a core and 300 MB in each process; a fork takes milliseconds, and shares the memory as long as nobody writes to it.

A packet asks for a worker: `ForkRequest`, with the three files that become its standard input, output and error. Its input begins
with a line of its own, `Surroundings`. Packets answer: `ForkAnswer`. When the other end closes, the fork server leaves; its workers
leave when their input ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
import sys
from functools import cache
from pathlib import Path

from embedviz.core.jobs.declaration import Lane
from embedviz.jobs import worker
from embedviz.jobs.fork_messages import MAX_PACKET, ForkAnswer, ForkRequest, Surroundings
from embedviz.jobs.perform import let_threads_sleep

IMPORTED = ("torch", "embedviz.projection.umap_torch")  # what is heavy of what jobs need
OF_LANES: dict[Lane, tuple[str, ...]] = {  # what else most jobs of a lane import
    "training": (
        "embedviz.jobs.training",
        "embedviz.models.categories.task",
        "embedviz.models.ratings.learner",
        "embedviz.models.sentiment.learner",
        "embedviz.models.words.skipgram",
        "pyarrow.feather",
        "scipy.sparse.linalg",
    ),
    "interactive": ("embedviz.jobs.preview", "embedviz.projection.map_job", "pyarrow.feather", "sklearn.cluster"),
    "coordination": (),
}
logger = logging.getLogger(__name__)


def main(control: socket.socket) -> None:
    """Fork workers until the other end of the socket is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the server's to handle
    let_threads_sleep()
    for name in IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a worker would write to the memory that it shares
    lane = _serve(control)
    if lane:
        worker.main(lane)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # at once: taking apart what was imported takes half a second, with all memory held


def _serve(control: socket.socket) -> Lane | None:
    """Fork workers; the lane in each of them, None in the fork server itself when nobody is left to ask."""
    workers: dict[int, int] = {}  # process -> number
    forked: set[Lane] = set()
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    while True:
        ready, _, _ = select.select([control, awake], [], [])
        if awake in ready:
            os.read(awake, MAX_PACKET)
            _report_ended(control, workers)
        if control in ready:
            packet, files, _, _ = socket.recv_fds(control, MAX_PACKET, 3)
            if not packet:
                return None
            request: ForkRequest = json.loads(packet)
            if request["lane"] in forked:
                _prepare(request["lane"])
            forked.add(request["lane"])
            pid = _fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.close(awake)
                os.close(wake)
                control.close()
                _become_worker(request["lane"], files)
                return request["lane"]
            for file in files:
                os.close(file)
            if pid is None:
                _send(control, {"worker": request["worker"], "code": 1})
            else:
                workers[pid] = request["worker"]
                _send(control, {"worker": request["worker"], "pid": pid})


def _fork() -> int | None:
    """Fork; None where the system has no memory or no number left for another process."""
    try:
        return os.fork()
    except OSError as error:
        logger.error("No worker could be forked: %s", error)
        return None


@cache
def _prepare(lane: Lane) -> None:
    """Have loaded what workers of a lane would otherwise load one by one, and for trainings the machine measured.

    The first of them does it alone: compiling takes ten seconds where that was never done, and nothing else could be forked meanwhile.
    """
    for name in OF_LANES[lane]:
        importlib.import_module(name)
    if lane == "training":
        import torch

        from embedviz.jobs.machine import words_per_second

        words_per_second()
        torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # the first one imports 800 modules, 2.5 s and 100 MB
    gc.collect()
    gc.freeze()


def _report_ended(control: socket.socket, workers: dict[int, int]) -> None:
    for pid in list(workers):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            _send(control, {"worker": workers.pop(pid), "code": os.waitstatus_to_exitcode(status)})


def _send(control: socket.socket, answer: ForkAnswer) -> None:
    with contextlib.suppress(BrokenPipeError):  # the other end has gone; the next packet says so too
        control.send(json.dumps(answer).encode())


def _become_worker(lane: Lane, files: list[int]) -> None:
    """Give this process its files, surroundings, name, and random numbers."""
    os.setpgid(0, 0)  # no session of its own: Linux shares the time among sessions, whatever priority is in each
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (as long as the process)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 (as long as the process)
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115 (as long as the process)
    line = sys.stdin.readline()
    if not line:  # the process that asked for this worker needs it no more
        sys.exit()
    surroundings: Surroundings = json.loads(line)
    os.environ.clear()
    os.environ.update(surroundings["environment"])
    os.chdir(surroundings["folder"])
    # the name in lists of processes, of 15 characters at most
    Path("/proc/self/comm").write_text(f"ev-{lane}", encoding="ascii")

    import numpy as np
    import torch

    # A fork goes on with the random numbers of its parent; the module `random` sees to that itself.
    np.random.seed(None)  # noqa: NPY002 (libraries may use it)
    torch.seed()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
