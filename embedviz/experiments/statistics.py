"""What repetitions tell: how far a mean may be from the truth, and whether a difference is more than chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from embedviz.evaluation.scores import SCORES
from embedviz.evaluation.students_t import t_cdf, t_quantile

MIN_SEEDS = 3  # from which a paired interval decides: two differences may be equal by chance, which leaves it no width


def greater_is_better(score: str) -> bool:
    """Return True for accuracy and the like, False for losses and errors."""
    return score in SCORES and SCORES[score].greater_is_better


def noise(table: pd.DataFrame, factor: str, repetition: str, value: str) -> float:
    """Return the standard deviation of one measurement, what belongs to its group and to its repetition taken off.

    A repetition has its own split, which all groups share, so that differences between groups are far surer than each value.

    Parameters
    ----------
    table : DataFrame
        A row for each measurement.
    factor, repetition : str
        Columns of the group and of the repetition (the seed).
    value : str
        Column of the measurement.

    Returns
    -------
    float
        NaN with fewer than two groups or repetitions.
    """
    wide = table.pivot_table(index=repetition, columns=factor, values=value).dropna()
    rows, columns = wide.shape
    if rows < 2 or columns < 2:
        return math.nan
    values = wide.to_numpy(np.float64)
    rest = values - values.mean(0, keepdims=True) - values.mean(1, keepdims=True) + values.mean()
    return math.sqrt(float((rest**2).sum()) / ((rows - 1) * (columns - 1)))


def paired_interval(
    differences: Sequence[float], level: float = 0.95, test_to_train: float = 0.0
) -> tuple[float, float, float]:
    """Return mean, lower and upper end of the confidence interval of the mean of paired differences (Student's t).

    Parameters
    ----------
    differences : sequence of float
        One for each repetition. With fewer than two the ends are infinite.
    level : float
        How often the interval holds the truth.
    test_to_train : float
        Examples measured on over examples learned from, where every repetition draws its split from the same data. Training sets
        then overlap, and the spread over the splits understates how far the mean may be off. The variance is increased by this
        share (the corrected resampled t-test: Nadeau and Bengio 2003, Machine Learning 52, p. 239; for folds of a
        cross-validation: Bouckaert and Frank 2004, PAKDD, p. 3).
    """
    values = np.asarray(differences, np.float64)
    if len(values) < 2:
        mean = float(values.mean()) if len(values) else math.nan
        return mean, -math.inf, math.inf
    reach = t_quantile((1 + level) / 2, len(values) - 1) * _error_of_mean(values, test_to_train)
    return float(values.mean()), float(values.mean()) - reach, float(values.mean()) + reach


@cache
def studentized_range(groups: int, freedom: int, level: float = 0.95) -> float:
    """Return the quantile of the studentized range: how far apart the means of equal groups may lie by chance (Tukey 1949).

    In standard errors of a mean. Simulated, to two digits, so that a page need not load a library of distributions.

    Parameters
    ----------
    groups : int
        Number of means, at least two.
    freedom : int
        Degrees of freedom of the standard error.

    Examples
    --------
    >>> 4.7 < studentized_range(5, 8) < 5.1  # 4.89 in published tables
    True
    """
    rng = np.random.default_rng(0)
    draws = 20_000
    ranges = np.ptp(rng.normal(size=(draws, groups)), axis=1)
    spreads = np.sqrt(rng.chisquare(max(1, freedom), draws) / max(1, freedom))
    return float(np.quantile(ranges / spreads, level))


def paired_difference(
    table: pd.DataFrame,
    factor: str,
    repetition: str,
    value: str,
    one: object,
    other: object,
    *,
    level: float = 0.95,
    test_to_train: float = 0.0,
) -> tuple[float, float, float]:
    """Return mean, lower and upper end of the interval of how much greater a value is in one group than in another.

    Parameters
    ----------
    table : DataFrame
        A row for each measurement.
    factor, repetition, value : str
        Columns of the group, of the repetition (the seed) and of the measurement. Only repetitions with both groups count.
    one, other : object
        The groups.
    level, test_to_train : float
        As for `paired_interval`.
    """
    measured = table.dropna(subset=[value]).set_index([repetition, factor])[value].unstack(factor)
    if one not in measured or other not in measured:
        return math.nan, -math.inf, math.inf
    differences = (measured[one] - measured[other]).dropna().to_numpy(np.float64).tolist()
    return paired_interval(differences, level, test_to_train)


def difference_text(difference: float, lower: float, upper: float) -> str:
    """Return a difference with its interval for a sentence: "+0.0100, 95% interval -0.0050 to +0.0250"."""
    if not math.isfinite(lower) or not math.isfinite(upper):
        return f"{difference:+.4f}, in one seed"
    return f"{difference:+.4f}, 95% interval {lower:+.4f} to {upper:+.4f}"


def paired_p_value(differences: Sequence[float], test_to_train: float = 0.0) -> float:
    """Return the two-sided p value of the test that belongs to `paired_interval`; NaN with fewer than two differences."""
    values = np.asarray(differences, np.float64)
    if len(values) < 2:
        return math.nan
    error = _error_of_mean(values, test_to_train)
    if not error:
        return 0.0 if values.mean() else 1.0
    return 2 * (1 - t_cdf(abs(float(values.mean())) / error, len(values) - 1))


def _error_of_mean(values: np.ndarray, test_to_train: float) -> float:
    return float(values.std(ddof=1)) * math.sqrt(1 / len(values) + test_to_train)
