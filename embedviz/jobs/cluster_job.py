"""A job that an executor holds on a cluster: its lease, what it takes of a node, and how often its process was lost."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.lease import Lease
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.jobs.status import State, interrupted, take_lease, write_status, written_status
from embedviz.jobs.ray_process import DriverRequest
from embedviz.store.run_folder import CHECKPOINT
from embedviz.store.run_specs import RunSpec
from embedviz.training.threads import threads_per_training

MAX_LOSSES = 3  # of the process in a row, without a checkpoint in between


@dataclass(frozen=True)
class Needs:
    """What a job takes of a node. memory_bytes: 0 where nobody estimated."""

    threads: int
    wants_gpu: bool
    memory_bytes: int


def needs_of(spec: JobSpec) -> Needs:
    """Return what a job takes: its threads, its estimated memory, and a GPU unless its device is the CPU."""
    threads = spec.threads or threads_per_training()
    if not isinstance(spec, RunSpec):
        return Needs(threads, wants_gpu=False, memory_bytes=0)
    wants_gpu = str(spec.settings.get("device", "auto")).startswith(("auto", "cuda"))
    gigabytes = math.ceil(spec.estimate.get("memory_bytes", 0) / 1e9)  # runs of a sweep are to take the same
    return Needs(threads, wants_gpu, gigabytes * 1_000_000_000)


class ClusterJob:
    """A job on a cluster.

    Parameters
    ----------
    job : JobFolder
        The job.
    lease : Lease
        The lease under which it waits, and later runs.
    needs : Needs
        What it takes of a node.
    owner : str
        Who asked for it.

    Attributes
    ----------
    stop_until : float or None
        When its process is ended that was asked to stop, by the monotonic clock.
    """

    def __init__(self, job: JobFolder[Any], lease: Lease, needs: Needs, owner: str) -> None:
        self.job, self.lease, self._needs, self.owner = job, lease, needs, owner
        self.stop_until: float | None = None
        self._losses = 0
        self._checkpointed = 0.0  # when its checkpoint was written that the last loss left

    @property
    def folder(self) -> Path:
        """Absolute path of the job's folder."""
        return self.lease.folder

    @property
    def is_waiting(self) -> bool:
        """True until its process has begun."""
        status = written_status(self.folder)
        return status is not None and status.state == "queued" and status.lease == self.lease.generation

    def request(self, is_cancelled: bool = False) -> DriverRequest:
        """Return the line that has the driver make a task of it, or cancel that task."""
        return {
            "job": str(self.folder),
            "lease": self.lease.generation,
            "token": self.lease.token,
            "threads": self._needs.threads,
            "wants_gpu": self._needs.wants_gpu,
            "memory_bytes": self._needs.memory_bytes,
            "is_cancelled": is_cancelled,
        }

    def end(self, state: State, reason: str) -> None:
        """Take the lease from its process and write down how it ended, unless it has ended, or is another process's by now."""
        status = written_status(self.folder)
        if status is None or status.is_final or not self.lease.is_held():
            return
        lease = Lease.take(self.folder, over=self.lease.generation)
        if lease is None:
            return
        seconds = status.elapsed()
        if state == "interrupted":
            status = interrupted(status, reason)
        ended = replace(status, state=state, reason=status.reason if state == "interrupted" else reason)
        write_status(self.folder, replace(ended, lease=lease.generation, ended=time.time(), seconds=seconds))

    def take_again(self) -> bool:
        """Take the lease from a process that was lost, and wait again. False when the job has ended, or is another's."""
        status = written_status(self.folder)
        if status is None or (status.is_final and status.state != "interrupted"):
            return False
        lease = Lease.take(self.folder, over=self.lease.generation) or take_lease(self.folder)
        if lease is None:
            return False
        self.lease = lease
        seconds = status.elapsed()
        write_status(
            self.folder,
            replace(status, state="queued", reason="", lease=lease.generation, seconds=seconds, started=0.0),
        )
        return True

    def was_lost_too_often(self) -> bool:
        """Count a loss. True when its process was lost several times without a new checkpoint."""
        path = self.folder / CHECKPOINT
        written = path.stat().st_mtime if path.exists() else 0.0
        self._losses = 1 if written > self._checkpointed else self._losses + 1
        self._checkpointed = written
        return self._losses >= MAX_LOSSES

    def lost_reason(self) -> str:
        """Why it is not begun again, in a sentence or two."""
        if self._losses < MAX_LOSSES:
            return "The node that worked on it was lost."
        return f"The process that worked on it was lost {self._losses} times. It may need more memory than a node has."
