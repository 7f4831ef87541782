"""Generators that yield progress and return a value."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

Y = TypeVar("Y")
R = TypeVar("R")


def drain(generator: Generator[Y, None, R], on_yield: Callable[[Y], Any] | None = None) -> R:
    """Run a generator to its end and return its value.

    Parameters
    ----------
    generator
        Yields events, returns a value.
    on_yield
        Called with each event.
    """
    while True:
        try:
            event = next(generator)
        except StopIteration as end:
            return end.value
        if on_yield:
            on_yield(event)
