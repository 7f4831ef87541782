"""Values that stand apart from the rest of a column of numbers: codes for "missing", and single absurd ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

MAX_APART = 3  # distinct values that may stand apart on one side
MIN_ROWS = 10  # numbers from which anything can be said
MIN_GAP = 1.0  # to the rest, in widths of the rest, from which values stand apart
ABSURD_GAP, ABSURD_IQRS = 10.0, 1000.0  # the same, and the distance to the median in interquartile ranges
MAX_ABSURD_SHARE = 0.01  # of the rows
MIN_CODE_SHARE = 0.005  # of the rows that repeat a value that is not written as a code
MAX_SCALE = 21  # distinct ratings of a scale, 0 to 10 in halves
MIN_ZERO_SHARE, MIN_ZERO_RATIO = 0.3, 3.0  # of the rows; to those with the next value
MIN_NEGATIVE_SHARE = 0.01  # of the rows
MIN_MEASURED = 20  # distinct numbers from 0 on, below which one negative code stands apart at any distance


@dataclass(frozen=True)
class Apart:
    """Values apart from the rest.

    Attributes
    ----------
    kind
        "code": they stand for something else than a number, such as "missing". "absurd": far outside, in a few rows.
        "unrated": a 0 or a negative number that may mean "not rated".
    values
        The values, the farthest first.
    rows
        Rows that have one of them.
    low, high
        Of the rest.
    """

    kind: Literal["code", "absurd", "unrated"]
    values: list[float]
    rows: int
    low: float
    high: float


def values_apart(numbers: np.ndarray, is_rating: bool = False) -> Apart | None:
    """Return the values of a column that stand apart, None where there are none.

    Parameters
    ----------
    numbers : (N,) float64 array
        NaN where missing.
    is_rating : bool
        Look for zeros and negative numbers that mean "not rated" too.

    Examples
    --------
    >>> values_apart(np.array([1.0, 5, 3, 4, 99, 2, 2, 99, 3, 5, 1])).values
    [99.0]
    """
    known = numbers[np.isfinite(numbers)]
    if len(known) < MIN_ROWS:
        return None
    for farthest in (np.max, np.min):
        if found := _apart_on_one_side(known, farthest):
            return found
    return _unrated(known) if is_rating else _negative_code(known)


def is_code(value: float) -> bool:
    """Return True for a number as people write it for "missing": 9, 99, 999, -1, -99, 9998."""
    digits = str(abs(int(value))) if value == int(value) else ""
    return value == -1 or (bool(digits) and set(digits[:-1]) <= {"9"} and digits[-1] in "789" and abs(value) > 6)


def _apart_on_one_side(known: np.ndarray, farthest: Callable[[np.ndarray], float]) -> Apart | None:
    rest, values = known, list[float]()
    for _ in range(MAX_APART):
        value = float(farthest(rest))
        values.append(value)
        rest = rest[rest != value]
        if not len(rest):
            return None
        low, high = float(rest.min()), float(rest.max())
        gap, width = abs(value - float(farthest(rest))), high - low
        if width == 0:
            return None
        rows = len(known) - len(rest)
        if gap > MIN_GAP * width and (kind := _kind(values, rows, rest, gap / width, len(known))):
            return Apart(kind, values, rows, low, high)
    return None


def _kind(values: list[float], rows: int, rest: np.ndarray, gap: float, n: int) -> Literal["code", "absurd"] | None:
    """The kind of values that are `gap` widths of the rest away from it."""
    if all(is_code(value) for value in values) and rows > len(values):
        return "code"
    quarter, median, third = np.quantile(rest, [0.25, 0.5, 0.75])
    spread = float(third - quarter) or float(rest.std())
    nearest = min(abs(value - float(median)) for value in values)
    if gap > ABSURD_GAP and nearest > ABSURD_IQRS * spread and rows <= max(len(values), MAX_ABSURD_SHARE * n):
        return "absurd"
    if len(values) == 1 and rows >= max(3, MIN_CODE_SHARE * n) and len(np.unique(rest[:1000])) > 2:
        return "code"
    return None


def _negative_code(known: np.ndarray) -> Apart | None:
    """One negative number in several rows, written as a code, where all others are 0 or more."""
    least = float(known.min())
    rest = known[known != least]
    rows = len(known) - len(rest)
    if least >= 0 or not is_code(least) or rows < max(3, MIN_CODE_SHARE * len(known)) or not len(rest):
        return None
    low, high = float(rest.min()), float(rest.max())
    return Apart("code", [least], rows, low, high) if low >= 0 and len(np.unique(rest)) > MIN_MEASURED else None


def _unrated(known: np.ndarray) -> Apart | None:
    """A 0 below a scale from 1, far more frequent than its neighbour, or one negative number below positive ones."""
    least = float(known.min())
    if least > 0:
        return None
    rest = known[known != least]
    scale, counts = np.unique(rest, return_counts=True)
    if not 3 <= len(scale) <= MAX_SCALE or scale[0] <= 0:
        return None
    rows = len(known) - len(rest)
    if least == 0:
        is_apart = rows >= MIN_ZERO_SHARE * len(known) and rows >= MIN_ZERO_RATIO * counts[0]
    else:
        is_apart = rows >= MIN_NEGATIVE_SHARE * len(known)
    return Apart("unrated", [least], rows, float(scale[0]), float(scale[-1])) if is_apart else None
