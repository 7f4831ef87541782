"""Against pair_closeness of every row and a full sort: the same rows in the same order, to the last bit."""

import numpy as np
import pytest

from embedviz.space import exact_search, search_index
from embedviz.space.exact_search import ExactSearch, top
from embedviz.space.metrics import METRICS, norms, pair_closeness
from embedviz.space.search_index import SearchIndex

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


@pytest.fixture(params=["no index", "an index", "an index that is always believed", "an index of few columns"])
def search(request, vectors, monkeypatch):
    if request.param == "no index":
        return ExactSearch(vectors, norms(vectors))
    monkeypatch.setattr(search_index, "FEWEST", 0)
    monkeypatch.setattr(search_index, "WIDEST", 1)
    if "few" in request.param:
        monkeypatch.setattr(search_index, "KEPT", 0.1)
    if request.param != "an index":
        monkeypatch.setattr(exact_search, "TOO_MANY", 1)
    return ExactSearch(vectors, norms(vectors), SearchIndex.build(vectors))


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
def test_the_nearest_are_those_of_a_full_search_ties_in_order(search, metric):
    for query in queries_for(search.vectors):
        for k in (1, 10, 150):
            found = search.nearest(query, k, metric)
            assert (found.indices.tolist(), found.closeness.tolist()) == slow(search.vectors, query, k, metric)


@pytest.mark.parametrize("metric", METRICS)
def test_many_queries_at_once_find_what_each_finds_alone(search, metric, monkeypatch):
    monkeypatch.setattr(exact_search, "BATCH", 7)
    queries = queries_for(search.vectors)
    found = search.nearest_of_many(queries, 10, metric)
    assert found.tolist() == [slow(search.vectors, query, 10, metric)[0] for query in queries]


def test_rows_left_out_are_never_found(search):
    query = search.vectors[5]
    nearest = search.nearest(query, 20, "cosine").indices
    mask = np.zeros(N, bool)
    mask[nearest[10:]] = True
    found = search.nearest(query, 10, "cosine", [nearest[:10], mask])
    assert found.indices.tolist() == slow(search.vectors, query, 10, "cosine", nearest.tolist())[0]
    mask[3:] = True
    assert sorted(search.nearest(query, 10, "cosine", [mask]).indices.tolist()) == np.flatnonzero(~mask).tolist()


@pytest.mark.parametrize("n", [0, 1, 3])
def test_fewer_rows_than_asked_for_all_answer(n):
    vectors = np.eye(n, 3, dtype=np.float32)
    search, query = ExactSearch(vectors, norms(vectors)), np.array([3, 2, 1], np.float32)
    assert search.nearest(query, 5, "cosine").indices.tolist() == list(range(n))
    assert search.nearest_of_many(np.repeat(query[None], 20, axis=0), 5, "cosine").tolist() == [list(range(n))] * 20


@pytest.mark.parametrize("dim", [1, 2, 7, 100, 333])
def test_closeness_is_the_same_whatever_else_is_measured(dim):
    rng = np.random.default_rng(dim)
    vectors, query = rng.normal(size=(200, dim)).astype(np.float32), rng.normal(size=(1, dim)).astype(np.float32)
    for metric in METRICS:
        together = pair_closeness(query, vectors, metric)
        for rows in ([3], [150, 7], list(range(1, 200, 3))):
            assert pair_closeness(query, vectors[rows], metric).tolist() == together[rows].tolist()


def test_most_rows_are_never_measured(monkeypatch):
    vectors = alike_in_few_dimensions(np.random.default_rng(0)).astype(np.float32)
    monkeypatch.setattr(search_index, "FEWEST", 0)
    monkeypatch.setattr(exact_search, "SEEDS", 20)
    search = ExactSearch(vectors, norms(vectors), SearchIndex.build(vectors))
    assert search.index is not None
    measured = []
    as_before = ExactSearch._measured
    monkeypatch.setattr(
        ExactSearch, "_measured", lambda self, query, rows, *more: measured.append(len(rows)) or as_before(self, query, rows, *more)
    )  # fmt: skip
    search.vectors.flags.writeable = False
    for query in vectors[:20]:
        search.nearest(query, 10, "cosine")
    assert np.median(measured) < N / 50


@pytest.mark.parametrize("k", [1, 10, 100])
def test_the_greatest_of_many_are_those_of_a_full_sort_ties_in_order(k):
    rng = np.random.default_rng(k)
    n = 30_011
    for scores in (rng.normal(size=n), rng.integers(0, 50, n), np.zeros(n), np.arange(n), -np.arange(n)):
        scores = scores.astype(np.float32)
        assert top(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()
