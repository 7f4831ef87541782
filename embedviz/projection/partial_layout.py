"""Layouts that the engines hand out while they still optimise them."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from embedviz.core.progress import Progress

INTERVAL_S = 0.5  # between two of them


@dataclass(frozen=True)
class PartialLayout:
    """The coordinates so far, (N, n_components) float32."""

    coords: np.ndarray


# What every engine is: events while it works, and the final coordinates (N, n_components) float32 as its result.
LayoutSteps = Generator[Progress | PartialLayout, None, np.ndarray]


class Pace:
    """Tells when the next PartialLayout is due: at once, and then every half second."""

    def __init__(self) -> None:
        self._last = -INTERVAL_S

    def is_due(self) -> bool:
        """Return whether it is time, and start the next interval if so."""
        now = time.monotonic()
        if now - self._last < INTERVAL_S:
            return False
        self._last = now
        return True
