import numpy as np
import pytest

from embedviz.projection.ranks import nearest_columns, rank_excess


def distances(r: int, n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((r, n)).astype(np.float32)


def excess_by_hand(rows: np.ndarray, own: np.ndarray) -> int:
    k = own.shape[1]
    ranks = [[1 + sum(row < d) for d in shown] for row, shown in zip(rows, own, strict=True)]
    return int(sum(max(rank - k, 0) for line in ranks for rank in line))


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 5), (40, 3), (1000, 1), (1003, 15), (5000, 151)])
def test_the_nearest_are_those_of_a_sort(n, k):
    rows = distances(20, n)
    found = nearest_columns(rows, k)
    assert np.array_equal(found.columns, np.argsort(rows, axis=1)[:, :k])
    assert np.array_equal(found.distances, np.sort(rows, axis=1)[:, :k])


def test_near_points_side_by_side_are_all_found():
    rows = distances(4, 2000)
    rows[:, 500:530] -= 1  # the columns of one row's nearest are often those of one group of labels
    found = nearest_columns(rows, 30)
    assert np.array_equal(np.sort(found.columns, axis=1), np.tile(np.arange(500, 530), (4, 1)))


def test_of_more_ties_than_places_some_are_taken():
    rows = np.ones((3, 900), np.float32)
    rows[1, [7, 800]] = 0
    rows[2] = distances(1, 900)[0]
    found = nearest_columns(rows, 10)
    assert all(len(set(columns)) == 10 for columns in found.columns.tolist())
    assert found.distances.tolist()[:2] == [[1] * 10, [0] * 2 + [1] * 8]
    assert set(found.columns[1, :2]) == {7, 800}
    assert np.array_equal(found.columns[2], np.argsort(rows[2])[:10])


@pytest.mark.parametrize("k", [1, 4, 300])
def test_ranks_past_k_are_summed_up(k):
    rows = distances(6, 700)
    rng = np.random.default_rng(1)
    own = np.take_along_axis(rows, rng.integers(0, 700, (6, k)), axis=1)
    own[0] = np.sort(rows[0])[:k]  # none of them is past k
    assert rank_excess(rows, own, np.sort(rows, axis=1)[:, k - 1]) == excess_by_hand(rows, own) > 0


def test_as_far_as_the_kth_is_not_past_it():
    rows = np.array([[0, 1, 1, 1, 2]], np.float32)
    assert rank_excess(rows, np.array([[1, 1]], np.float32), np.array([1], np.float32)) == 0
    assert rank_excess(rows, np.array([[2, 1]], np.float32), np.array([1], np.float32)) == 3
