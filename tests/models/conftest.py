"""Fixtures of the tests of models."""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def finish(generator: Generator[object, None, T]) -> T:
    """Run a generator to its end and return its value."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value
