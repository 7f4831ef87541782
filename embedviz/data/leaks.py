"""Target leakage: columns of which one alone determines the target in nearly every row, so that a score proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

MIN_SCORE = 0.98  # accuracy (classes) or R² (a number) on held-out rows from which a column leaks
MIN_ERROR_RATIO = 5  # errors of the majority class, in errors of the column
MIN_ROWS = 40
MAX_BINS = 64


@dataclass(frozen=True)
class Leak:
    """A column that determines the target.

    Attributes
    ----------
    column
        Its name.
    score
        Accuracy of predicting by the column alone, or R² for a number.
    baseline
        Accuracy of the majority class; 0 for a number.
    """

    column: str
    score: float
    baseline: float = 0.0

    def message(self, target: str, is_class: bool) -> str:
        """Return a warning about the column."""
        if is_class:
            finding = (
                f"predicts “{target}” with {_percent(self.score)} accuracy on rows it has not seen (the majority class: "
                f"{_percent(self.baseline)})"
            )
        else:
            finding = f"explains {_percent(self.score)} of the variance of “{target}”"
        return (
            f"“{self.column}” alone {finding}. This may be target leakage: leave the column out if it is not known when you "
            f"predict."
        )


def class_leak(column: str, values: np.ndarray, codes: np.ndarray, n_classes: int) -> Leak | None:
    """Return a leak if values predict classes: two-fold, by the most frequent class of each value.

    Parameters
    ----------
    column
        Name of the column.
    values
        (n,) int, the column's values; numbers binned by `bin_numbers`.
    codes
        (n,) int classes.
    n_classes
        Classes that there are.
    """
    if len(codes) < MIN_ROWS:
        return None
    right = majority_right = 0
    for train, test in _folds(len(codes)):
        pairs = np.bincount(values[train] * n_classes + codes[train], minlength=(values.max() + 1) * n_classes)
        counts = pairs.reshape(-1, n_classes)
        majority = counts.sum(0).argmax()
        predicted = np.where(counts.any(1), counts.argmax(1), majority)[values[test]]
        right += int((predicted == codes[test]).sum())
        majority_right += int((codes[test] == majority).sum())
    score, baseline = right / len(codes), majority_right / len(codes)
    leaks = score >= MIN_SCORE and (1 - baseline) >= MIN_ERROR_RATIO * (1 - score)
    return Leak(column, score, baseline) if leaks else None


def number_leak(column: str, values: np.ndarray, targets: np.ndarray, numbers: np.ndarray | None = None) -> Leak | None:
    """Return a leak if values predict numbers (n,): two-fold, by the mean of each value, or by a straight line where the
    column holds numbers (n,)."""
    if len(targets) < MIN_ROWS:
        return None
    total = float(((targets - targets.mean()) ** 2).sum())
    residual = 0.0
    for train, test in _folds(len(targets)):
        rows = np.bincount(values[train], minlength=values.max() + 1)
        sums = np.bincount(values[train], targets[train], minlength=values.max() + 1)
        means = np.where(rows > 0, sums / np.maximum(1, rows), targets[train].mean())
        residual += float(((means[values[test]] - targets[test]) ** 2).sum())
    score = 1 - residual / total if total else 0.0
    if numbers is not None and np.nanstd(numbers) > 0:
        known = ~np.isnan(numbers)
        if known.mean() >= MIN_SCORE and np.std(targets[known]) > 0:
            score = max(score, float(np.corrcoef(numbers[known], targets[known])[0, 1] ** 2))
    return Leak(column, score) if score >= MIN_SCORE else None


def bin_numbers(numbers: np.ndarray) -> np.ndarray:
    """Return a bin for each number, (n,) -> (n,) int: one for each distinct value of few, else quantile bins; 0 for NaN."""
    known = numbers[~np.isnan(numbers)]
    edges = np.unique(known)
    if len(edges) > MAX_BINS:
        edges = np.unique(np.quantile(known, np.linspace(0, 1, MAX_BINS + 1)[1:-1]))
    return np.where(np.isnan(numbers), 0, np.searchsorted(edges, numbers, side="right") + 1)


def _folds(n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield two halves of n rows as (train, test), then the other way round."""
    order = np.random.default_rng(0).permutation(n)
    one, two = order[: n // 2], order[n // 2 :]
    yield one, two
    yield two, one


def _percent(share: float) -> str:
    return f"{share:.2%}" if 0.99 < share < 1 else f"{share:.0%}"
