import numpy as np
import pandas as pd
import pytest

from components.map.histogram import edges_of, finite_numbers, histogram_html, nearest_edge


def test_edges_span_all_numbers_and_are_evenly_spaced():
    edges = edges_of(np.array([0.0, 1.5, 4.0]))
    assert (len(edges), edges[0], edges[-1]) == (41, 0.0, 4.0)
    assert np.diff(edges) == pytest.approx(0.1)


def test_edges_of_counts_are_whole_and_further_apart_the_larger_they_are():
    edges = edges_of(np.array([3.0, 50.0, 123_457.0]))
    assert (edges[0], edges[-1]) == (3.0, 123_457.0)
    assert all(edge == int(edge) for edge in edges)
    assert np.all(np.diff(np.diff(edges)[20:]) > 0)


def test_equal_numbers_have_one_edge():
    assert edges_of(np.array([7.0, 7.0])) == [7.0]


def test_what_is_no_finite_number_is_left_out():
    assert finite_numbers(pd.Series([1, None, np.inf, 3])).tolist() == [1.0, 3.0]


def test_a_bar_is_as_high_as_the_root_of_its_share_of_the_highest_and_grey_outside_the_range():
    html = histogram_html(np.array([0.5, 1.5, 1.6, 1.7, 1.8]), [0.0, 1.0, 2.0], 0.0, 1.0)
    assert "height: 50%; background: #2779ac" in html
    assert "height: 100%; background: #8c8f98" in html


def test_the_nearest_edge_is_found():
    assert nearest_edge([0.0, 1.0, 5.0], 2.9) == 1.0


def test_a_narrow_range_of_whole_numbers_has_an_edge_for_each():
    assert edges_of(np.array([2.0, 5.0, 3.0])) == [2.0, 3.0, 4.0, 5.0]
