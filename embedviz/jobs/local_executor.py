"""The executor of this machine: it keeps warm worker processes, hands them jobs, and notices when one dies.

Lanes have workers of their own: "training", as many threads at once as there are cores, "interactive" for maps, readings and
opened vectors, so that nothing that a person looks at waits behind a training, and "coordination" for what has others
trained: it hands its runs in here, to wait their turn as any other.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Self

from embedviz.core.cost import Machine
from embedviz.core.errors import EmbedvizError, RunError
from embedviz.core.home import home
from embedviz.core.jobs.declaration import Declaration, Lane
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.lease import BEAT_INTERVAL_S
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.jobs.status import interrupted
from embedviz.core.jobs.stop_request import is_stop_requested, request_stop
from embedviz.core.limits import HostLimits
from embedviz.jobs.executor import STOP_GRACE_S, Executor, check_room, take_for_queue
from embedviz.jobs.fair_queue import Expected, FairQueue, expected_wait
from embedviz.jobs.job_durations import JobDurations, estimated_seconds
from embedviz.jobs.job_ends import JobEnds, end_of_exit, was_begun
from embedviz.jobs.job_metrics import LaneLoad, count_begun, count_ended, refusals_counted
from embedviz.jobs.lane_limits import has_grown, interactive_places, jobs_at_once, limits_of
from embedviz.jobs.memory_room import MemoryRoom
from embedviz.jobs.opening import open_job
from embedviz.jobs.process_memory import memory_of
from embedviz.jobs.registry import declaration
from embedviz.jobs.worker_process import Answer, HeldJob, WorkerProcess
from embedviz.jobs.worker_start import LOG, fork_server_pid
from embedviz.store.ids import LOCAL_OWNER
from embedviz.store.store import Store
from embedviz.training.threads import thread_capacity, threads_per_training

LIMITED_STOP_GRACE_S = 0.5  # the same for a job with limits, which has nothing to save
WATCH_INTERVAL_S = 0.1  # between two looks at what jobs with limits have taken
FRESH_BYTES = 20e6  # more than a worker has for itself before its first job
MEASURE_INTERVAL_S = 1.0  # between two looks at the memory of all processes
CLOSE_GRACE_S = 8.0  # all workers together may take to write their checkpoints when the server ends
SWEEP_INTERVAL_S = 30.0  # with the age of torn files: none lies there for more than a minute
MAX_SWEEP_SHARE = 0.05  # of the time, with many thousand runs
WAITING_BEATS = 2  # of the heart: those of waiting jobs, of which there may be a hundred, are renewed every second time
MAX_STARTS = 3  # of workers in a row that die before they are ready
MAX_COORDINATED = 8  # jobs that have others trained, at once; they hardly do anything themselves
LANES: tuple[Lane, ...] = ("training", "interactive", "coordination")
# Places that a job of these lanes usually takes. While that number is free, an idle worker is kept warm.
# What a person waits for is started first.
USUAL_PLACES: dict[Lane, Callable[[], int]] = {"interactive": lambda: 1, "training": threads_per_training}
logger = logging.getLogger(__name__)


class LocalExecutor:
    """Runs jobs in worker processes of this machine. All methods may be called from any thread.

    Parameters
    ----------
    sweep_interval : float, optional
        Seconds between two sweeps of the store.
    trainer : Executor, optional
        Takes the runs that workers hand in, in place of this executor, which then trains nothing.
    """

    def __init__(self, sweep_interval: float = SWEEP_INTERVAL_S, trainer: Executor | None = None) -> None:
        self._lock = threading.RLock()
        self._trainer = trainer
        self._places: dict[Lane, int] = {
            "training": 0 if trainer else thread_capacity(),
            "interactive": interactive_places(),
            "coordination": MAX_COORDINATED,
        }
        self._waiting: dict[Lane, FairQueue] = {lane: FairQueue() for lane in LANES}
        self._took: dict[Lane, JobDurations] = {lane: JobDurations() for lane in LANES}
        self._workers: dict[Lane, list[WorkerProcess]] = {lane: [] for lane in LANES}
        self._failures: dict[Lane, int] = dict.fromkeys(LANES, 0)
        self._ends = JobEnds()
        self._room = MemoryRoom()
        self._sweep_interval = sweep_interval
        self._closed = threading.Event()
        self._machine = Machine()

    @property
    def machine(self) -> Machine:
        """The machine, with the device and the speed that the warm training worker reports."""
        return self._machine

    @property
    def capacity(self) -> int:
        """Trainings of one thread that run at once."""
        return self._trainer.capacity if self._trainer else self._places["training"]

    def tell_capacity(self) -> None:
        """Tell the workers that the capacity has changed: one that has runs trained hands in as many as that at once."""
        with self._lock:
            for worker in self._workers["coordination"]:
                worker.tell_capacity(self._capacity_of(worker.held.owner if worker.held else LOCAL_OWNER))

    @property
    def is_closed(self) -> bool:
        """True once `close` was called."""
        return self._closed.is_set()

    def start(self) -> Self:
        """Mark the jobs that claim to run and do not, sweep the store, and warm a worker a lane."""
        Store().sweep()
        with self._lock:
            for lane in USUAL_PLACES:
                self._hand_out(lane)
        threading.Thread(target=self._beat, name="executor-heartbeat", daemon=True).start()
        threading.Thread(target=self._sweep, name="executor-sweep", daemon=True).start()
        threading.Thread(target=self._watch, name="executor-watch", daemon=True).start()
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
        lane, limits = declared.lane, HostLimits.of_environment()
        with refusals_counted(job.kind, owner), self._lock:
            if self.is_closed:
                raise RunError("The server is shutting down. Try again in a minute.")
            waiting = self._waiting[lane]
            check_room(waiting.waiting_of(owner), len(waiting), limits)
            places, lease = self._places_of(job, declared), take_for_queue(job)
            waiting.add(
                HeldJob(job, lease, owner, places, estimated_seconds(job), declared.limits or limits_of(lane, limits))
            )
            self._hand_out(lane)

    def place(self, job: JobFolder[Any]) -> int:
        """Return 1 for the next job in its queue, 2 behind it; 0 when it does not wait here."""
        with self._lock:
            for waiting in self._waiting.values():
                folders = [held.folder for held in waiting]
                if job.folder in folders:
                    return folders.index(job.folder) + 1
        return 0

    def expected_wait(self, job: JobFolder[Any]) -> float | None:
        """Return the seconds until a waiting job begins; None when it does not wait here, or nobody knows."""
        with self._lock:
            for lane, waiting in self._waiting.items():
                if any(held.folder == job.folder for held in waiting):
                    took = self._took[lane]
                    queue = [Expected(held.owner, held.places, took.expected(held), held.folder) for held in waiting]
                    running = [
                        Expected(held.owner, held.places, took.left(held, worker.seconds_at_work()), held.folder)
                        for worker in self._workers[lane]
                        if (held := worker.held)
                    ]
                    places = self._places[lane]
                    if self._room.is_short and running:  # nothing begins before one of these ends
                        places = sum(each.places for each in running)
                    return expected_wait(job.folder, queue, running, places, jobs_at_once(lane))
        return None

    def load(self) -> dict[Lane, LaneLoad]:
        """Return how many jobs of each lane wait and run, and in which processes."""
        with self._lock:
            running = {lane: [worker.held for worker in self._workers[lane] if worker.held] for lane in LANES}
            processes = {lane: [worker.pid for worker in self._workers[lane] if worker.pid] for lane in LANES}
            return {lane: LaneLoad(len(self._waiting[lane]), len(running[lane]), processes[lane]) for lane in LANES}

    def stop(self, job: JobFolder[Any]) -> None:
        """Take a job out of the queue, or ask it to stop and keep the best so far. Nothing when it has ended.

        A job that another server holds gets a stop request into its folder.
        """
        with self._lock:
            if self._stop_here(job.folder):
                return
        if not job.state.is_final:
            request_stop(job.folder)

    def close(self) -> None:
        """Let every worker write its checkpoint and leave; kill those that take too long."""
        with self._lock:
            if self.is_closed:
                return
            workers = [worker for lane in self._workers.values() for worker in lane]
            for queue in self._waiting.values():
                for held in queue.clear():
                    self._ends.write(held, interrupted)
            self._closed.set()
        for worker in workers:
            worker.hang_up()
        until = time.monotonic() + CLOSE_GRACE_S
        for worker in workers:
            worker.end(until)

    def _stop_here(self, folder: Path) -> bool:
        """Stop the job if it waits or runs here. Holds the lock."""
        for waiting in self._waiting.values():
            for held in list(waiting):
                if held.folder == folder:
                    waiting.remove(held)
                    self._ends.write(
                        held, lambda status: replace(status, state="stopped", reason="Taken out of the queue.")
                    )
                    return True
        for workers in self._workers.values():
            for worker in workers:
                if worker.held and worker.held.folder == folder:
                    limits = worker.held.limits
                    worker.stop(folder, STOP_GRACE_S if limits is None or limits.keeps_best else LIMITED_STOP_GRACE_S)
                    return True
        return False

    def _places_of(self, job: JobFolder[Any], declared: Declaration[Any]) -> int:
        """Return how many places of its lane a job takes: its threads where it trains, else one."""
        if declared.lane != "training":
            return 1
        spec: JobSpec = job.spec_as(declared.spec_class)
        return min(spec.threads or threads_per_training(), self._places["training"])

    def _hand_out(self, lane: Lane) -> None:
        """Give waiting jobs to idle workers, as owners take turns, and have a worker ready for the next. Holds the lock."""
        workers, waiting = self._workers[lane], self._waiting[lane]
        for worker in workers:
            following = waiting.first(lambda owner: self._may_run(lane, owner)) if worker.is_idle else None
            if following and following.places <= self._free_places(lane) and self._has_memory(lane, following):
                waiting.take(following)
                worker.take(following, self._capacity_of(following.owner))
                count_begun(following, lane)
        has_idle = any(worker.is_idle for worker in workers)
        following = waiting.first(lambda owner: self._may_run(lane, owner))
        wanted = following.places if following else USUAL_PLACES[lane]() if lane in USUAL_PLACES else None
        wants_one = wanted is not None and wanted <= self._free_places(lane)
        if not self.is_closed and not has_idle and wants_one and self._failures[lane] < MAX_STARTS:
            workers.append(WorkerProcess(lane, self._on_answer, self._on_exit))
            self._hand_out(lane)

    def _free_places(self, lane: Lane) -> int:
        """Return the places that no job of the lane holds. Holds the lock."""
        return self._places[lane] - sum(worker.held.places for worker in self._workers[lane] if worker.held)

    def _has_memory(self, lane: Lane, job: HeldJob) -> bool:
        """True when there is memory for one more job. Holds the lock."""
        running: dict[Lane, list[HeldJob]] = {
            each: [worker.held for worker in self._workers[each] if worker.held] for each in LANES
        }
        return self._room.has_room(lane, job, running)

    def _may_run(self, lane: Lane, owner: str) -> bool:
        """True when one more job of an owner may run. Holds the lock."""
        at_once = jobs_at_once(lane)
        running = sum(worker.held.owner == owner for worker in self._workers[lane] if worker.held)
        return at_once is None or running < at_once

    def _capacity_of(self, owner: str) -> int:
        """Return the trainings of one thread that run at once for an owner."""
        at_once = jobs_at_once("training")
        return self.capacity if at_once is None else max(1, min(self.capacity, int(at_once)))

    def _on_answer(self, worker: WorkerProcess, answer: Answer) -> None:
        is_to_leave = "done" in answer and has_grown(worker)
        with self._lock:
            if "ready" in answer:
                self._failures[worker.lane] = 0
                if "machine" in answer:
                    self._machine = Machine(**answer["machine"])
            if "done" in answer:
                if worker.held:
                    self._took[worker.lane].add(worker.held, worker.seconds_at_work())
                    count_ended(worker.held, worker.peak_bytes)
                worker.held = None
                if is_to_leave:
                    worker.hang_up()
                self._hand_out(worker.lane)
            if "submit" in answer:
                owner = worker.held.owner if worker.held else LOCAL_OWNER
                worker.answer(answer["submit"], self._refusal(answer["submit"], owner))

    def _refusal(self, folder: str, owner: str) -> str:
        """Queue a job that a worker handed in for its owner; the sentence where it is refused, else empty."""
        try:
            (self._trainer or self).submit(open_job(Path(folder)), owner)
        except EmbedvizError as error:
            return str(error)
        return ""

    def _on_exit(self, worker: WorkerProcess, code: int) -> None:
        with self._lock:
            self._workers[worker.lane].remove(worker)
            held, worker.held = worker.held, None
            if held and not self.is_closed and not was_begun(worker, held):
                self._waiting[worker.lane].add(replace(held, was_returned=True))
            elif held:
                self._ends.write(held, end_of_exit(worker, held, code))
            if not worker.was_ready:
                self._failures[worker.lane] += 1
                if self._failures[worker.lane] == MAX_STARTS:
                    self._give_up(worker.lane)
            self._hand_out(worker.lane)

    def _give_up(self, lane: Lane) -> None:
        """End the waiting jobs of a lane whose workers do not start."""
        logger.error("Workers of the lane %r do not start; see %s", lane, home() / LOG)
        reason = f"No worker process can be started on this machine; {LOG} in the store says why."
        for held in self._waiting[lane].clear():
            self._ends.write(held, lambda status: interrupted(status, reason))

    def _beat(self) -> None:
        """Renew the leases of waiting jobs, and of running ones beside their workers; take stop requests."""
        for beat in count():
            if self._closed.wait(BEAT_INTERVAL_S):
                return
            with self._lock:
                waits = beat % WAITING_BEATS == 0
                held = [one for waiting in self._waiting.values() for one in waiting if waits]
                workers = [worker for lane in self._workers.values() for worker in lane if worker.is_running]
                held += [worker.held for worker in workers if worker.held]
                unwritten = self._ends.take_unwritten()
            for one in [*held, *(one for one, _ in unwritten)]:
                self._renew(one)
            for one, end in unwritten:
                self._ends.write(one, end)

    def _watch(self) -> None:
        """End jobs that have taken more time or memory than their kind may, and measure what all take together."""
        measured = -MEASURE_INTERVAL_S
        while not self._closed.wait(WATCH_INTERVAL_S):
            with self._lock:
                workers = [worker for lane in self._workers.values() for worker in lane if worker.is_running]
            for worker in workers:
                worker.keep_limits(STOP_GRACE_S)
            if time.monotonic() - measured >= MEASURE_INTERVAL_S and HostLimits.of_environment().memory_mb is not None:
                measured = time.monotonic()
                try:
                    self._measure(workers)
                except (EmbedvizError, OSError) as error:  # jobs that take too much still have to be ended
                    logger.warning("Nothing could be handed out: %s", error)

    def _measure(self, workers: Sequence[WorkerProcess]) -> None:
        """Take notice of the memory of all processes, and hand out what waited for some."""
        held = [(worker.held, worker.pid) for worker in workers if worker.held]
        memory = memory_of([os.getpid(), fork_server_pid(), *(worker.pid for worker in workers)])
        with self._lock:
            was_short = self._room.is_short
            total = sum(each.share for each in memory.values())
            self._room.update(total, [(job, memory[pid].own) for job, pid in held if pid in memory])
            for lane in LANES if was_short else ():
                self._hand_out(lane)
            for worker in workers if self._room.is_short else ():
                if (
                    worker.is_idle
                    and worker.has_worked
                    and worker.pid in memory
                    and memory[worker.pid].own > FRESH_BYTES
                ):
                    worker.hang_up()  # one that is new takes its place

    def _renew(self, held: HeldJob) -> None:
        try:
            if held.lease.beat() and is_stop_requested(held.folder, held.lease.generation):
                with self._lock:
                    self._stop_here(held.folder)
        except (EmbedvizError, OSError) as error:
            logger.warning("The lease of %s was not renewed: %s", held.folder, error)

    def _sweep(self) -> None:
        pause = self._sweep_interval
        while not self._closed.wait(pause):
            begun = time.monotonic()
            try:
                Store().sweep()
            except (EmbedvizError, OSError) as error:
                logger.warning("The store was not swept: %s", error)
            pause = max(self._sweep_interval, (time.monotonic() - begun) / MAX_SWEEP_SHARE)
