import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embedviz.data.quantile_edges import quantile_edges, reach


def test_edges_are_the_quartiles():
    np.testing.assert_allclose(quantile_edges(np.arange(101.0), 4), [0, 25, 50, 75, 100])


def test_one_value_that_fills_most_leaves_the_edges_to_the_others():
    edges = quantile_edges(np.array([0.0] * 900 + list(range(1, 101))), 10)
    assert len(edges) > 8
    assert edges[0] == 0
    assert edges[-1] == 100


def test_one_value_and_none_have_no_edges():
    assert not len(quantile_edges(np.array([3.0, 3.0, np.nan]), 8))
    assert not len(quantile_edges(np.array([np.nan]), 8))


@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), max_size=60), st.integers(1, 12))
def test_edges_rise_from_the_least_to_the_greatest(values, bins):
    values = np.array(values, np.float64)
    edges = quantile_edges(values, bins)
    assert len(edges) <= bins + 1
    assert (np.diff(edges) > 0).all()
    if len(edges):
        assert edges[0] == np.nanmin(values)
        assert edges[-1] == np.nanmax(values)


def test_the_reach_ends_before_what_lies_far_outside():
    values = np.append(np.linspace(0, 1, 200), [1e12, -1e29, np.nan])
    assert reach(values) == (0, 1)
    assert reach(values[:200]) == (0, 1)


def test_the_reach_of_few_different_values_and_of_long_tails_is_all_of_them():
    assert reach(np.array([0.0, 1.0] * 50 + [1e9])) == (0, 1e9)
    assert reach(np.array([2.0])) == (2, 2)
    costs = np.array([0.0] * 900 + [10.0**i for i in np.linspace(1, 6, 100)])
    assert reach(costs) == (0, 1e6)
