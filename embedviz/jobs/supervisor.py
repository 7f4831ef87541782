"""The one that starts workers, hands them jobs, keeps the queue and notices when a worker dies. One a process.

Two lanes with workers of their own: "training", as many at once as the cores allow, and "short" for maps, readings
and opened vectors, so that nothing one looks at waits behind a training.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.core.errors import QueueFullError, RunError
from embedviz.core.files import read_json
from embedviz.store.home import home, is_shared
from embedviz.store.job import Job
from embedviz.store.status import FINAL, RESUMABLE, Process, Status, interrupted, read_status, repair, write_status

if TYPE_CHECKING:
    from embedviz.core.settings import TrainingSettings
    from embedviz.models.contract import Model

ROOT = Path(__file__).resolve().parents[2]
STOP_GRACE = 30.0  # seconds a worker may take to measure and save after a Stop
CLOSE_GRACE = 8.0  # seconds all workers together may take to write their checkpoints when the server ends
logger = logging.getLogger(__name__)


def training_capacity() -> int:
    """Trainings at once: EMBEDVIZ_MAX_RUNNING, or one for every four cores."""
    return int(os.environ.get("EMBEDVIZ_MAX_RUNNING") or max(1, (os.cpu_count() or 1) // 4))


def threads_per_training() -> int:
    """The cores, shared out among the trainings that may run at once."""
    return max(1, (os.cpu_count() or 1) // training_capacity())


def threads_for(model: type[Model], settings: TrainingSettings) -> int:
    """Threads of the processor for a training: one where it has to repeat exactly, what was set, or what it gains from."""
    if settings.deterministic:
        return 1
    return settings.threads or min(threads_per_training(), model.most_threads or threads_per_training())


class Supervisor:
    """Starts its workers at `start`, ends them at `close`. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._capacity = {"training": training_capacity(), "short": 2}
        self._waiting: dict[str, deque[Job]] = {lane: deque() for lane in self._capacity}
        self._workers: dict[str, list[_Worker]] = {lane: [] for lane in self._capacity}
        self._failures = dict.fromkeys(self._capacity, 0)
        self._closed = False
        self.machine: dict[str, Any] = {}  # devices and speed, as the warm training worker reports them

    def start(self) -> Supervisor:
        """Marks what claims to run and does not, then warms a worker a lane."""
        recover(home())
        with self._lock:
            for lane in self._capacity:
                self._hand_out(lane)
        return self

    def submit(self, job: Job) -> None:
        """Puts the job into its lane's queue. QueueFullError when too many wait; RunError when it runs or is done."""
        state = job.status
        if state not in RESUMABLE:
            raise RunError(f"This run is {state}; only one that was stopped, failed or interrupted can go on.")
        with self._lock:
            if self._closed:
                raise RunError("The server is shutting down. Try again in a minute.")
            waiting = self._waiting[job.lane]
            if len(waiting) >= (5 if is_shared() else 50):
                raise QueueFullError(f"{len(waiting)} runs are waiting already. Try again when one of them has ended.")
            job.enqueue_status(Process.this())
            waiting.append(job)
            self._hand_out(job.lane)

    def place(self, job: Job) -> int:
        """1 for the next in the queue, 2 behind it, …; 0 when it does not wait here."""
        with self._lock:
            folders = [other.folder for other in self._waiting[job.lane]]
            return folders.index(job.folder) + 1 if job.folder in folders else 0

    def stop(self, job: Job) -> None:
        """Takes the job out of the queue, or asks its worker to stop and keep the best so far."""
        with self._lock:
            for other in list(self._waiting[job.lane]):
                if other.folder == job.folder:
                    self._waiting[job.lane].remove(other)
                    before = read_json(job.folder / "status.json")
                    reason = "Taken out of the queue."
                    write_status(job.folder, Status("stopped", reason, seconds=before.get("seconds", 0.0)))
                    return
            for worker in self._workers[job.lane]:
                if worker.job and worker.job.folder == job.folder:
                    worker.send(stop=str(job.folder))
                    timer = threading.Timer(STOP_GRACE, worker.kill_if_still_at, args=(worker.job,))
                    timer.daemon = True
                    timer.start()

    def close(self) -> None:
        """Lets every worker write its checkpoint and leave; kills those that take too long."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            workers = [worker for lane in self._workers.values() for worker in lane]
            for queue in self._waiting.values():
                while queue:
                    job = queue.popleft()
                    write_status(job.folder, interrupted(read_status(job.folder)))
        for worker in workers:
            worker.hang_up()
        until = time.monotonic() + CLOSE_GRACE
        for worker in workers:
            worker.end(until)

    def _hand_out(self, lane: str) -> None:
        """Gives waiting jobs to idle workers and keeps one worker warm while the lane has room. Holds the lock."""
        workers, waiting = self._workers[lane], self._waiting[lane]
        for worker in workers:
            if waiting and worker.job is None and not worker.leaving:
                worker.take(waiting.popleft())
        idle = any(worker.job is None for worker in workers)
        if not self._closed and not idle and len(workers) < self._capacity[lane] and self._failures[lane] < 3:
            workers.append(_Worker(lane, self))
            self._hand_out(lane)

    def _heard(self, worker: _Worker, message: dict[str, Any]) -> None:
        with self._lock:
            if "ready" in message:
                self._failures[worker.lane] = 0
                self.machine.update(message.get("machine", {}))
            if "done" in message:
                worker.job = None
                self._hand_out(worker.lane)

    def _lost(self, worker: _Worker, code: int) -> None:
        with self._lock:
            self._workers[worker.lane].remove(worker)
            job, worker.job = worker.job, None
            if job and (state := read_status(job.folder)).state not in FINAL - {"interrupted"}:
                reason = state.reason if _left_by_itself(job) else _why(code)
                write_status(job.folder, interrupted(state, reason))
            if not worker.was_ready:
                self._failures[worker.lane] += 1
                if self._failures[worker.lane] == 3:
                    self._give_up(worker.lane)
            self._hand_out(worker.lane)

    def _give_up(self, lane: str) -> None:
        """Three workers in a row died before they were ready: say so on every waiting job instead of trying for ever."""
        logger.error("Workers of the lane %r do not start; see %s", lane, home() / f"worker-{lane}.log")
        for job in self._waiting[lane]:
            reason = f"No worker process can be started on this machine; worker-{lane}.log in the store says why."
            write_status(job.folder, interrupted(read_status(job.folder), reason))
        self._waiting[lane].clear()


class _Worker:
    """One worker process and the thread that listens to it. A job given before it is ready waits in its pipe."""

    def __init__(self, lane: str, supervisor: Supervisor):
        self.lane, self.job, self.leaving, self.was_ready = lane, None, False, False
        self._supervisor = supervisor
        environment = {key: value for key, value in os.environ.items() if not key.startswith("STREAMLIT_")}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        with open(home() / f"worker-{lane}.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "embedviz.jobs.worker", lane],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,  # what is told is told at once, and nothing is left to flush to a worker that has died
                env=environment,
                start_new_session=True,  # Ctrl-C in the terminal reaches the server alone, which ends us in order
            )
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def take(self, job: Job) -> None:
        self.job = job
        # The spec says where it is handed to; until the worker has written "running" the queue's keeper holds it.
        self.send(job=str(job.folder), kind=job.kind)

    def send(self, **message: str) -> None:
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ValueError):
            self.leaving = True  # it has just died; the listening thread deals with that

    def hang_up(self) -> None:
        self.leaving = True
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            self.leaving = True

    def end(self, until: float) -> None:
        try:
            self._process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill_if_still_at(self, job: Job) -> None:
        if self.job is job:
            self._process.kill()

    def _listen(self) -> None:
        for line in self._process.stdout:
            message = json.loads(line)
            self.was_ready = self.was_ready or "ready" in message
            self._supervisor._heard(self, message)
        self._process.stdout.close()
        self._process.stdin.close()
        self._supervisor._lost(self, self._process.wait())


def recover(folder: Path) -> list[Path]:
    """Marks every job under the store that claims to run and does not as interrupted; their folders."""
    return [path.parent for path in folder.rglob("status.json") if repair(path.parent)]


def _left_by_itself(job: Job) -> bool:
    return read_json(job.folder / "status.json").get("state") == "interrupted"


def _why(code: int) -> str:
    if code == -9:
        return (
            "The process that worked on it was killed, or ran out of memory. Resume goes on from the last checkpoint."
        )
    return (
        f"The process that worked on it ended unexpectedly (exit code {code}). Resume goes on from the last checkpoint."
    )


_shared: Supervisor | None = None
_shared_lock = threading.Lock()


def shared_supervisor() -> Supervisor:
    """The supervisor of this process, started on first use and closed when the process ends."""
    global _shared
    with _shared_lock:
        if _shared is None or _shared._closed:
            _shared = Supervisor().start()
            atexit.register(_shared.close)
        return _shared
