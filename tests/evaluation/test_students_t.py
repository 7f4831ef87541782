"""Student's t without scipy, beside scipy's."""

import math

import pytest
from scipy import stats

from embedviz.evaluation.students_t import t_cdf, t_quantile
from embedviz.experiments.statistics import paired_interval, paired_p_value


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 10, 49])
def test_probabilities_and_quantiles_are_scipys(degrees):
    for t in (-3.0, -0.2, 0.0, 0.7, 5.0):
        assert t_cdf(t, degrees) == pytest.approx(stats.t.cdf(t, degrees), abs=1e-12)
    for p in (0.6, 0.975, 0.9995):
        assert t_quantile(p, degrees) == pytest.approx(stats.t.ppf(p, degrees), rel=1e-9)


def test_the_paired_test_is_scipys():
    differences = [0.3, 0.1, 0.4, -0.1, 0.2]
    expected = stats.ttest_1samp(differences, 0)
    assert paired_p_value(differences) == pytest.approx(expected.pvalue)
    assert paired_interval(differences)[1:] == pytest.approx(tuple(expected.confidence_interval()))


def test_overlapping_training_sets_widen_the_interval_by_the_square_root_of_one_plus_n_times_their_share():
    differences = [0.3, 0.1, 0.4, -0.1, 0.2]
    plain, corrected = paired_interval(differences), paired_interval(differences, test_to_train=0.25)
    assert corrected[0] == plain[0]
    assert corrected[2] - corrected[0] == pytest.approx(math.sqrt(1 + 5 * 0.25) * (plain[2] - plain[0]))


def test_one_difference_tells_nothing():
    assert paired_interval([0.2]) == (0.2, -math.inf, math.inf)
    assert math.isnan(paired_p_value([0.2]))
