"""The executor's side of the driver of a Ray cluster: it starts it, sends it jobs, and hears when it answers or dies."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Literal, NotRequired, TypedDict, cast

from embedviz.core.home import home
from embedviz.jobs.worker_start import environment_of_workers

LOG = "ray-driver.log"
Outcome = Literal["returned", "failed", "out of memory", "lost"]


class DriverRequest(TypedDict):
    """A line to the driver: a job with its lease and what it takes, or one whose task is to be cancelled.

    threads: cores. memory_bytes: 0 where nobody estimated.
    """

    job: str
    lease: int
    token: str
    threads: int
    wants_gpu: bool
    memory_bytes: int
    is_cancelled: bool


class ClusterAnswer(TypedDict):
    """The cores and GPUs of all nodes that are alive."""

    cores: int
    gpus: int


class DriverAnswer(TypedDict):
    """A line from the driver: what the cluster has, the speed of a node, or how the task of a job ended, and why."""

    cluster: NotRequired[ClusterAnswer]
    words_per_second: NotRequired[float]
    ended: NotRequired[str]
    lease: NotRequired[int]
    outcome: NotRequired[Outcome]
    reason: NotRequired[str]


class DriverProcess:
    """One driver and the thread that listens to it. A job sent before it is connected waits in its pipe.

    Parameters
    ----------
    address : str
        Of the cluster.
    on_answer : callable
        Called with each of its answers, in the listening thread.
    on_exit : callable
        Called with the driver when it has ended.

    Attributes
    ----------
    heard : float
        Time of the last answer by the monotonic clock, or of the start.
    was_ready : bool
        True once it was connected.
    """

    def __init__(
        self, address: str, on_answer: Callable[[DriverAnswer], None], on_exit: Callable[[DriverProcess], None]
    ) -> None:
        self.heard, self.was_ready = time.monotonic(), False
        self._on_answer, self._on_exit = on_answer, on_exit
        with open(home() / LOG, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "embedviz.jobs.ray_driver", address],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                env=environment_of_workers(),
                start_new_session=True,  # Ctrl-C in the terminal reaches the server alone, which ends us in order
            )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)
        threading.Thread(target=self._listen, name="ray-driver", daemon=True).start()

    def send(self, request: DriverRequest) -> None:
        """Send a line. One that has just died does not hear it; `on_exit` deals with that."""
        try:
            self._input.write(json.dumps(request).encode() + b"\n")
        except (BrokenPipeError, ValueError):
            return

    def hang_up(self) -> None:
        """Tell it that the server goes: running jobs save their state."""
        try:
            self._input.close()
        except BrokenPipeError:  # it has just died
            return

    def kill(self) -> None:
        """End it at once; `on_exit` follows."""
        self._process.kill()

    def end(self, seconds: float) -> None:
        """Wait until it has ended; kill it after `seconds`."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        for line in self._output:
            answer: DriverAnswer = json.loads(line)
            self.heard, self.was_ready = time.monotonic(), True
            self._on_answer(answer)
        self._output.close()
        self.hang_up()
        self._process.wait()
        self._on_exit(self)
