"""Limits of what one visitor, and all together, may take of a machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Any, Self

from embedviz.core.errors import SettingsError
from embedviz.core.mode import is_shared

PREFIX = "EMBEDVIZ_LIMIT_"
NONE = "none"
ELSEWHERE = "On a machine of your own nothing is limited: `pip install embedviz`, then `embedviz`."


def _limit(shared: float | None, description: str, local: float | None = None) -> Any:
    """Return a field: its default on a shared server and on one's own machine; None is no limit."""
    return field(default=shared, metadata={"description": description, "local": local})


@dataclass(frozen=True)
class HostLimits:
    """What may be taken. None is no limit. The defaults are those of a shared server with 2 cores and 2 GB of memory.

    Examples
    --------
    >>> HostLimits().epochs
    200
    >>> HostLimits(epochs=None).epochs is None
    True
    """

    upload_mb: float | None = _limit(25, "Size of an upload, in MB.")
    uploads: float | None = _limit(20, "Uploads that a visitor keeps.")
    data_mb: float | None = _limit(200, "Size of a file once it is unpacked, in MB.")
    rows: float | None = _limit(1_000_000, "Rows of a table.")
    vocabulary: float | None = _limit(50_000, "Words, users, items or values that a model learns vectors of.")
    dim: float | None = _limit(300, "Dimensions.")
    epochs: float | None = _limit(200, "Epochs of a training.")
    run_seconds: float | None = _limit(900, "Seconds of a training; the best so far is kept.")
    map_seconds: float | None = _limit(300, "Seconds of a map, or of anything else that a page asks for.")
    job_mb: float | None = _limit(700, "Memory of a job, in MB.")
    memory_mb: float | None = _limit(
        1550, "Memory of the server and its workers, in MB; a job for which there is no room waits."
    )
    worker_mb: float | None = _limit(
        100, "Memory of its own that a process keeps after a job, in MB; one that holds more is replaced."
    )
    visitor_running: float | None = _limit(1, "Runs of a visitor that are trained at once.")
    visitor_interactive: float | None = _limit(1, "Maps, readings and the like of a visitor at once.")
    interactive: float | None = _limit(2, "Maps, readings and the like of all visitors at once.")
    visitor_waiting: float | None = _limit(5, "Runs of a visitor that wait.", local=50)
    running: float | None = _limit(
        2, "Runs of all visitors that are trained at once; by default on one's own machine as cores allow."
    )
    waiting: float | None = _limit(100, "Runs of all visitors that wait.")
    visitor_mb: float | None = _limit(150, "Disk that a visitor's uploads and runs take, in MB.", local=5000)
    store_mb: float | None = _limit(1500, "Disk that all of the store takes, in MB.")
    visitor_held_mb: float | None = _limit(60, "Uploads of a visitor that are in memory at once, in MB.")
    held_mb: float | None = _limit(200, "Uploads of all visitors that are in memory at once, in MB.")
    visitor_sessions: float | None = _limit(20, "Browser tabs of a visitor that are connected at once.")
    sessions: float | None = _limit(100, "Browser tabs that are connected at once.")

    @classmethod
    def local(cls) -> Self:
        """Return the limits of one's own machine: hardly any."""
        return cls(**{each.name: each.metadata["local"] for each in fields(cls)})

    @classmethod
    def of_environment(cls) -> Self:
        """Return the limits of this server: the defaults of its mode, and what EMBEDVIZ_LIMIT_… sets in their place.

        Raises
        ------
        SettingsError
            When a variable is neither a number of at least 0 nor "none", or names no limit.
        """
        limits = cls() if is_shared() else cls.local()
        names = {each.name for each in fields(cls)}
        chosen: dict[str, float | None] = {}
        for variable, text in os.environ.items():
            if not variable.startswith(PREFIX):
                continue
            name = variable.removeprefix(PREFIX).lower()
            if name not in names:
                raise SettingsError(f"There is no limit {variable}. There are: {', '.join(sorted(names))}.")
            chosen[name] = _number(variable, text)
        return cls(**{each.name: chosen.get(each.name, getattr(limits, each.name)) for each in fields(cls)})

    def check(self, name: str, value: float, what: str, command: str = "") -> None:
        """Return if a value is within a limit.

        Parameters
        ----------
        name : str
            The limit.
        value : float
            What is asked for.
        what : str
            The beginning of the sentence, in which {limit} stands for the limit: "This server trains at most {limit} epochs".
        command : str, optional
            The command that does it on one's own machine.

        Raises
        ------
        SettingsError
            When the value is larger.
        """
        limit = getattr(self, name)
        if limit is not None and value > limit:
            from embedviz.core.metrics import count_refusal

            count_refusal(name)
            way = f"On a machine of your own: `{command}`" if command else ELSEWHERE
            raise SettingsError(f"{what.format(limit=f'{limit:,.10g}')}. {way}")


def data_bytes(default: int) -> int:
    """Return the most bytes that a file may hold once it is unpacked: the limit of this host, or the default."""
    limit = HostLimits.of_environment().data_mb
    return default if limit is None else int(limit * 1e6)


def _number(variable: str, text: str) -> float | None:
    if text.strip().lower() == NONE:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not number >= 0:
        raise SettingsError(f"{variable} is a number of at least 0, or none; got {text!r}.")
    return number
