"""Points on their way: what the engines hand out while a map forms, and how one layout is turned onto another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

EVERY = 0.5  # seconds between two of them


@dataclass(frozen=True)
class Forming:
    """Where the points are for now: coords (N, n_components) float32."""

    coords: np.ndarray


class Pace:
    """Says when it is time for the next Forming: at once, and then every half second."""

    def __init__(self) -> None:
        self._last = -EVERY

    def is_due(self) -> bool:
        now = time.monotonic()
        if now - self._last < EVERY:
            return False
        self._last = now
        return True


def registered(coords: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """coords (N, c), turned, mirrored and moved so that they lie nearest to onto (N, c) in squared distance; rows of onto
    with NaN are those that are not to be compared. Distances on the map stay what they are (Schönemann 1966)."""
    known = np.isfinite(onto).all(axis=1)
    if known.sum() < 2:
        return coords
    x, y = coords[known].astype(np.float64), onto[known].astype(np.float64)
    left, _, right = np.linalg.svd((x - x.mean(axis=0)).T @ (y - y.mean(axis=0)))
    return ((coords - x.mean(axis=0)) @ (left @ right) + y.mean(axis=0)).astype(np.float32)


def registered_onto(steps: Iterator, onto: np.ndarray) -> Iterator:
    """The steps with every layout among them turned onto the given one; the last layout comes as an array."""
    for step in steps:
        if isinstance(step, Forming):
            yield Forming(registered(step.coords, onto))
        elif isinstance(step, np.ndarray):
            yield registered(step, onto)
        else:
            yield step
