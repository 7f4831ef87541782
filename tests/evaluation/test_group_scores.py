"""Scores of groups of rows."""

import numpy as np
import pytest

from embedviz.evaluation.group_scores import group_scores


def test_each_group_is_scored_by_its_own_rows():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]])
    groups = {"rare": np.array([True, True, False, False]), "unseen": np.array([False, False, True, True])}
    scores = group_scores(probabilities, np.array([0, 0, 1, 1]), ["no", "yes"], groups)
    assert (scores["rare/accuracy"], scores["unseen/accuracy"]) == (1.0, 0.5)


def test_numbers_have_errors_and_no_groups_have_no_scores():
    rows = np.array([True, False])
    scores = group_scores(np.array([1.0, 5.0]), np.array([3.0, 5.0]), [], {"rare": rows, "common": ~rows})
    assert (scores["rare/rmse"], scores["common/rmse"]) == pytest.approx((2.0, 0.0))
    assert group_scores(np.array([1.0]), np.array([3.0]), [], {}) == {}
