"""What a node of a Ray cluster does: a job in its folder, or in a copy of it, and measuring itself."""

from __future__ import annotations

import importlib
import platform
from pathlib import Path
from typing import Any

from embedviz.core.errors import RunError
from embedviz.core.jobs.lease import Lease
from embedviz.core.version import VERSION
from embedviz.jobs.environment import environment
from embedviz.jobs.store_gateway import Answer, Changes, Gateway, SentJob, Ticket

CALL_S = 120.0  # that the server may take to answer


def perform_on_node(
    ticket: Ticket, threads: int, variables: dict[str, str], version: str, gateway: Any | None = None
) -> str:
    """Do a job on this node: in its folder, or where the node does not see that or the data, in a copy.

    Parameters
    ----------
    ticket : Ticket
        The job's folder on the server, and the lease that the executor took.
    threads : int
        Cores that Ray reserved: threads of a training that names none itself.
    variables : dict
        Of the server's environment: its store and its mode.
    version : str
        Version of embedviz on the server.
    gateway : ray.actor.ActorHandle, optional
        The actor of a `StoreGateway` on the server's machine.

    Returns
    -------
    str
        The state in which the job ended.

    Raises
    ------
    RunError
        When the node has another version of embedviz, or sees no store and there is no gateway.
    """
    if version != VERSION:
        raise RunError(
            f"The node {platform.node()} has embedviz {VERSION}, and the server {version}. Install the same on both."
        )
    from embedviz.jobs.perform import let_threads_sleep

    let_threads_sleep()
    from embedviz.jobs.handed_over import perform_handed_over
    from embedviz.jobs.job_copy import perform_copy
    from embedviz.jobs.job_inputs import lacks_files

    folder = Path(ticket["folder"])
    with environment({**variables, "EMBEDVIZ_THREADS_PER_TRAINING": str(threads)}):
        if Lease.adopt(folder, ticket["lease"], ticket["token"]).is_seen() and not lacks_files(folder):
            return perform_handed_over(folder, ticket["lease"], ticket["token"])
        if gateway is None:
            raise RunError(f"The node {platform.node()} does not see {folder}.")
        return perform_copy(_RayGateway(gateway), ticket)


class _RayGateway(Gateway):
    """A gateway behind an actor."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor
        self._ray: Any = importlib.import_module("ray")

    def job(self, ticket: Ticket) -> SentJob:
        return self._answer(self._actor.job.remote(ticket))

    def read(self, ticket: Ticket, path: str, position: int, size: int) -> bytes:
        return self._answer(self._actor.read.remote(ticket, path, position, size))

    def exchange(self, ticket: Ticket, changes: Changes) -> Answer:
        return self._answer(self._actor.exchange.remote(ticket, changes))

    def write_part(self, ticket: Ticket, place: str, position: int, part: bytes, is_last: bool) -> bool:
        return self._answer(self._actor.write_part.remote(ticket, place, position, part, is_last))

    def _answer(self, call: Any) -> Any:
        try:
            return self._ray.get(call, timeout=CALL_S)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from None


def words_per_second_of_node() -> float:
    """Return the speed of the word-vector kernel on this node; it also loads what a training needs."""
    importlib.import_module("torch")  # the first training here finds it loaded
    from embedviz.jobs.machine import words_per_second

    return words_per_second()
