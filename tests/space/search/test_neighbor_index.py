"""Every back-end against brute force in double precision."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from embedviz.core.generators import result_of
from embedviz.space.search import NumpyExactIndex, approximate
from embedviz.space.search.approximate import ApproximateIndex
from embedviz.space.search.torch_exact import TorchExactIndex

pytestmark = pytest.mark.slow

K = 7
RNG = np.random.default_rng(0)
CENTRES = RNG.normal(size=(50, 12))
VECTORS = (CENTRES[np.arange(2_500) % 50] + 0.4 * RNG.normal(size=(2_500, 12))).astype(np.float32) * 3
QUERIES = (CENTRES[np.arange(40) % 50] + 0.4 * RNG.normal(size=(40, 12))).astype(np.float32) * 3


@pytest.fixture(params=[NumpyExactIndex, TorchExactIndex, ApproximateIndex])
def index_of(request, monkeypatch):
    monkeypatch.setattr(approximate, "MAX_COMPARED_SHARE", 0.9)
    return request.param


def brute_force(queries, metric, exclude_self=False):
    apart = cdist(queries.astype(float), VECTORS.astype(float), metric)
    if exclude_self:
        np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart, axis=1, kind="stable")[:, :K]
    return order, np.take_along_axis(apart, order, axis=1)


def check(found, indices, distances):
    assert found.indices.shape == found.distances.shape == indices.shape
    assert found.indices.dtype == np.int64
    share = (found.indices[:, :, None] == indices[:, None, :]).any(2).mean()
    assert share == pytest.approx(found.recall, abs=0.015 if found.recall < 1 else 1e-4)
    same = (found.indices == indices).all(axis=1)
    assert same.mean() > 0.8
    np.testing.assert_allclose(found.distances[same] * found.scale, distances[same], atol=2e-3)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_build_finds_the_neighbours_of_every_vector_without_itself(index_of, metric):
    shares, index = [], index_of(VECTORS, metric)
    found = result_of(index.build(K), shares.append)
    assert shares == sorted(shares)
    assert 0.97 <= found.recall <= 1
    check(found, *brute_force(VECTORS, metric, exclude_self=True))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_query_finds_the_neighbours_of_other_vectors(index_of, metric):
    index = index_of(VECTORS, metric)
    result_of(index.build(K))
    check(index.query(QUERIES, K), *brute_force(QUERIES, metric))


def test_a_twin_is_a_neighbour_and_the_vector_itself_is_not(index_of):
    vectors = np.repeat(VECTORS[:200], 12, axis=0)
    found = result_of(index_of(vectors).build(K))
    assert all(row not in near for row, near in enumerate(found.indices.tolist()))
    assert (found.indices // 12 == np.arange(2_400)[:, None] // 12).all()
