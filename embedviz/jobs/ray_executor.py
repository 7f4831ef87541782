"""The executor of a Ray cluster: trainings become Ray tasks; maps, readings and experiments stay on the server's machine.

The truth stays in the jobs' folders, which the nodes see under the same paths, or have copies of. The executor keeps the
lease of every job alive that it holds, beside the process that does it. When Ray reports that a process or its node was lost,
the executor takes the lease over and submits the job again: a process that still works under the old lease gives up at its
next beat, and the new one goes on from the last checkpoint.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from embedviz.core.cost import Machine
from embedviz.core.errors import EmbedvizError, RunError
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.lease import BEAT_INTERVAL_S
from embedviz.core.jobs.status import State
from embedviz.core.jobs.stop_request import is_stop_requested, request_stop
from embedviz.core.limits import HostLimits
from embedviz.jobs.cluster_job import ClusterJob, needs_of
from embedviz.jobs.executor import STOP_GRACE_S, Executor, PartExecutor, check_room, take_for_queue
from embedviz.jobs.perform import OUT_OF_MEMORY
from embedviz.jobs.ray_process import ClusterAnswer, DriverAnswer, DriverProcess
from embedviz.jobs.registry import declaration
from embedviz.store.ids import LOCAL_OWNER
from embedviz.training.threads import threads_per_training

CONNECT_S = 60.0  # that the driver may take to connect
SILENCE_S = 15.0  # without an answer of the driver, which reports every second: the head of the cluster is gone
LEAVE_S = 10.0  # that the driver may take to end
RECONNECT_S = 5.0  # between two attempts
CLUSTER_LOST = "The connection to the Ray cluster was lost. Resume continues from the last checkpoint."
LATE = "It did not stop in time. Resume continues from the last checkpoint."
LEFT_QUEUE = "Taken out of the queue."
logger = logging.getLogger(__name__)


class RayExecutor:
    """Runs trainings on a Ray cluster and everything else on this machine. All methods may be called from any thread.

    Parameters
    ----------
    part : callable
        Makes the executor of this machine, which leaves trainings to the one that it is given.
    address : str, optional
        Of the cluster, as `ray.init` takes it; by default RAY_ADDRESS.

    Raises
    ------
    RunError
        When there is no address, or Ray is not installed.
    """

    def __init__(self, part: Callable[[Executor], PartExecutor], address: str | None = None) -> None:
        self._address = address or os.environ.get("RAY_ADDRESS") or ""
        if not self._address:
            raise RunError("EMBEDVIZ_EXECUTOR=ray needs RAY_ADDRESS, the address of a Ray cluster: host:6379, or auto.")
        if importlib.util.find_spec("ray") is None:
            raise RunError("EMBEDVIZ_EXECUTOR=ray needs Ray. Install it by: pip install embedviz[cluster]")
        self._lock = threading.RLock()
        self._jobs: dict[Path, ClusterJob] = {}  # in the order in which they were submitted
        self._driver: DriverProcess | None = None
        self._lost = (
            ""  # why there is no connection, in a sentence; empty while there is one, or the first is being made
        )
        self._lost_at = 0.0
        self._cluster = ClusterAnswer(cores=1, gpus=0)
        self._words_per_second: float | None = None
        self._closed = threading.Event()
        self._local = part(self)

    @property
    def machine(self) -> Machine:
        """A node of the cluster, as far as it is known."""
        device = "cuda" if self._cluster["gpus"] else "cpu"
        return Machine(threads_per_training(), device, self._words_per_second)

    @property
    def capacity(self) -> int:
        """Trainings of one thread that run at once: the cores of the cluster; 1 until they are known."""
        return max(1, self._cluster["cores"])

    @property
    def is_closed(self) -> bool:
        """True once `close` was called."""
        return self._closed.is_set()

    def start(self) -> Self:
        """Connect to the cluster, and start the executor of this machine for what is not trained."""
        self._local.start()
        with self._lock:
            self._connected()
        threading.Thread(target=self._watch, name="ray-executor-watch", daemon=True).start()
        return self

    def submit(self, job: JobFolder[Any], owner: str = LOCAL_OWNER) -> None:
        """Queue a job that is new, or was stopped, failed or interrupted. owner: who asks for it.

        Raises
        ------
        QueueFullError
            When too many jobs wait.
        RunError
            When it is done, or another process works on it.
        """
        declared = declaration(job.kind)
        if declared.lane != "training":
            return self._local.submit(job, owner)
        with self._lock:
            if self.is_closed:
                raise RunError("The server is shutting down. Try again in a minute.")
            if self._lost:
                raise RunError(self._lost)
            owners = [held.owner for held in self._jobs.values() if held.is_waiting]
            check_room(owners.count(owner) - self.capacity, len(owners) - self.capacity, HostLimits.of_environment())
            lease = take_for_queue(job)
            lease.folder = lease.folder.absolute()
            queued = ClusterJob(job, lease, needs_of(job.spec_as(declared.spec_class)), owner)
            self._jobs[queued.folder] = queued
            self._connected().send(queued.request())

    def place(self, job: JobFolder[Any]) -> int:
        """Return 1 for the next job in its queue, 2 behind it; 0 when it does not wait here."""
        with self._lock:
            waiting = [folder for folder, held in self._jobs.items() if held.is_waiting]
        folder = job.folder.absolute()
        return waiting.index(folder) + 1 if folder in waiting else self._local.place(job)

    def expected_wait(self, job: JobFolder[Any]) -> float | None:
        """Return the seconds until a job of this machine begins; None for one of the cluster, whose queue is Ray's."""
        return self._local.expected_wait(job)

    def stop(self, job: JobFolder[Any]) -> None:
        """Take a job out of the queue, or ask it to stop and keep the best so far. Nothing when it has ended."""
        with self._lock:
            held = self._jobs.get(job.folder.absolute())
            if held:
                return self._stop(held)
        self._local.stop(job)

    def close(self) -> None:
        """Let every job save its state and end."""
        with self._lock:
            if self.is_closed:
                return
            self._closed.set()
            driver, self._driver = self._driver, None
            for held in [held for held in self._jobs.values() if held.is_waiting]:
                self._drop(held, "interrupted", driver=driver)
        if driver:
            driver.hang_up()
            driver.end(LEAVE_S)
        with self._lock:
            for held in list(self._jobs.values()):
                self._drop(held, "interrupted")
        self._local.close()

    def _connected(self) -> DriverProcess:
        """Return the driver, started where there is none. Holds the lock."""
        if self._driver is None:
            self._driver = DriverProcess(self._address, self._on_answer, self._on_exit)
        return self._driver

    def _stop(self, held: ClusterJob) -> None:
        """Stop a job that waits or runs on the cluster. Holds the lock."""
        if held.is_waiting:
            self._drop(held, "stopped", LEFT_QUEUE)
        elif held.stop_until is None:
            held.stop_until = time.monotonic() + STOP_GRACE_S
            if not is_stop_requested(held.folder, held.lease.generation):
                request_stop(held.folder)

    def _drop(self, held: ClusterJob, state: State, reason: str = "", driver: DriverProcess | None = None) -> None:
        """Forget a job, cancel its task, and write down how it ended unless it has ended by itself. Holds the lock."""
        self._jobs.pop(held.folder, None)
        held.end(state, reason)
        if driver := driver or self._driver:
            driver.send(held.request(is_cancelled=True))

    def _begin_again(self, held: ClusterJob, why: str) -> None:
        """Submit a job again whose process was lost. Holds the lock."""
        logger.warning("%s is begun again: %s", held.folder, why)
        was_stopped = held.stop_until is not None or is_stop_requested(held.folder, held.lease.generation)
        cancelled = held.request(is_cancelled=True)
        if was_stopped or held.was_lost_too_often():
            self._drop(held, "interrupted", f"{held.lost_reason()} Resume continues from the last checkpoint.")
        elif held.take_again():
            self._connected().send(cancelled)
            self._connected().send(held.request())
        else:  # it had ended all the same, or another server has it
            del self._jobs[held.folder]

    def _on_answer(self, answer: DriverAnswer) -> None:
        if "cluster" in answer:
            self._lost = ""
        if "cluster" in answer and answer["cluster"] != self._cluster:
            self._cluster = answer["cluster"]
            self._local.tell_capacity()  # without our lock: a worker's run is handed in with the other one held
        if "words_per_second" in answer:
            self._words_per_second = answer["words_per_second"]
        if "ended" in answer and "outcome" in answer:
            with self._lock:
                held = self._jobs.get(Path(answer["ended"]))
                if held is None or held.lease.generation != answer.get("lease"):
                    return  # its lease was taken over meanwhile
                reason = answer.get("reason", "")
                if answer["outcome"] == "lost":
                    self._begin_again(held, reason)
                elif answer["outcome"] == "returned":
                    del self._jobs[held.folder]
                else:
                    is_memory = answer["outcome"] == "out of memory"
                    self._drop(held, "failed", OUT_OF_MEMORY if is_memory else reason)

    def _on_exit(self, driver: DriverProcess) -> None:
        with self._lock:
            if driver is not self._driver:
                return
            self._driver, self._lost_at = None, time.monotonic()
            if not self._lost:
                unreachable = f"No Ray cluster answers at {self._address}. Start one there, or correct RAY_ADDRESS."
                self._lost = CLUSTER_LOST if driver.was_ready else unreachable
            for held in list(self._jobs.values()):
                self._drop(held, "interrupted", self._lost)

    def _watch(self) -> None:
        """Once a second, renew the leases of waiting jobs, look after running ones, and after the driver."""
        while not self._closed.wait(BEAT_INTERVAL_S):
            with self._lock:
                driver, jobs = self._driver, list(self._jobs.values())
                if driver is None and time.monotonic() - self._lost_at > RECONNECT_S and not self.is_closed:
                    driver = self._connected()
            if driver and time.monotonic() - driver.heard > (SILENCE_S if driver.was_ready else CONNECT_S):
                driver.kill()
            for held in jobs:
                try:
                    self._look_after(held)
                except (EmbedvizError, OSError) as error:
                    logger.warning("%s was not looked after: %s", held.folder, error)

    def _look_after(self, held: ClusterJob) -> None:
        """Keep the lease alive until Ray says that the process was lost: nobody takes the job for interrupted meanwhile."""
        is_held = held.lease.beat()
        if is_held and held.is_waiting and is_stop_requested(held.folder, held.lease.generation):
            self.stop(held.job)
        elif held.stop_until is not None and time.monotonic() > held.stop_until:
            with self._lock:
                if self._jobs.get(held.folder) is held:
                    self._drop(held, "interrupted", LATE)
