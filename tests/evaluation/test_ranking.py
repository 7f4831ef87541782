import numpy as np
import pytest

from embedviz.evaluation import ranking
from embedviz.evaluation.ranking import measure_ranking

NOTHING = (np.empty(0, np.int64), np.empty(0, np.int64))


def measured(scores, wanted, seen=NOTHING, **more):
    scores = np.asarray(scores, np.float32)
    pairs = [np.asarray(x, np.int64) for x in wanted]
    return measure_ranking(
        lambda users: scores[users], [np.asarray(x, np.int64) for x in seen], pairs, len(scores), **more
    )


def test_a_ranking_worked_out_by_hand():
    """User 0 wants items 1 and 3, which stand at places 1 and 3."""
    found = measured([[0.5, 0.9, 0.1, 0.4]], ([0, 0], [1, 3]))
    assert found.mrr == 1
    assert found.recall == 1
    assert found.ndcg == pytest.approx((1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3)))


def test_a_perfect_ranking_has_ndcg_of_one_however_many_are_wanted():
    scores = -np.arange(40.0)[None]
    assert measured(scores, ([0] * 15, range(15))).ndcg == pytest.approx(1)
    assert measured(scores, ([0] * 15, range(15))).recall == pytest.approx(10 / 15)


def test_items_seen_in_training_are_left_out_of_the_ranking():
    scores, wanted = [[3.0, 2.0, 1.0, 0.0]], ([0], [2])
    assert measured(scores, wanted).mrr == pytest.approx(1 / 3)
    assert measured(scores, wanted, seen=([0, 0], [0, 1])).mrr == 1


def test_what_training_never_saw_counts_as_missed():
    found = measured([[3.0, 2.0, 1.0]], ([0, 0], [0, -1]))
    assert found.recall == 0.5
    assert found.ndcg == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_a_model_that_tells_nothing_apart_gains_nothing():
    found = measured(np.zeros((1, 1001)), ([0], [0]))
    assert found.mrr == pytest.approx(1 / 501)
    assert found.ndcg == found.recall == 0


def test_users_who_want_nothing_are_not_counted():
    assert measured([[1.0, 2.0]] * 3, ([1], [1])).users == 1
    assert measured([[1.0, 2.0]], ([], [])) is None


def test_few_wanted_items_and_many_are_ranked_alike():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 50, (1, 200)).astype(float)
    many = rng.permutation(200)[:60]
    row = scores[0]
    slow = [1 + (row > row[i]).sum() + ((row == row[i]).sum() - 1) / 2 for i in many]
    assert np.allclose(ranking._ranks(row.astype(np.float32), many), slow)
    assert np.allclose(ranking._ranks(row.astype(np.float32), many[:5]), slow[:5])


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    scores, wanted = rng.random((30, 50)), (np.repeat(np.arange(30), 3), rng.integers(0, 50, 90))
    whole = measured(scores, wanted)
    monkeypatch.setattr(ranking, "MAX_ENTRIES", 120)
    assert measured(scores, wanted) == whole


def test_some_users_are_drawn_by_the_seed():
    rng = np.random.default_rng(0)
    scores, wanted = rng.random((30, 50)), (np.arange(30), rng.integers(0, 50, 30))
    one, again, other = (measured(scores, wanted, max_users=10, seed=seed) for seed in (0, 0, 1))
    assert one.users == 10
    assert one == again != other


def test_who_wants_all_that_is_left_has_nothing_to_rank():
    """User 0 has seen items 0 and 1 and wants the third; user 1 wants one of two that are left."""
    scores, seen = [[1.0, 2.0, 3.0]] * 2, ([0, 0, 1], [0, 1, 0])
    assert measured(scores, ([0], [2]), seen=seen) is None
    found = measured(scores, ([0, 1], [2, 1]), seen=seen)
    assert (found.users, found.mrr) == (1, 0.5)
