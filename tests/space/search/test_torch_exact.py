import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from embedviz.core.generators import result_of
from embedviz.space.search import Neighbors
from embedviz.space.search.torch_exact import TorchExactIndex


def random_points(n: int, dim: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)


def found(vectors: np.ndarray, k: int, metric: str) -> Neighbors:
    return result_of(TorchExactIndex(vectors, metric).build(k))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize(("n", "k"), [(4, 3), (50, 1), (700, 14), (700, 500)])
def test_they_are_scikit_learns(metric, n, k):
    vectors = random_points(n)
    near = found(vectors, k, metric)
    apart, expected = NearestNeighbors(n_neighbors=k, metric=metric).fit(vectors).kneighbors()
    assert near.scale == (1 if metric == "cosine" else np.abs(vectors).max())
    assert near.distances * near.scale == pytest.approx(apart, abs=1e-3)
    assert (near.indices == expected).mean() > 0.999  # two may be equally far to six digits
    assert near.recall == 1


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_those_of_some_rows_are_those_rows_of_all(metric):
    vectors = random_points(300)
    rows = torch.tensor([7, 299, 0, 150])
    index = TorchExactIndex(vectors, metric)
    whole, some = result_of(index.neighbors_of(5)), result_of(index.neighbors_of(5, rows))
    assert torch.equal(some.indices, whole.indices[rows])
    torch.testing.assert_close(some.distances, whole.distances[rows])


def test_far_from_the_origin_euclidean_neighbours_are_the_same():
    vectors = random_points(200)
    near, moved = found(vectors, 5, "euclidean"), found(vectors + 1_000, 5, "euclidean")
    assert (near.indices == moved.indices).mean() > 0.99


def test_a_twin_is_a_neighbour_and_the_point_itself_is_not():
    vectors = np.repeat(random_points(20), 2, axis=0)
    near = found(vectors, 3, "cosine")
    assert near.indices[:, 0].tolist() == [i ^ 1 for i in range(40)]
    assert near.distances[:, 0].max() < 1e-6


def test_a_zero_vector_is_as_far_from_all():
    vectors = random_points(30)
    vectors[4] = 0
    near = found(vectors, 6, "cosine")
    assert near.distances[4].tolist() == [1] * 6
    assert np.isfinite(near.distances).all()
