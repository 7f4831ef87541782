"""The target and the feature columns of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np

from embedviz.data.quantile_edges import reach
from embedviz.data.written_numbers import MAX_NUMBER, POINT

MAX_TARGET_DISTANCE = 20.0  # from the middle nine tenths, in multiples of their width, beyond which a target is far off
MIN_LOG_SPAN = 100.0  # 95th over 5th percentile from which "auto" takes the logarithm
MIN_POSITIVE = 1e-300
MAX_LOG = 230.0  # of a prediction, 1e100 in the target's own unit: its square does not overflow


@dataclass(frozen=True)
class Feature:
    """A column that is learned from.

    Attributes
    ----------
    column
        Its name.
    kind
        How it is encoded.
    date_format
        Of a date.
    decimal
        The decimal sign of a number.
    """

    column: str
    kind: Literal["category", "number", "date"]
    date_format: str = ""
    decimal: str = POINT


@dataclass(frozen=True)
class Target:
    """The column that is predicted.

    Attributes
    ----------
    name
        Of the column.
    kind
        Whether classes or a number are predicted.
    classes
        Names of the C classes, the largest first; empty for a number.
    low, high
        Of a number in the training set.
    mean, std
        Of the same, or of its logarithm where that is learned: networks learn ``(number - mean) / std``.
    scale
        Whether the number is learned, or its natural logarithm.
    learned_min, learned_max
        What is learned of a number is clipped to these, as one 1e9 among hundreds would hide all other differences.
    """

    name: str
    kind: Literal["classes", "number"]
    classes: list[str] = field(default_factory=list)
    low: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    std: float = 1.0
    scale: Literal["linear", "log"] = "linear"
    learned_min: float = -MAX_NUMBER
    learned_max: float = MAX_NUMBER

    @classmethod
    def of_numbers(cls, name: str, numbers: np.ndarray, scale: Literal["auto", "linear", "log"] = "linear") -> Self:
        """Return the target of numbers (n,) of the training set, positive ones where the scale is log.

        Those within MAX_TARGET_DISTANCE of the middle nine tenths give the limits, the mean and the standard deviation.
        """
        if scale == "auto":
            scale = "log" if spans_powers(numbers) else "linear"
        learned = np.log(numbers) if scale == "log" else numbers
        limits = reach(learned, MAX_TARGET_DISTANCE)
        learned = learned.clip(*limits)
        mean, std = float(learned.mean()), float(learned.std())
        return cls(name, "number", [], float(numbers.min()), float(numbers.max()), mean, std or 1.0, scale, *limits)

    def far(self, numbers: np.ndarray) -> int:
        """Return how many of the numbers are clipped while they are learned."""
        learned = self._learned(numbers)
        return int(((learned < self.learned_min) | (learned > self.learned_max)).sum())

    def standardise(self, numbers: np.ndarray) -> np.ndarray:
        """Return what networks learn of numbers: (N,) -> (N,)."""
        return (self._learned(numbers).clip(self.learned_min, self.learned_max) - self.mean) / self.std

    def _learned(self, numbers: np.ndarray) -> np.ndarray:
        return np.log(np.maximum(numbers, MIN_POSITIVE)) if self.scale == "log" else numbers

    def restore(self, outputs: np.ndarray) -> np.ndarray:
        """Return networks' outputs in the target's own unit, (N,) -> (N,): the inverse of `standardise`, but for clipping."""
        learned = outputs * self.std + self.mean
        return np.exp(np.minimum(learned, MAX_LOG)) if self.scale == "log" else learned

    @property
    def n_outputs(self) -> int:
        """Outputs of a network: a logit for each class, or the number."""
        return len(self.classes) or 1

    @property
    def primary_metric(self) -> str:
        """The score that counts."""
        return "accuracy" if self.classes else "rmse"

    @property
    def selection_metric(self) -> str:
        """The score of the validation set by which the best epoch is selected; less is better."""
        return "log_loss" if self.classes else "rmse"


def spans_powers(numbers: np.ndarray) -> bool:
    """Return whether numbers (n,) are all positive, and their 95th percentile is MIN_LOG_SPAN times the 5th or more."""
    if not len(numbers) or numbers.min() <= 0:
        return False
    low, high = np.quantile(numbers, [0.05, 0.95])
    return bool(high >= MIN_LOG_SPAN * low)
