import math

import numpy as np
import pytest

from embedviz.evaluation.held_out_pairs import NOISE_POWER, NOISE_WORDS, HeldOutPairs

EVEN = np.full(4, 10)


def drawn_pairs(pairs):
    return sorted(zip(pairs.centre.tolist(), pairs.context.tolist(), strict=True))


def test_pairs_stay_within_the_window_and_within_a_unit():
    tokens = np.array([0, 1, 2, -1, 3, 0, -1], np.int32)
    near = HeldOutPairs.draw(tokens, 1, EVEN, seed=0)
    assert drawn_pairs(near) == [(0, 1), (1, 2), (3, 0)]
    wide = HeldOutPairs.draw(tokens, 5, EVEN, seed=0)
    assert drawn_pairs(wide) == [(0, 1), (0, 2), (1, 2), (3, 0)]
    assert wide.noise.shape == (4, NOISE_WORDS)


def test_a_sample_holds_no_pair_twice():
    tokens = np.append(np.arange(50), -1).astype(np.int32)
    pairs = HeldOutPairs.draw(tokens, 3, np.full(50, 2), seed=0, max_pairs=40)
    assert len(set(drawn_pairs(pairs))) == 40
    assert all(0 < b - a <= 3 for a, b in drawn_pairs(pairs))


def test_windows_hold_all_words_around_one_within_its_unit():
    tokens = np.array([0, 1, 2, 3, -1, 2, -1, 3, 0, -1], np.int32)
    windows = HeldOutPairs.draw_windows(tokens, 2, EVEN, seed=0)
    around = [sorted(w for w in words if w >= 0) for words in windows.centre.tolist()]
    found = sorted(zip(windows.context.tolist(), around, strict=True))
    assert found == [(0, [1, 2]), (0, [3]), (1, [0, 2, 3]), (2, [0, 1, 3]), (3, [0]), (3, [1, 2])]
    assert windows.centre.shape == (6, 4)
    assert len(HeldOutPairs.draw_windows(tokens, 2, EVEN, seed=0, max_windows=4)) == 4


def test_noise_words_come_by_their_count_to_a_power():
    counts = np.array([1000, 100, 10])
    tokens = np.append(np.tile([0, 1, 2], 4000), -1).astype(np.int32)
    pairs = HeldOutPairs.draw(tokens, 1, counts, seed=0)
    expected = counts**NOISE_POWER / (counts**NOISE_POWER).sum()
    shares = np.bincount(pairs.noise.ravel(), minlength=3) / pairs.noise.size
    assert shares == pytest.approx(expected, abs=0.01)
    assert pairs.noise_odds == pytest.approx(np.log(NOISE_WORDS * expected), abs=1e-5)


def test_the_same_seed_draws_the_same_pairs():
    tokens = np.append(np.arange(50), -1).astype(np.int32)
    for draw in (HeldOutPairs.draw, HeldOutPairs.draw_windows):
        one, two, other = (draw(tokens, 3, np.full(50, 2), seed, 20) for seed in (1, 1, 2))
        for name in ("centre", "context", "noise"):
            assert np.array_equal(getattr(one, name), getattr(two, name))
            assert not np.array_equal(getattr(one, name), getattr(other, name))


def test_an_estimate_that_finds_a_word_as_likely_as_noise_loses_log_two_a_comparison_and_wins_half():
    """log P = log k P_noise says that a pair is as likely true as noise."""
    pairs = HeldOutPairs.draw(np.array([0, 1, 2, 3, -1]), 2, np.array([9, 5, 2, 1]), seed=0)
    scores = pairs.measure(lambda words, contexts: pairs.noise_odds[contexts])
    assert scores.loss == pytest.approx((1 + NOISE_WORDS) * math.log(2))
    assert scores.auc == 0.5


def test_loss_and_auc_of_one_pair_by_hand():
    pairs = HeldOutPairs(np.array([0]), np.array([1]), np.array([[2, 1]]), np.array([0.5, 1, -1], np.float32))
    log_p = np.array([0, 3, -2])  # log-odds: 2 for the true word, -1 and 2 for the noise
    scores = pairs.measure(lambda words, contexts: log_p[contexts])
    assert scores.loss == pytest.approx(math.log1p(math.exp(-2)) + math.log1p(math.exp(-1)) + math.log1p(math.exp(2)))
    assert scores.auc == pytest.approx(0.75)  # above the first noise word, level with the second


def test_the_true_probabilities_lose_less_than_any_others():
    """Of the estimates of P(context | word), the true one has the lowest loss: words 0 and 1 follow each other, as do 2 and 3."""
    rng = np.random.default_rng(0)
    units = [(a, b, -1) for a, b in np.array([[0, 1], [2, 3]])[rng.integers(2, size=3000)]]
    pairs = HeldOutPairs.draw(np.array(units).ravel(), 1, EVEN, seed=0)
    true = np.full((4, 4), 1e-3)
    true[[0, 1, 2, 3], [1, 0, 3, 2]] = 0.999

    def loss(p):
        return pairs.measure(lambda words, contexts: np.log(p[words[:, None], contexts])).loss

    assert loss(true) < loss(true * 2)
    assert loss(true) < loss(true / 2)
    assert loss(true) < loss(np.full((4, 4), 0.25))


@pytest.mark.parametrize("draw", [HeldOutPairs.draw, HeldOutPairs.draw_windows])
@pytest.mark.parametrize("tokens", [[], [0, -1, 1, -1]])
def test_a_text_without_pairs_measures_as_not_a_number(draw, tokens):
    pairs = draw(np.array(tokens, np.int32), 5, EVEN, seed=0)
    assert len(pairs) == 0
    scores = pairs.measure(lambda words, contexts: np.zeros(contexts.shape))
    assert math.isnan(scores.loss)
    assert math.isnan(scores.auc)
