"""Generators that yield events and return a result: run them to the end, or change what they yield."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

Event = TypeVar("Event")
Other = TypeVar("Other")
Result = TypeVar("Result")


def result_of(steps: Generator[Event, None, Result], on_event: Callable[[Event], object] | None = None) -> Result:
    """Run a generator to its end and return its result.

    Parameters
    ----------
    steps : Generator
        What to run.
    on_event : callable, optional
        Called with everything that it yields; what this raises ends the generator.

    Returns
    -------
    object
        What the generator returns.
    """
    try:
        while True:
            try:
                event = next(steps)
            except StopIteration as stop:
                return stop.value
            if on_event is not None:
                on_event(event)
    finally:
        steps.close()


def map_yields(
    steps: Generator[Event, None, Result], convert: Callable[[Event], Other]
) -> Generator[Other, None, Result]:
    """Yield convert(event) for every event of a generator, and return its result.

    Parameters
    ----------
    steps : Generator
        What to run; closed when this one is.
    convert : callable
        From its events to those that are yielded.

    Returns
    -------
    object
        What the generator returns.
    """
    try:
        while True:
            try:
                event = next(steps)
            except StopIteration as stop:
                return stop.value
            yield convert(event)
    finally:
        steps.close()
