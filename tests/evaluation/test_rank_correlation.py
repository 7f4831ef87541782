import numpy as np
import pytest

from embedviz.evaluation.rank_correlation import (
    average_ranks,
    percentile_interval,
    resampled_mean,
    resampled_spearman,
    spearman,
)


def test_equal_values_share_the_mean_of_their_ranks():
    values = np.array([[3.0, 1.0, 3.0, 2.0], [5.0, 5.0, 5.0, 5.0]])
    assert average_ranks(values).tolist() == [[3.5, 1, 3.5, 2], [2.5, 2.5, 2.5, 2.5]]


def test_ranks_and_correlation_are_those_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, (20, 30)), rng.normal(size=(20, 30)).round(1)
    assert average_ranks(b).tolist() == stats.rankdata(b, axis=1).tolist()
    expected = [stats.spearmanr(x, y).statistic for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(spearman(a, b), expected, atol=1e-12)


def test_the_same_order_is_one_the_reverse_minus_one_and_a_constant_nothing():
    a = np.array([[1.0, 2.0, 3.0]])
    assert spearman(a, np.array([[2.0, 30.0, 31.0], [3.0, 2.0, 1.0]])).tolist() == pytest.approx([1, -1])
    assert np.isnan(spearman(a, np.ones((1, 3))))


def test_resamples_lie_around_the_correlation_and_repeat_with_the_seed():
    rng = np.random.default_rng(1)
    a = rng.normal(size=300)
    b = a + rng.normal(size=300)
    drawn = resampled_spearman(a, b, 500, np.random.default_rng(0))
    low, high = percentile_interval(drawn)
    assert low < spearman(a[None], b[None])[0] < high
    assert 0.05 < high - low < 0.25  # about 4 standard errors of 0.04
    assert drawn.tolist() == resampled_spearman(a, b, 500, np.random.default_rng(0)).tolist()


def test_questions_of_one_cluster_are_drawn_together():
    values, clusters = np.array([1.0, 1, 1, 1, 0, 0, 0, 0]), np.array([7, 7, 7, 7, 9, 9, 9, 9])
    drawn = resampled_mean(values, clusters, 400, np.random.default_rng(0))
    assert set(drawn) == {0.0, 0.5, 1.0}
    assert percentile_interval(drawn) == (0.0, 1.0)


def test_an_interval_of_nothing_is_none():
    assert percentile_interval(np.array([np.nan, np.nan])) is None
