"""The cost of a training: what it will take, and the machine that it is estimated for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """The machine that a training is estimated for.

    Attributes
    ----------
    threads
        CPU threads that the training may use.
    device
        Kind of the device: "cpu", "cuda" or "mps".
    words_per_second
        Measured speed of the word-vector kernel on one thread at 100 dimensions, window 5 and 5 negative samples; None
        while it has not been measured.
    """

    threads: int = 2
    device: str = "cpu"
    words_per_second: float | None = None


@dataclass(frozen=True)
class Cost:
    """Cost of a training.

    Attributes
    ----------
    seconds
        Seconds of work.
    memory_bytes
        Peak memory of the process, libraries included.
    detail
        What the settings make of the data, in a sentence without its full stop; empty where there is nothing to say.
    """

    seconds: float
    memory_bytes: float
    detail: str = ""
