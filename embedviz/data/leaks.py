"""Columns that give the target away: one of them alone tells nearly every row's, so a score proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHARE = 0.98  # of held-out rows told right (classes), or of the spread explained (a number), from which it is a leak
FAR_BELOW = 5  # times as many mistakes as the column makes, by whoever knows nothing
FEWEST = 40  # rows
MOST_BINS = 64


@dataclass(frozen=True)
class Leak:
    """share: rows told right by the column alone, or R² for a number; guess: what knowing nothing reaches."""

    column: str
    share: float
    guess: float

    def sentence(self, target: str, classes: bool) -> str:
        told = (
            f"tells “{target}” of {_percent(self.share)} of rows it has not seen, where the largest class "
            f"alone tells {_percent(self.guess)}"
            if classes
            else f"explains {_percent(self.share)} of the spread of “{target}”"
        )
        return (
            f"“{self.column}” alone {told}. A score made with it proves little: leave the column out if it would not be "
            f"known when you ask."
        )


def class_leak(column: str, values: np.ndarray, codes: np.ndarray, n_classes: int) -> Leak | None:
    """values (n,) int: the column's, numbers binned; codes (n,): the classes. One half of the rows says which class is
    most frequent for each value, the other half is told by it; then the other way round."""
    if len(codes) < FEWEST:
        return None
    right = largest = 0
    for learned, held_out in _halves(len(codes)):
        pairs = np.bincount(values[learned] * n_classes + codes[learned], minlength=(values.max() + 1) * n_classes)
        counts = pairs.reshape(-1, n_classes)
        usual = counts.sum(0).argmax()
        told = np.where(counts.any(1), counts.argmax(1), usual)[values[held_out]]
        right += int((told == codes[held_out]).sum())
        largest += int((codes[held_out] == usual).sum())
    share, guess = right / len(codes), largest / len(codes)
    return Leak(column, share, guess) if share >= SHARE and (1 - guess) >= FAR_BELOW * (1 - share) else None


def number_leak(column: str, values: np.ndarray, target: np.ndarray, numbers: np.ndarray | None = None) -> Leak | None:
    """The same for a target (n,) float: by the mean of each value, and where the column holds numbers (n,), by a
    straight line as well."""
    if len(target) < FEWEST:
        return None
    spread = float(((target - target.mean()) ** 2).sum())
    missed = 0.0
    for learned, held_out in _halves(len(target)):
        rows = np.bincount(values[learned], minlength=values.max() + 1)
        sums = np.bincount(values[learned], target[learned], minlength=values.max() + 1)
        means = np.where(rows > 0, sums / np.maximum(1, rows), target[learned].mean())
        missed += float(((means[values[held_out]] - target[held_out]) ** 2).sum())
    share = 1 - missed / spread if spread else 0.0
    if numbers is not None and np.nanstd(numbers) > 0:
        known = ~np.isnan(numbers)
        if known.mean() >= SHARE and np.std(target[known]) > 0:
            share = max(share, float(np.corrcoef(numbers[known], target[known])[0, 1] ** 2))
    return Leak(column, share, 0.0) if share >= SHARE else None


def binned(numbers: np.ndarray) -> np.ndarray:
    """(n,) float -> (n,) int: each value of few, or as many quantile bins as the rows can fill; NaN is a bin, too."""
    known = numbers[~np.isnan(numbers)]
    values = np.unique(known)
    if len(values) > MOST_BINS:
        values = np.unique(np.quantile(known, np.linspace(0, 1, MOST_BINS + 1)[1:-1]))
    return np.where(np.isnan(numbers), 0, np.searchsorted(values, numbers, side="right") + 1)


def _halves(n: int):
    order = np.random.default_rng(0).permutation(n)
    one, two = order[: n // 2], order[n // 2 :]
    return (one, two), (two, one)


def _percent(share: float) -> str:
    return f"{share:.2%}" if 0.99 < share < 1 else f"{share:.0%}"
