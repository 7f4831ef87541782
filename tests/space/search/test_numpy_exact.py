"""Against pair_closeness of every row and a full sort: the same rows in the same order, to the last bit."""

import numpy as np
import pytest

from embedviz.space.metrics import METRICS, norms, pair_closeness
from embedviz.space.search import cosine_bounds, numpy_exact, quantized_bounds
from embedviz.space.search.cosine_bounds import CosineBounds
from embedviz.space.search.numpy_exact import NumpyExactIndex
from embedviz.space.search.quantized_bounds import QuantizedBounds

pytestmark = pytest.mark.slow

N, D = 3_001, 40


def alike_in_few_dimensions(rng):
    return rng.normal(size=(N, 12)) @ rng.normal(size=(12, D)) + 0.2 * rng.normal(size=(N, D))


def in_clusters(rng):
    return rng.normal(size=(20, D))[rng.integers(0, 20, N)] + 1e-3 * rng.normal(size=(N, D))


def scaled(vectors, rng, powers):
    return vectors * 10.0 ** rng.choice(powers, (N, 1))


VECTORS = {
    "without structure": lambda rng: rng.normal(size=(N, D)),
    "alike in few dimensions": alike_in_few_dimensions,
    "in clusters": in_clusters,
    "each many times": lambda rng: alike_in_few_dimensions(rng)[rng.integers(0, 50, N)],
    "whole numbers": lambda rng: rng.integers(-1, 2, (N, D)),
    "half of them zero": lambda rng: alike_in_few_dimensions(rng) * rng.integers(0, 2, (N, 1)),
    "all zero": lambda rng: np.zeros((N, D)),
    "all the same": lambda rng: np.ones((N, D)),
    "lengths from small to large": lambda rng: scaled(alike_in_few_dimensions(rng), rng, np.arange(-4, 5)),
    "some too short to square": lambda rng: scaled(alike_in_few_dimensions(rng), rng, [0, 0, -16, -20, -30, -42]),
    "some as long as allowed": lambda rng: scaled(in_clusters(rng), rng, [0, 7, 14]),
}


@pytest.fixture(params=VECTORS)
def vectors(request):
    return VECTORS[request.param](np.random.default_rng(0)).astype(np.float32)


@pytest.fixture(params=["no bounds", "bounds", "bounds that are always used", "bounds of few columns", "rounded"])
def index_by(request, vectors, monkeypatch):
    """The index of the vectors by a metric."""
    if request.param == "no bounds":
        return lambda metric: NumpyExactIndex(vectors, metric)
    monkeypatch.setattr(cosine_bounds, "MIN_VECTORS", 0)
    monkeypatch.setattr(cosine_bounds, "MAX_COLUMN_SHARE", 1)
    monkeypatch.setattr(quantized_bounds, "MIN_VECTORS", 0)
    if "few" in request.param:
        monkeypatch.setattr(cosine_bounds, "MIN_ENERGY", 0.1)
    if request.param != "bounds":
        monkeypatch.setattr(numpy_exact, "MAX_CANDIDATE_SHARE", 1)
    bounds = QuantizedBounds.build(vectors) if request.param == "rounded" else CosineBounds.build(vectors)
    return lambda metric: NumpyExactIndex(vectors, metric, norms(vectors), bounds)


def queries_for(vectors):
    rng = np.random.default_rng(1)
    own, foreign = vectors[rng.integers(0, len(vectors), 9)], rng.normal(size=(3, D))
    between = vectors[:2].astype(np.float64).mean(axis=0, keepdims=True)
    extreme = foreign[:1] * 10.0 ** np.array([[-30], [-20], [-14], [14]])
    return np.concatenate([own, foreign, between, extreme, np.zeros((1, D))]).astype(np.float32)


def slow(vectors, query, k, metric, without=()):
    closeness = pair_closeness(query[None], vectors, metric)
    order = np.argsort(-closeness, kind="stable")
    order = order[~np.isin(order, without)][:k]
    return order.tolist(), closeness[order].tolist()


@pytest.mark.parametrize("metric", METRICS)
def test_the_nearest_are_those_of_a_full_search_ties_in_order(index_by, vectors, metric):
    index = index_by(metric)
    for query in queries_for(vectors):
        for k in (1, 10, 150):
            found = index.nearest(query, k)
            assert (found.indices.tolist(), found.closeness.tolist()) == slow(vectors, query, k, metric)


@pytest.mark.parametrize("metric", METRICS)
def test_many_queries_at_once_find_what_each_finds_alone(index_by, vectors, metric, monkeypatch):
    monkeypatch.setattr(numpy_exact, "BATCH", 7)
    queries = queries_for(vectors)
    found = index_by(metric).query(queries, 10)
    slowly = [slow(vectors, query, 10, metric) for query in queries]
    assert found.indices.tolist() == [indices for indices, _ in slowly]
    expected = -np.array([closeness for _, closeness in slowly], np.float32)
    assert found.distances.tolist() == (1 + expected if metric == "cosine" else expected).tolist()


def test_rows_left_out_are_never_found(index_by, vectors):
    index, query = index_by("cosine"), vectors[5]
    nearest = index.nearest(query, 20).indices
    mask = np.zeros(N, bool)
    mask[nearest[10:]] = True
    found = index.nearest(query, 10, [nearest[:10], mask])
    assert found.indices.tolist() == slow(vectors, query, 10, "cosine", nearest.tolist())[0]
    mask[3:] = True
    assert sorted(index.nearest(query, 10, [mask]).indices.tolist()) == np.flatnonzero(~mask).tolist()


@pytest.mark.parametrize("n", [0, 1, 3])
def test_fewer_rows_than_asked_for_all_answer(n):
    vectors = np.eye(n, 3, dtype=np.float32)
    index, query = NumpyExactIndex(vectors), np.array([3, 2, 1], np.float32)
    assert index.nearest(query, 5).indices.tolist() == list(range(n))
    assert index.query(np.repeat(query[None], 20, axis=0), 5).indices.tolist() == [list(range(n))] * 20


@pytest.mark.parametrize("dim", [1, 2, 7, 100, 333])
def test_closeness_is_the_same_whatever_else_is_measured(dim):
    rng = np.random.default_rng(dim)
    vectors, query = rng.normal(size=(200, dim)).astype(np.float32), rng.normal(size=(1, dim)).astype(np.float32)
    for metric in METRICS:
        together = pair_closeness(query, vectors, metric)
        for rows in ([3], [150, 7], list(range(1, 200, 3))):
            assert pair_closeness(query, vectors[rows], metric).tolist() == together[rows].tolist()


@pytest.mark.parametrize("bounds", [CosineBounds, QuantizedBounds])
def test_most_rows_are_never_measured(monkeypatch, bounds):
    vectors = alike_in_few_dimensions(np.random.default_rng(0)).astype(np.float32)
    monkeypatch.setattr(cosine_bounds, "MIN_VECTORS", 0)
    monkeypatch.setattr(quantized_bounds, "MIN_VECTORS", 0)
    monkeypatch.setattr(bounds, "seeds", 20)
    index = NumpyExactIndex(vectors, bounds=bounds.build(vectors))
    assert index.bounds is not None
    measured = []
    as_before = NumpyExactIndex._measure
    monkeypatch.setattr(
        NumpyExactIndex, "_measure", lambda self, query, rows, *more: measured.append(len(rows)) or as_before(self, query, rows, *more)
    )  # fmt: skip
    index.vectors.flags.writeable = False
    for query in vectors[:20]:
        index.nearest(query, 10)
    assert np.median(measured) < N / 50
