"""What a model finds in somebody's data before it trains: said on the page, and enough to estimate the cost from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Survey:
    """facts: what the model's estimate reads, in values that JSON holds. sentences say what was found, warnings what
    a person should know before training on it. classes: the target's classes with their rows, the largest first;
    empty where the target is no class. examples: labels whose neighbours are worth watching while it trains."""

    facts: dict[str, Any]
    sentences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    classes: list[tuple[str, int]] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Survey:
        return cls(**{**values, "classes": [tuple(pair) for pair in values["classes"]]})
