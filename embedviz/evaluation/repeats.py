"""Scores of a training that was repeated over seeds or folds: their means and standard deviations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Over = Literal["seeds", "folds"]


@dataclass(frozen=True)
class Repeat:
    """One of the trainings.

    Attributes
    ----------
    name
        "seed 3" or "fold 1 of 5".
    metrics
        As a run's.
    seconds
        Of preparing, training and measuring.
    """

    name: str
    metrics: dict[str, float]
    seconds: float


@dataclass(frozen=True)
class RepeatedScores:
    """The repeats that are done, of as many as were asked for."""

    over: Over
    planned: int
    rows: Sequence[Repeat]

    @property
    def mean(self) -> dict[str, float]:
        """Mean of each metric, and of "seconds". A metric that a repeat lacks is left out of its mean."""
        return {name: float(np.mean(values)) for name, values in self._columns()}

    @property
    def deviation(self) -> dict[str, float]:
        """Standard deviation (over n - 1) of each metric and of "seconds"; NaN for a single repeat."""
        return {
            name: float(np.std(values, ddof=1)) if len(values) > 1 else float("nan") for name, values in self._columns()
        }

    def frame(self) -> pd.DataFrame:
        """Return a row for each repeat (repeat, the metrics, seconds), then their mean and their standard deviation."""
        frame = pd.DataFrame([{"repeat": row.name, **row.metrics, "seconds": row.seconds} for row in self.rows])
        if frame.empty:
            return frame
        below = [{"repeat": "mean", **self.mean}]
        if len(self.rows) > 1:
            below.append({"repeat": "standard deviation", **self.deviation})
        return pd.concat([frame, pd.DataFrame(below)], ignore_index=True)

    def _columns(self) -> Iterator[tuple[str, list[float]]]:
        for name in dict.fromkeys(name for row in self.rows for name in row.metrics):
            yield name, [row.metrics[name] for row in self.rows if name in row.metrics]
        yield "seconds", [row.seconds for row in self.rows]
