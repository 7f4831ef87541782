"""Intervals of paired differences."""

import math

import pandas as pd
import pytest

from embedviz.experiments.statistics import paired_difference, paired_interval


def test_an_interval_by_hand():
    mean, lower, upper = paired_interval([1.0, 2.0, 3.0])
    assert (mean, lower, upper) == pytest.approx((2, 2 - 4.30265 / math.sqrt(3), 2 + 4.30265 / math.sqrt(3)), abs=1e-4)
    assert paired_interval([1.0]) == (1, -math.inf, math.inf)


def test_differences_are_paired_by_seed():
    table = pd.DataFrame(
        {"kind": ["a", "a", "a", "b", "b"], "seed": [0, 1, 2, 0, 1], "score": [0.5, 0.9, 0.1, 0.4, 0.8]}
    )
    assert paired_difference(table, "kind", "seed", "score", "a", "b") == pytest.approx((0.1, 0.1, 0.1))
    mean, lower, upper = paired_difference(table, "kind", "seed", "score", "a", "c")
    assert math.isnan(mean)
    assert (lower, upper) == (-math.inf, math.inf)
