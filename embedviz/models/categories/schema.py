"""The target and the feature columns of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np

from embedviz.data.written_numbers import POINT


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
    low, high, mean, std
        Of a number in the training part; networks learn ``(number - mean) / std``.
    """

    name: str
    kind: Literal["classes", "number"]
    classes: list[str] = field(default_factory=list)
    low: float = 0.0
    high: float = 0.0
    mean: float = 0.0
    std: float = 1.0

    @classmethod
    def of_numbers(cls, name: str, numbers: np.ndarray) -> Self:
        """Return the target of numbers (n,) of the training part."""
        mean, std = float(numbers.mean()), float(numbers.std())
        return cls(name, "number", [], float(numbers.min()), float(numbers.max()), mean, std or 1.0)

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
