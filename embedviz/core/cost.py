"""What a run will cost, said before it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """seconds of work and bytes of memory; both are set against what it took in the run's record. detail: what the
    settings make of the data, in a sentence without its full stop; empty where there is nothing to say."""

    seconds: float
    memory_bytes: float
    detail: str = ""
