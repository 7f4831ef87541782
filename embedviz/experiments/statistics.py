"""What repetitions tell: how far a mean may be from the truth, and whether a difference is more than chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from embedviz.evaluation.scores import SCORES
from embedviz.experiments.students_t import t_cdf, t_quantile


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
        share (the corrected resampled t-test: Nadeau and Bengio 2003, Machine Learning 52, p. 239).
    """
    values = np.asarray(differences, np.float64)
    if len(values) < 2:
        mean = float(values.mean()) if len(values) else math.nan
        return mean, -math.inf, math.inf
    reach = t_quantile((1 + level) / 2, len(values) - 1) * _error_of_mean(values, test_to_train)
    return float(values.mean()), float(values.mean()) - reach, float(values.mean()) + reach


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
