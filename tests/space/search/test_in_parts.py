"""Against the search of all vectors at once, which test_numpy_exact.py holds against brute force."""

import numpy as np
import pytest

from embedviz.core.generators import result_of
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import METRICS, norms, pair_closeness
from embedviz.space.search import cosine_bounds, in_parts, quantized_bounds
from embedviz.space.search.cosine_bounds import CosineBounds
from embedviz.space.search.in_parts import PartsIndex, exact_index
from embedviz.space.search.numpy_exact import NumpyExactIndex
from embedviz.space.search.quantized_bounds import QuantizedBounds
from embedviz.space.storage import read_space, write_space

N, D, K = 3_001, 40, 10


@pytest.fixture(params=["distinct", "each many times"])
def vectors(request, monkeypatch):
    monkeypatch.setattr(in_parts, "PART", 704)  # whole blocks of rounded rows; the last part has 185 rows
    monkeypatch.setattr(cosine_bounds, "MIN_VECTORS", 0)
    monkeypatch.setattr(quantized_bounds, "MIN_VECTORS", 0)
    rng = np.random.default_rng(0)
    found = rng.normal(size=(N, 12)) @ rng.normal(size=(12, D)) + 0.2 * rng.normal(size=(N, D))
    if request.param == "each many times":
        found = found[rng.integers(0, 300, N)]
    return found.astype(np.float32)


def brute_force(vectors, query, k, metric, without=()):
    closeness = pair_closeness(query[None], vectors, metric)
    order = np.argsort(-closeness, kind="stable")
    order = order[~np.isin(order, without)][:k]
    return order.tolist(), closeness[order].tolist()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", [None, CosineBounds, QuantizedBounds])
def test_the_nearest_are_those_of_brute_force_ties_in_order(vectors, metric, kind):
    bounds = None if kind is None else kind.build(vectors)
    assert (bounds is None) == (kind is None)
    index = exact_index(vectors, metric, norms(vectors), bounds)
    assert isinstance(index, PartsIndex)
    for query in vectors[:8]:
        for k in (1, K, 900):  # 900: more than a part has
            found = index.nearest(query, k)
            assert (found.indices.tolist(), found.closeness.tolist()) == brute_force(vectors, query, k, metric)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", [None, QuantizedBounds])
def test_many_queries_at_once_find_the_same(vectors, metric, kind):
    queries = vectors[np.arange(0, N, 150)]
    bounds = None if kind is None else kind.build(vectors)
    found = PartsIndex(vectors, metric, bounds=bounds).query(queries, K)
    whole = NumpyExactIndex(vectors, metric).query(queries, K)
    assert found.indices.tolist() == whole.indices.tolist()
    assert found.distances.tolist() == whole.distances.tolist()


def test_rows_left_out_as_indices_or_by_a_mask_are_never_found(vectors):
    index, query = PartsIndex(vectors), vectors[705]
    nearest = index.nearest(query, 40).indices
    mask = np.zeros(N, bool)
    mask[nearest[20:]] = True
    found = index.nearest(query, K, [nearest[:20], mask])
    assert found.indices.tolist() == brute_force(vectors, query, K, "cosine", nearest)[0]


def test_the_neighbours_of_every_vector_leave_out_the_vector_itself(vectors):
    found, whole = (result_of(index(vectors).build(5)) for index in (PartsIndex, NumpyExactIndex))
    assert found.indices.tolist() == whole.indices.tolist()


def test_a_mapped_space_is_searched_in_parts(vectors, tmp_path):
    write_space(EmbeddingSpace([str(row) for row in range(N)], vectors), tmp_path)
    space = read_space(tmp_path, "word")
    assert isinstance(space._index("cosine"), PartsIndex)
    found = space.neighbors("705", K)
    indices, closeness = brute_force(vectors, vectors[705], K, "cosine", [705])
    assert found["label"].tolist() == [str(row) for row in indices]
    assert found["similarity"].tolist() == closeness
