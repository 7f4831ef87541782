"""Messages between an executor and its fork server: packets of JSON, and the first line to a worker."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from embedviz.core.jobs.declaration import Lane

MAX_PACKET = 4096  # bytes


class ForkRequest(TypedDict):
    """A packet to the fork server: the number of a worker, which its answers name, and the lane whose jobs it does."""

    worker: int
    lane: Lane


class ForkAnswer(TypedDict):
    """A packet from the fork server: the process of a worker, or the exit code with which it has ended."""

    worker: int
    pid: NotRequired[int]
    code: NotRequired[int]


class Surroundings(TypedDict):
    """The first line to a worker: the environment variables and the current folder of the process that asked for it."""

    environment: dict[str, str]
    folder: str
