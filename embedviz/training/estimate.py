"""What a run will cost, said before it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """seconds of work and bytes of memory; both are set against what it took in the run's record."""

    seconds: float
    memory_bytes: float
