"""The cost of a training: what it will take, and the machine that it is estimated for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from typing_extensions import TypedDict


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


class CostFields(TypedDict, total=False):
    """Fields of a Cost in a JSON file; empty where nobody estimated."""

    seconds: float
    memory_bytes: float
    detail: str


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

    @classmethod
    def from_fields(cls, fields: CostFields) -> Self:
        """Read what `fields` returned; zero for a field that is missing."""
        return cls(fields.get("seconds", 0.0), fields.get("memory_bytes", 0.0), fields.get("detail", ""))

    def fields(self) -> CostFields:
        """Return the fields, for a JSON file."""
        return {"seconds": self.seconds, "memory_bytes": self.memory_bytes, "detail": self.detail}
