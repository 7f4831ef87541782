"""What a model finds in data before it trains: enough to show, and to estimate the cost from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Survey:
    """What is in the data.

    Attributes
    ----------
    facts
        What the model's estimate reads, in values that JSON holds.
    sentences
        What was found.
    warnings
        What a person should know before training on it.
    classes
        The target's classes with their rows, the largest first; empty where the target has no classes.
    examples
        Labels whose neighbours are worth watching while it trains.
    """

    facts: dict[str, Any]
    sentences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    classes: list[tuple[str, int]] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Survey:
        """Return the survey that `as_dict` wrote."""
        fields = dict(values)
        fields["classes"] = [(name, rows) for name, rows in values["classes"]]
        return cls(**fields)
