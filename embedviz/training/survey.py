"""Survey of data before a training: enough to show, and to estimate the cost from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from embedviz.core.typed_json import JsonObject, parse_typed

T = TypeVar("T")


@dataclass(frozen=True)
class Survey:
    """Findings about the data.

    Attributes
    ----------
    facts
        What the model's estimate reads: the fields of a dataclass of the model's own.
    sentences
        What was found.
    warnings
        What a person should know before training on it.
    classes
        The target's classes with their rows, the largest first; empty where the target has no classes.
    examples
        Labels whose neighbours are worth watching while it trains.
    """

    facts: JsonObject
    sentences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    classes: list[tuple[str, int]] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def facts_as(self, cls: type[T]) -> T:
        """Return the facts as the model's dataclass. DataError when another version of embedviz wrote others."""
        return parse_typed(self.facts, cls, "The survey")
