import numpy as np
import pytest

from embedviz.core.generators import result_of
from embedviz.space.search import Neighbors, inverted_file
from embedviz.space.search import approximate as module
from embedviz.space.search.approximate import ApproximateIndex
from embedviz.space.search.torch_exact import TorchExactIndex

pytestmark = pytest.mark.slow

K = 10


def groups(n: int = 3_000, of: int = 60, dim: int = 12, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(0, 1, (of, dim))[np.arange(n) % of] + rng.normal(0, 0.4, (n, dim))).astype(np.float32)


def both(vectors: np.ndarray, metric: str, k: int = K) -> tuple[Neighbors, Neighbors]:
    return result_of(ApproximateIndex(vectors, metric).build(k)), result_of(TorchExactIndex(vectors, metric).build(k))


def recall(found: Neighbors, true: Neighbors) -> float:
    return (found.indices[:, :, None] == true.indices[:, None, :]).any(2).mean()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("visits", [1 << 22, 2_000])
def test_as_many_are_found_as_it_says_and_as_is_wanted(monkeypatch, metric, visits):
    monkeypatch.setattr(module, "MAX_COMPARED_SHARE", 0.9)
    monkeypatch.setattr(inverted_file, "MAX_VISITS", visits)
    found, true = both(groups(), metric)
    assert module.TARGET_RECALL <= found.recall < 1
    assert recall(found, true) == pytest.approx(found.recall, abs=0.01)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_distances_are_the_true_ones_ascending_and_nobody_is_found_twice(monkeypatch, metric):
    monkeypatch.setattr(module, "MAX_COMPARED_SHARE", 0.9)
    found, true = both(groups(), metric)
    same = (found.indices == true.indices).all(1)
    assert same.mean() > 0.8
    np.testing.assert_allclose(found.distances[same], true.distances[same], atol=1e-3, rtol=0)
    assert (np.diff(found.distances, axis=1) >= 0).all()
    assert all(len(set(row) - {i}) == K for i, row in enumerate(found.indices.tolist()))


def test_the_same_seed_finds_the_same(monkeypatch):
    monkeypatch.setattr(module, "MAX_COMPARED_SHARE", 0.9)
    vectors = groups()
    first, again, other = (result_of(ApproximateIndex(vectors, seed=seed).build(K)).indices for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_where_nothing_is_near_anything_all_are_compared_with_all():
    noise = np.random.default_rng(0).normal(size=(2_000, 50)).astype(np.float32)
    found, true = both(noise, "cosine")
    assert found.recall == 1
    assert np.array_equal(found.indices, true.indices)


def test_who_meets_too_few_is_compared_with_all(monkeypatch):
    monkeypatch.setattr(module, "TARGET_RECALL", 0.0)  # one list each, some of them shorter than k
    found, true = both(groups(of=300), "cosine")
    assert 0.2 < recall(found, true) < 0.98
    assert np.isfinite(found.distances).all()
    assert all(len(set(row) - {i}) == K for i, row in enumerate(found.indices.tolist()))


@pytest.mark.parametrize("n", [2, 5, 40])
def test_few_points_and_twins_have_neighbours(n):
    found, _ = both(np.ones((n, 3), np.float32), "euclidean", k=1)
    assert (found.indices[:, 0] != np.arange(n)).all()
    assert found.distances.tolist() == [[0]] * n


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_queries_find_as_many_as_the_index_says(monkeypatch, metric):
    monkeypatch.setattr(module, "MAX_COMPARED_SHARE", 0.9)
    vectors, queries = groups(), groups(500, seed=1)
    queries[:, :] = groups()[:500] + 0.1 * queries
    index = ApproximateIndex(vectors, metric)
    built = result_of(index.build(K))
    found, true = index.query(queries, K), TorchExactIndex(vectors, metric).query(queries, K)
    assert found.recall == built.recall < 1
    assert recall(found, true) == pytest.approx(found.recall, abs=0.03)
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_queries_that_meet_too_few_are_compared_with_all(monkeypatch):
    monkeypatch.setattr(module, "TARGET_RECALL", 0.0)
    index = ApproximateIndex(groups(of=300))
    result_of(index.build(K))
    found = index.query(groups(100, seed=2), 200)
    assert np.isfinite(found.distances).all()
    assert all(len(set(row)) == 200 for row in found.indices.tolist())
