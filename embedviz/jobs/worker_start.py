"""Starting a worker process: forked where that is safe, else as a program of its own."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path
from typing import IO, Protocol

from embedviz.core.home import home
from embedviz.core.jobs.declaration import Lane
from embedviz.jobs.fork_messages import MAX_PACKET, ForkAnswer, ForkRequest, Surroundings
from embedviz.jobs.forked_process import ForkedProcess

ROOT = Path(__file__).resolve().parents[2]
LOG = "workers.log"  # in the store: what workers and the fork server print that belongs to no job
# Libraries read these once, as they are loaded: a change needs a fork server of its own.
READ_WHEN_LOADED = (
    "CUDA_",
    "GOMP_",
    "KMP_",
    "LANG",
    "LC_",
    "LD_",
    "MKL_",
    "NUMBA_",
    "OMP_",
    "OPENBLAS_",
    "PYTHON",
    "PYTORCH_",
)
SET_BY_LIBRARIES = ("KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK")  # scikit-learn, as it is imported


class Process(Protocol):
    """What an executor needs of the process of a worker: subprocess.Popen has it, too."""

    @property
    def pid(self) -> int | None:
        """The process; None before it is known."""
        ...

    @property
    def stdin(self) -> IO[bytes] | None:
        """Where requests are written."""
        ...

    @property
    def stdout(self) -> IO[bytes] | None:
        """Where answers are read."""
        ...

    def poll(self) -> int | None:
        """Return the exit code, the negative number of the signal that ended it; None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code. subprocess.TimeoutExpired after `timeout` seconds."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


def start_worker(lane: Lane) -> Process:
    """Start a worker for a lane."""
    if sys.platform == "linux":
        return _running_fork_server().fork(lane)
    with open(home() / LOG, "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "embedviz.jobs.worker", lane],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,  # what is sent is sent at once, and nothing is left to flush to a worker that has died
            env=environment_of_workers(),
            process_group=0,  # Ctrl-C in the terminal reaches the server alone, which ends us in order
        )


def environment_of_workers() -> dict[str, str]:
    """Return the variables of this process as its workers see them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return environment


class ForkServer:
    """The fork server of this process, and the thread that listens to it."""

    def __init__(self) -> None:
        self.environment = loading_environment()
        self._numbers = count(1)
        self._workers: dict[int, ForkedProcess] = {}
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with open(home() / LOG, "ab") as log, theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "embedviz.jobs.fork_server", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                env=environment_of_workers(),
                process_group=0,
            )
        threading.Thread(target=self._listen, name="fork-server", daemon=True).start()

    @property
    def is_running(self) -> bool:
        """False once it has ended."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def fork(self, lane: Lane) -> ForkedProcess:
        """Ask for a worker, which begins as soon as the fork server is ready."""
        surroundings: Surroundings = {"environment": environment_of_workers(), "folder": os.getcwd()}
        with open(home() / LOG, "ab") as log:
            its_input, requests = os.pipe()
            answers, its_output = os.pipe()
            worker = ForkedProcess(os.fdopen(requests, "wb", buffering=0), os.fdopen(answers, "rb"))
            with self._lock:
                number = next(self._numbers)
                self._workers[number] = worker
            request: ForkRequest = {"worker": number, "lane": lane}
            try:
                files = [its_input, its_output, log.fileno()]
                socket.send_fds(self._control, [json.dumps(request).encode()], files)
            except OSError:  # it has just died, as the listening thread says too
                self._end_worker(number, 1)
            finally:
                os.close(its_input)
                os.close(its_output)
        with contextlib.suppress(BrokenPipeError):
            worker.stdin.write(json.dumps(surroundings).encode() + b"\n")
        return worker

    def leave(self) -> None:
        """Let it go; workers that run go on."""
        self._control.shutdown(socket.SHUT_WR)

    def _listen(self) -> None:
        while packet := self._received():
            answer: ForkAnswer = json.loads(packet)
            if "pid" in answer:
                self._workers[answer["worker"]].begin(answer["pid"])
            if "code" in answer:
                self._end_worker(answer["worker"], answer["code"])
        code = self._process.wait()
        self._control.close()
        with self._lock:
            left = dict(self._workers)
        for number, worker in left.items():
            if worker.pid is None:
                self._end_worker(number, code or 1)
            else:
                threading.Thread(target=worker.outlive, daemon=True).start()

    def _received(self) -> bytes:
        try:
            return self._control.recv(MAX_PACKET)
        except OSError:
            return b""

    def _end_worker(self, number: int, code: int) -> None:
        with self._lock:
            worker = self._workers.pop(number, None)
        if worker:
            worker.end(code)


def fork_server_pid() -> int | None:
    """Return the process of the fork server; None where none runs."""
    with _fork_server_lock:
        return _fork_server.pid if _fork_server is not None and _fork_server.is_running else None


def loading_environment() -> dict[str, str]:
    """Return the variables that libraries read as they are loaded, but for those that libraries set themselves."""
    environment = environment_of_workers()
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(READ_WHEN_LOADED) and name not in SET_BY_LIBRARIES
    }


_fork_server: ForkServer | None = None
_fork_server_lock = threading.Lock()


def _running_fork_server() -> ForkServer:
    """Return the fork server of this process, started when there is none, or for other libraries."""
    global _fork_server
    with _fork_server_lock:
        if _fork_server is not None and _fork_server.is_running and _fork_server.environment != loading_environment():
            _fork_server.leave()
            _fork_server = None
        if _fork_server is None or not _fork_server.is_running:
            _fork_server = ForkServer()
        return _fork_server
