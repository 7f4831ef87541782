"""The target and the feature columns of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np

from embedviz.data.written_numbers import POINT

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
        Of a number in the training part.
    mean, std
        Of the same, or of its logarithm where that is learned: networks learn ``(number - mean) / std``.
    scale
        Whether the number is learned, or its natural logarithm.
    """

    name: str
    kind: Literal["classes", "number"]
    classes: list[str] = field(default_factory=list)
    low: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    std: float = 1.0
    scale: Literal["linear", "log"] = "linear"

    @classmethod
    def of_numbers(cls, name: str, numbers: np.ndarray, scale: Literal["linear", "log"] = "linear") -> Self:
        """Return the target of numbers (n,) of the training part, positive ones where the scale is log."""
        learned = np.log(numbers) if scale == "log" else numbers
        mean, std = float(learned.mean()), float(learned.std())
        return cls(name, "number", [], float(numbers.min()), float(numbers.max()), mean, std or 1.0, scale)

    def standardise(self, numbers: np.ndarray) -> np.ndarray:
        """Return what networks learn of numbers: (N,) -> (N,)."""
        learned = np.log(numbers) if self.scale == "log" else numbers
        return (learned - self.mean) / self.std

    def restore(self, outputs: np.ndarray) -> np.ndarray:
        """Return networks' outputs in the target's own unit, (N,) -> (N,): the inverse of `standardise`."""
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
        """The score of the validation part by which the best epoch is selected; less is better."""
        return "log_loss" if self.classes else "rmse"
