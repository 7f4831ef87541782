"""Target leakage: a column that alone predicts the target of nearly every row, so that a score proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MIN_SHARE = 0.98  # of held-out rows predicted right (classes), or of the variance explained (a number), for a leak
MIN_ERROR_RATIO = 5  # errors of the majority class for each error of the column
MIN_ROWS = 40
MAX_BINS = 64


@dataclass(frozen=True)
class Leak:
    """A column that leaks the target.

    Parameters
    ----------
    column : str
    share : float
        Accuracy of the column alone on held-out rows, or R² for a number.
    baseline : float
        Accuracy of the majority class; 0 for a number.
    """

    column: str
    share: float
    baseline: float

    def sentence(self, target: str, classes: bool) -> str:
        """Return a warning. classes: the target is one of classes, not a number."""
        predicts = (
            f"predicts “{target}” correctly in {_percent(self.share)} of held-out rows, always predicting the largest "
            f"class in {_percent(self.baseline)}"
            if classes
            else f"explains {_percent(self.share)} of the variance of “{target}”"
        )
        return (
            f"“{self.column}” alone {predicts}. This may be target leakage: leave the column out if its value is not known "
            f"at prediction time."
        )


def class_leak(column: str, values: np.ndarray, codes: np.ndarray, n_classes: int) -> Leak | None:
    """Test whether a column leaks the class.

    One half of the rows gives the most frequent class of each value, which predicts the other half; then the other way
    round.

    Parameters
    ----------
    values : (n,) int array
        The column's values, numbers binned.
    codes : (n,) int array
        The classes.
    """
    if len(codes) < MIN_ROWS:
        return None
    right = largest = 0
    for learned, held_out in _halves(len(codes)):
        pairs = np.bincount(values[learned] * n_classes + codes[learned], minlength=(values.max() + 1) * n_classes)
        counts = pairs.reshape(-1, n_classes)
        majority = counts.sum(0).argmax()
        predicted = np.where(counts.any(1), counts.argmax(1), majority)[values[held_out]]
        right += int((predicted == codes[held_out]).sum())
        largest += int((codes[held_out] == majority).sum())
    share, baseline = right / len(codes), largest / len(codes)
    leaks = share >= MIN_SHARE and (1 - baseline) >= MIN_ERROR_RATIO * (1 - share)
    return Leak(column, share, baseline) if leaks else None


def number_leak(column: str, values: np.ndarray, target: np.ndarray, numbers: np.ndarray | None = None) -> Leak | None:
    """Test whether a column leaks a number: by the mean of each value and, where it holds numbers, by a straight line.

    Parameters
    ----------
    values : (n,) int array
        The column's values, numbers binned.
    target : (n,) float array
    numbers : (n,) float array, optional
        The column's numbers.
    """
    if len(target) < MIN_ROWS:
        return None
    variance = float(((target - target.mean()) ** 2).sum())
    residual = 0.0
    for learned, held_out in _halves(len(target)):
        rows = np.bincount(values[learned], minlength=values.max() + 1)
        sums = np.bincount(values[learned], target[learned], minlength=values.max() + 1)
        means = np.where(rows > 0, sums / np.maximum(1, rows), target[learned].mean())
        residual += float(((means[values[held_out]] - target[held_out]) ** 2).sum())
    share = 1 - residual / variance if variance else 0.0
    if numbers is not None and np.nanstd(numbers) > 0:
        known = ~np.isnan(numbers)
        if known.mean() >= MIN_SHARE and np.std(target[known]) > 0:
            share = max(share, float(np.corrcoef(numbers[known], target[known])[0, 1] ** 2))
    return Leak(column, share, 0.0) if share >= MIN_SHARE else None


def binned(numbers: np.ndarray) -> np.ndarray:
    """Bin numbers: (n,) float -> (n,) int, a bin a value or MAX_BINS quantile bins; NaN is a bin of its own."""
    known = numbers[~np.isnan(numbers)]
    values = np.unique(known)
    if len(values) > MAX_BINS:
        values = np.unique(np.quantile(known, np.linspace(0, 1, MAX_BINS + 1)[1:-1]))
    return np.where(np.isnan(numbers), 0, np.searchsorted(values, numbers, side="right") + 1)


def _halves(n: int) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Two random halves of n rows, each to learn from and to hold out."""
    order = np.random.default_rng(0).permutation(n)
    one, two = order[: n // 2], order[n // 2 :]
    return (one, two), (two, one)


def _percent(share: float) -> str:
    return f"{share:.2%}" if 0.99 < share < 1 else f"{share:.0%}"
