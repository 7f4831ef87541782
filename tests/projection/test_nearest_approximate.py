import numpy as np
import pytest
import torch

from embedviz.projection import inverted_file
from embedviz.projection import nearest_approximate as module
from embedviz.projection.nearest import Nearest, nearest, prepared
from embedviz.projection.nearest_approximate import nearest_approximate

K = 10


def groups(n: int = 3_000, of: int = 60, dim: int = 12, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(0, 1, (of, dim))[np.arange(n) % of] + rng.normal(0, 0.4, (n, dim))).astype(np.float32)


def both(vectors: np.ndarray, metric: str, k: int = K) -> tuple[Nearest, Nearest]:
    x = prepared(torch.from_numpy(vectors), metric)
    return list(nearest_approximate(x, k, metric, seed=0))[-1], list(nearest(x, k, metric))[-1]


def recall(found: Nearest, true: Nearest) -> float:
    return (found.indices[:, :, None] == true.indices[:, None, :]).any(2).float().mean().item()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("visits", [1 << 22, 2_000])
def test_as_many_are_found_as_it_says_and_as_is_wanted(monkeypatch, metric, visits):
    monkeypatch.setattr(module, "MOST", 0.9)
    monkeypatch.setattr(inverted_file, "VISITS", visits)
    found, true = both(groups(), metric)
    assert module.WANTED <= found.recall < 1
    assert recall(found, true) == pytest.approx(found.recall, abs=0.01)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_distances_are_the_true_ones_ascending_and_nobody_is_found_twice(monkeypatch, metric):
    monkeypatch.setattr(module, "MOST", 0.9)
    found, true = both(groups(), metric)
    same = (found.indices == true.indices).all(1)
    assert same.float().mean() > 0.8
    torch.testing.assert_close(found.distances[same], true.distances[same], atol=1e-3, rtol=0)
    assert (found.distances.diff(dim=1) >= 0).all()
    assert all(len(set(row) - {i}) == K for i, row in enumerate(found.indices.tolist()))


def test_the_same_seed_finds_the_same(monkeypatch):
    monkeypatch.setattr(module, "MOST", 0.9)
    x = prepared(torch.from_numpy(groups()), "cosine")
    first, again, other = (list(nearest_approximate(x, K, "cosine", seed))[-1].indices for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_where_nothing_is_near_anything_all_are_compared_with_all():
    noise = np.random.default_rng(0).normal(size=(2_000, 50)).astype(np.float32)
    found, true = both(noise, "cosine")
    assert found.recall == 1
    assert torch.equal(found.indices, true.indices)


def test_who_meets_too_few_is_compared_with_all(monkeypatch):
    monkeypatch.setattr(module, "WANTED", 0.0)  # one list each, some of them shorter than k
    found, true = both(groups(of=300), "cosine")
    assert 0.2 < recall(found, true) < 0.98
    assert torch.isfinite(found.distances).all()
    assert all(len(set(row) - {i}) == K for i, row in enumerate(found.indices.tolist()))


@pytest.mark.parametrize("n", [2, 5, 40])
def test_few_points_and_twins_have_neighbours(n):
    found, _ = both(np.ones((n, 3), np.float32), "euclidean", k=1)
    assert (found.indices[:, 0] != torch.arange(n)).all()
    assert found.distances.tolist() == [[0]] * n
