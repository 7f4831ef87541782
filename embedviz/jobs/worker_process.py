"""The executor's side of one worker process: it starts it, sends it jobs, and hears when it answers or dies."""

from __future__ import annotations

import json
import logging
import math
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NotRequired, TypedDict, cast

import psutil

from embedviz.core.jobs.declaration import Lane, Limits
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.lease import Lease
from embedviz.core.jobs.status import State
from embedviz.jobs.process_memory import memory_of
from embedviz.jobs.worker_start import start_worker
from embedviz.store.ids import LOCAL_OWNER

logger = logging.getLogger(__name__)


class Request(TypedDict, total=False):
    """A line to the worker: a job with its lease and the memory that it may take, the folder of a job to stop and why, or what became of one that it handed in.

    capacity: jobs of one thread that the executor does at once. refused: why it did not take the job; empty when it did.
    """

    job: str
    lease: int
    token: str
    memory_bytes: float
    capacity: int
    stop: str
    reason: str
    handed_in: str
    refused: str


class MachineAnswer(TypedDict):
    """The fields of embedviz.core.cost.Machine."""

    threads: int
    device: str
    words_per_second: float | None


class Answer(TypedDict):
    """A line from the worker: it is ready, has done the job in a folder, or hands in the folder of a run to be trained."""

    ready: NotRequired[int]
    machine: NotRequired[MachineAnswer]
    done: NotRequired[str]
    submit: NotRequired[str]


@dataclass(frozen=True)
class HeldJob:
    """A job that waits or is done.

    Attributes
    ----------
    job : JobFolder
        The job.
    lease : Lease
        Under which this executor holds it.
    owner : str
        Who asked for it.
    places : int
        Places that it takes in its lane.
    seconds : float
        That it is expected to take; 0 where nobody estimated.
    limits : Limits, optional
        Of its kind, or of this host.
    was_returned : bool
        True when a worker that it was given to had died before, and it went back into the queue.
    """

    job: JobFolder[Any]
    lease: Lease
    owner: str = LOCAL_OWNER
    places: int = 1
    seconds: float = 0.0
    limits: Limits | None = None
    was_returned: bool = False

    @property
    def folder(self) -> Path:
        """The job's folder."""
        return self.job.folder


@dataclass(frozen=True)
class KilledFor:
    """The end of a job whose worker was killed on purpose: its state, and why."""

    job: HeldJob
    state: State
    reason: str


@dataclass(frozen=True)
class _Start:
    """When a job began, by the monotonic clock, and what its process held then."""

    job: HeldJob
    seconds: float
    memory_bytes: int


class WorkerProcess:
    """One worker and the thread that listens to it. A job given before it is ready waits in its pipe.

    Parameters
    ----------
    lane : str
        The lane whose jobs it does.
    on_answer : callable
        Called with the worker and each of its answers, in the listening thread.
    on_exit : callable
        Called with the worker and its exit code when it has ended.
    """

    def __init__(
        self,
        lane: Lane,
        on_answer: Callable[[WorkerProcess, Answer], None],
        on_exit: Callable[[WorkerProcess, int], None],
    ) -> None:
        self.lane: Lane = lane
        self.held: HeldJob | None = None
        self.killed_for: KilledFor | None = None
        self._asked_to_stop: HeldJob | None = None
        self._start: _Start | None = None
        self.peak_bytes = 0  # of its job
        self.is_leaving = self.was_ready = False
        self._on_answer, self._on_exit = on_answer, on_exit
        self._process = start_worker(lane)
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def is_idle(self) -> bool:
        """True when it can take a job."""
        return self.held is None and not self.is_leaving

    @property
    def is_running(self) -> bool:
        """True until the process has ended."""
        return self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process; None before it is known."""
        return self._process.pid

    def take(self, held: HeldJob, capacity: int) -> None:
        """Give it a job. capacity: trainings of one thread that the executor does at once."""
        self.held = held
        held.lease.pid = self._process.pid or held.lease.pid
        lease = held.lease
        request = Request(job=str(held.folder), lease=lease.generation, token=lease.token, capacity=capacity)
        if held.limits is not None and math.isfinite(held.limits.memory_bytes):
            request["memory_bytes"] = held.limits.memory_bytes
        self._send(request)

    def tell_capacity(self, capacity: int) -> None:
        """Tell it how many trainings of one thread the executor does at once from now on."""
        self._send({"capacity": capacity})

    def answer(self, folder: str, refused: str) -> None:
        """Tell it that a job that it handed in waits in the queue, or why it was refused."""
        self._send({"handed_in": folder, "refused": refused})

    def stop(self, folder: Path, grace: float, reason: str = "") -> None:
        """Ask it to stop the job in this folder; kill it when it has not done so after `grace` seconds. reason: of a limit."""
        held = self.held
        if held is self._asked_to_stop:
            return
        self._asked_to_stop = held
        self._send({"stop": str(folder), "reason": reason})
        timer = threading.Timer(grace, lambda: self._kill_if_still_at(held, reason))
        timer.daemon = True
        timer.start()

    def is_to_stop(self, held: HeldJob) -> bool:
        """True when it was asked to stop this job."""
        return held is self._asked_to_stop

    def keep_limits(self, grace: float) -> None:
        """End its job when that has taken more time or memory than it may, at once or within `grace` seconds."""
        held = self.held
        if held is None or not self.was_ready:
            return
        now = time.monotonic()
        try:
            held_bytes = self._memory()
            if self._start is None or self._start.job is not held:
                self._start = _Start(held, now, held_bytes)
                self.peak_bytes = 0
            self.peak_bytes = max(self.peak_bytes, held_bytes)
            if held.limits is None:
                return
            took, memory = now - self._start.seconds, held_bytes - self._start.memory_bytes
        except psutil.Error:  # it has just died; the listening thread deals with that
            return
        reason = held.limits.reason(took, memory)
        if reason and held.limits.keeps_best and memory <= 1.5 * held.limits.memory_bytes:
            self.stop(held.folder, grace, reason)
        elif reason:
            self._kill(held, "failed", reason)

    def seconds_at_work(self) -> float:
        """Return how long its job has been under way; 0 without one."""
        return time.monotonic() - self._start.seconds if self._start and self._start.job is self.held else 0.0

    def _memory(self) -> int:
        return psutil.Process(self._process.pid).memory_info().rss

    @property
    def has_worked(self) -> bool:
        """True once a job of its own was under way for a moment."""
        return self._start is not None

    def own_bytes(self) -> int:
        """Return the memory that it shares with no other process; 0 when it has just died."""
        memory = memory_of([self._process.pid])
        return sum(each.own for each in memory.values())

    def hang_up(self) -> None:
        """Tell it that no more jobs will come; a job under way is interrupted."""
        self.is_leaving = True
        try:
            self._input.close()
        except BrokenPipeError:  # it has just died
            self.is_leaving = True

    def end(self, until: float) -> None:
        """Wait until it has ended; kill it at the time `until` of the monotonic clock, or at once while it gets ready for no job."""
        if self.held is None and not self.was_ready:
            self._process.kill()
        try:
            self._process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, request: Request) -> None:
        try:
            self._input.write(json.dumps(request).encode() + b"\n")
        except (BrokenPipeError, ValueError):
            self.is_leaving = True  # it has just died; the listening thread deals with that

    def _kill_if_still_at(self, held: HeldJob | None, reason: str) -> None:
        if held is None or self.held is not held:
            return
        if held.limits is None or (held.limits.keeps_best and not reason):
            self._process.kill()
        else:
            self._kill(held, "failed" if reason else "stopped", reason)

    def _kill(self, held: HeldJob, state: State, reason: str) -> None:
        self.killed_for = KilledFor(held, state, reason)
        self._process.kill()

    def _listen(self) -> None:
        """Hear the answers. Whatever goes wrong with one, a full disk for one, the next is heard."""
        for line in self._output:
            answer: Answer = json.loads(line)
            if "ready" in answer:
                self.was_ready = True
                if self.held:
                    self.held.lease.pid = answer["ready"]
            try:
                self._on_answer(self, answer)
            except Exception:
                logger.exception("An answer of a worker of the lane %r was not dealt with", self.lane)
        self._output.close()
        self._input.close()
        self._on_exit(self, self._process.wait())
