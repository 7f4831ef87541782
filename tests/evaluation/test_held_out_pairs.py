import math

import numpy as np
import pytest

from embedviz.evaluation.held_out_pairs import HeldOutPairs

EVEN = np.full(4, 0.25)


def test_pairs_stay_within_the_window_and_within_a_unit():
    tokens = np.array([0, 1, 2, -1, 3, 0, -1], np.int32)
    near = HeldOutPairs.draw(tokens, 1, EVEN, 2, seed=0)
    assert sorted(zip(near.centre, near.context, strict=True)) == [(0, 1), (1, 2), (3, 0)]
    wide = HeldOutPairs.draw(tokens, 5, EVEN, 2, seed=0)
    assert sorted(zip(wide.centre, wide.context, strict=True)) == [(0, 1), (0, 2), (1, 2), (3, 0)]
    assert wide.noise.shape == (4, 2)


def test_a_sample_holds_no_pair_twice():
    tokens = np.append(np.arange(50), -1).astype(np.int32)
    pairs = HeldOutPairs.draw(tokens, 3, np.full(50, 0.02), 1, seed=0, max_pairs=40)
    assert len(set(zip(pairs.centre, pairs.context, strict=True))) == 40
    assert all(0 < b - a <= 3 for a, b in zip(pairs.centre, pairs.context, strict=True))


def test_vectors_that_know_nothing_lose_log_two_a_comparison_and_win_half():
    pairs = HeldOutPairs.draw(np.array([0, 1, 2, 3, -1]), 2, EVEN, 5, seed=0)
    scores = pairs.measure(np.zeros((4, 3), np.float32), np.zeros((4, 3), np.float32))
    assert scores.loss == pytest.approx(6 * math.log(2))
    assert scores.auc == 0.5


def test_loss_and_auc_of_one_pair_by_hand():
    pairs = HeldOutPairs(np.array([0]), np.array([1]), np.array([[2, 1]]))
    W = np.array([[1, 0], [0, 0], [0, 0]], np.float32)
    C = np.array([[0, 0], [2, 0], [-1, 0]], np.float32)
    scores = pairs.measure(W, C)
    assert scores.loss == pytest.approx(math.log1p(math.exp(-2)) + math.log1p(math.exp(-1)) + math.log1p(math.exp(2)))
    assert scores.auc == pytest.approx(0.75)  # above the first noise word, level with the second


def test_a_text_without_pairs_measures_as_not_a_number():
    for tokens in ([], [0, -1, 1, -1]):
        pairs = HeldOutPairs.draw(np.array(tokens, np.int32), 5, EVEN, 5, seed=0)
        assert len(pairs) == 0
        assert math.isnan(pairs.measure(np.ones((4, 2)), np.ones((4, 2))).loss)
