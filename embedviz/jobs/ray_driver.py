"""The driver of a Ray cluster: `python -m embedviz.jobs.ray_driver ADDRESS`. It turns jobs into Ray tasks.

It is a process of its own because Ray ends the process that drives it when the cluster is gone, and because the process of
the pages stays light. Lines of JSON, one a message; `ray_process` has their types. When standard input ends, the server has
gone: waiting tasks are cancelled, and running ones save their state.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import queue
import socket
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from embedviz.core.errors import EmbedvizError
from embedviz.core.home import home
from embedviz.core.jobs.lease import BEAT_INTERVAL_S
from embedviz.core.jobs.stop_request import request_interrupt
from embedviz.core.version import VERSION
from embedviz.jobs.ray_process import ClusterAnswer, DriverAnswer, DriverRequest, Outcome
from embedviz.jobs.ray_task import perform_on_node, words_per_second_of_node
from embedviz.jobs.store_gateway import StoreGateway, Ticket

SERVER_GONE = "The server ended. What was learned is kept; Resume continues from there."
CONNECT_S = 5.0  # that the head may take to answer
SERVER_VARIABLES = ("EMBEDVIZ_MODE", "EMBEDVIZ_LIMIT_DATA_MB")  # that decide what a job may do, on a node too
GATEWAY_THREADS = 8  # nodes that are answered at once
LEAVE_GRACE_S = 7.0  # all tasks together may take to write their checkpoints when the server ends


@dataclass(frozen=True)
class _Ended:
    """A task has ended."""

    folder: str
    lease: int
    future: Future[Any]


def main(address: str) -> None:
    """Drive the cluster at this address until standard input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # a stray print must not end up in the line to the server
    _check_answers(address)
    ray: Any = importlib.import_module("ray")  # an extra, which the checks of types do without
    ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, namespace="embedviz")
    inbox: queue.Queue[DriverRequest | _Ended | None] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin, inbox), daemon=True).start()
    _Driver(ray, out, inbox).serve()
    ray.shutdown()


def _check_answers(address: str) -> None:
    """Return if something listens at a host and port; OSError otherwise, at once, where Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=CONNECT_S).close()


def _listen(lines: TextIO, inbox: queue.Queue[DriverRequest | _Ended | None]) -> None:
    for line in lines:
        inbox.put(json.loads(line))
    inbox.put(None)


class _Driver:
    """The tasks of the cluster, by the folders and leases of their jobs. All calls into Ray are made by one thread."""

    def __init__(self, ray: Any, out: TextIO, inbox: queue.Queue[DriverRequest | _Ended | None]) -> None:
        self._ray, self._out, self._inbox = ray, out, inbox
        self._perform = ray.remote(perform_on_node)  # one for all: Ray keeps the order only of equal tasks
        self._variables = {"EMBEDVIZ_HOME": str(home())}
        self._variables |= {name: os.environ[name] for name in SERVER_VARIABLES if name in os.environ}
        self._gateway = self._opened_gateway()
        self._tasks: dict[tuple[str, int], Any] = {}
        self._cluster = ClusterAnswer(cores=0, gpus=0)
        self._largest_node: dict[str, float] = {}

    def _opened_gateway(self) -> Any:
        """Start the actor that nodes ask which do not see the store. It lives on this machine, as long as the driver."""
        scheduling = importlib.import_module("ray.util.scheduling_strategies")
        here = scheduling.NodeAffinitySchedulingStrategy(self._ray.get_runtime_context().get_node_id(), soft=False)
        options = {"num_cpus": 0, "max_restarts": -1, "max_task_retries": -1, "max_concurrency": GATEWAY_THREADS}
        gateway = self._ray.remote(StoreGateway).options(scheduling_strategy=here, **options)
        return gateway.remote(self._variables, VERSION)

    def serve(self) -> None:
        """Take requests and the ends of tasks, and report the cluster once a second, until the server has gone."""
        self._report_cluster()
        self._measure()
        due = time.monotonic() + BEAT_INTERVAL_S
        while True:
            try:
                message = self._inbox.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                self._report_cluster()
                due = time.monotonic() + BEAT_INTERVAL_S
                continue
            if message is None:
                return self._leave()
            self._take(message)

    def _take(self, message: DriverRequest | _Ended) -> None:
        if isinstance(message, _Ended):
            if self._tasks.pop((message.folder, message.lease), None) is not None:
                self._send(self._end_of(message))
        elif message.get("is_cancelled"):
            if task := self._tasks.pop((message["job"], message["lease"]), None):
                self._ray.cancel(task, force=True)
        else:
            self._begin(message)

    def _begin(self, request: DriverRequest) -> None:
        """Make a task of a job. What it asks for is never more than the largest node has, or it would wait for ever."""
        folder, lease = request["job"], request["lease"]
        ticket: Ticket = {"folder": folder, "lease": lease, "token": request["token"]}
        threads = max(1, self._at_most("CPU", request["threads"]))
        task = self._perform.options(
            num_cpus=threads,
            num_gpus=1 if request["wants_gpu"] and self._cluster["gpus"] else 0,
            memory=self._at_most("memory", request["memory_bytes"]) or None,
            max_retries=0,  # the executor begins it again, under a lease that the lost process does not have
            name=Path(folder).name,
        ).remote(ticket, threads, self._variables, VERSION, self._gateway)
        self._tasks[folder, lease] = task
        task.future().add_done_callback(lambda future: self._inbox.put(_Ended(folder, lease, future)))

    def _at_most(self, resource: str, wanted: int) -> int:
        return int(min(wanted, self._largest_node.get(resource, wanted)))

    def _end_of(self, ended: _Ended) -> DriverAnswer:
        """How a task ended. What the job itself says of its end, it has written into its folder."""
        errors = self._ray.exceptions
        error = ended.future.exception()
        reason = ""
        outcome: Outcome
        if error is None:
            outcome = "returned"
        elif isinstance(error, errors.OutOfMemoryError):
            outcome = "out of memory"
        elif isinstance(error, errors.RayTaskError):
            outcome, reason = "failed", _reason(error)
        else:
            outcome, reason = "lost", str(error).splitlines()[0]
        return {"ended": ended.folder, "lease": ended.lease, "outcome": outcome, "reason": reason}

    def _report_cluster(self) -> None:
        """Say what the cluster has; a head that has gone does not answer, and the executor waits for this in vain."""
        nodes = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        for resource in ("CPU", "memory"):
            self._largest_node[resource] = max((node.get(resource, 0.0) for node in nodes), default=0.0)
        if not self._largest_node["CPU"]:  # none yet: a task waits for one
            self._largest_node.clear()
        cores, gpus = (int(sum(node.get(resource, 0.0) for node in nodes)) for resource in ("CPU", "GPU"))
        self._cluster = ClusterAnswer(cores=cores, gpus=gpus)
        self._send({"cluster": self._cluster})

    def _measure(self) -> None:
        """Have a node measure itself, and report that."""
        measured = self._ray.remote(words_per_second_of_node).options(num_cpus=1, max_retries=0).remote()

        def report(future: Future[float]) -> None:
            if future.exception() is None:
                self._send({"words_per_second": future.result()})

        measured.future().add_done_callback(report)

    def _leave(self) -> None:
        """Let running tasks save their state, and end."""
        for folder, lease in self._tasks:
            if Path(folder).is_dir():
                request_interrupt(Path(folder), lease, SERVER_GONE)
        self._ray.wait(
            list(self._tasks.values()), num_returns=len(self._tasks), timeout=LEAVE_GRACE_S
        ) if self._tasks else None

    def _send(self, answer: DriverAnswer) -> None:
        try:
            self._out.write(json.dumps(answer) + "\n")
        except BrokenPipeError:  # the server has gone; standard input says so too
            return


def _reason(error: Any) -> str:
    """Why a task failed where its job did not: a node could not begin it, or could not return what it came to."""
    cause = error.cause
    if isinstance(cause, EmbedvizError):
        return str(cause)
    return f"A node could not do it: {type(cause).__name__}: {cause}"


if __name__ == "__main__":
    main(sys.argv[1])
