import numpy as np
import pandas as pd
import pytest

from embedviz.space import EmbeddingSpace, search_index
from embedviz.space.metrics import closeness, norms
from embedviz.space.search_index import SearchIndex
from embedviz.space.storage import read_space, write_space

N, D = 3_000, 60


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, 10)) @ rng.normal(size=(10, D)) + 0.3 * rng.normal(size=(N, D))
    vectors *= 10.0 ** rng.integers(-3, 4, (N, 1))
    vectors[::100] = 0
    return vectors.astype(np.float32)


@pytest.fixture(autouse=True)
def _small_spaces_have_one_too(monkeypatch):
    monkeypatch.setattr(search_index, "FEWEST", 0)


def test_no_cosine_passes_its_ceiling(vectors):
    index = SearchIndex.build(vectors)
    exact = closeness(vectors[:50], vectors, norms(vectors), "cosine")
    for query, cosines in zip(vectors[1:50], exact[1:], strict=True):
        assert (index.ceilings(query) - cosines).min() > -1e-6


def test_ceilings_are_the_cosines_where_the_axes_hold_everything():
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(N, 8)) @ rng.normal(size=(8, D))).astype(np.float32)
    index = SearchIndex.build(vectors)
    exact = closeness(vectors[:1], vectors, norms(vectors), "cosine")[0]
    np.testing.assert_allclose(index.ceilings(vectors[0]), exact, atol=1e-6)


def test_a_row_has_length_one_and_a_zero_vector_none(vectors):
    index = SearchIndex.build(vectors)
    np.testing.assert_allclose(norms(index.rows), norms(vectors) > 0, atol=1e-6)


def test_no_index_where_axes_are_alike_or_vectors_few_or_zero(monkeypatch):
    rng = np.random.default_rng(0)
    assert SearchIndex.build(rng.normal(size=(N, D))) is None
    assert SearchIndex.build(np.zeros((N, D), np.float32)) is None
    monkeypatch.setattr(search_index, "FEWEST", N + 1)
    assert SearchIndex.build(rng.normal(size=(N, 4)) @ rng.normal(size=(4, D))) is None


def space_of(vectors):
    counts = np.arange(len(vectors), 0, -1)
    return EmbeddingSpace([f"w{i}" for i in range(len(vectors))], vectors, pd.DataFrame({"count": counts}))


def test_an_index_is_written_and_mapped_with_its_space(vectors, tmp_path, monkeypatch):
    write_space(space_of(vectors), tmp_path)
    found = read_space(tmp_path, "word")
    assert isinstance(found.search_index.rows, np.memmap)
    assert found.search_index.rows.tolist() == SearchIndex.build(vectors).rows.tolist()
    monkeypatch.setattr(search_index, "FEWEST", N + 1)
    write_space(space_of(vectors), tmp_path)
    assert read_space(tmp_path, "word").search_index is None


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
def test_a_space_answers_alike_with_and_without_an_index(vectors, metric):
    plain, indexed = space_of(vectors), space_of(vectors)
    indexed.search_index = SearchIndex.build(vectors)
    for label in ("w0", "w1", "w2500"):
        for more in ({}, {"min_count": 2_000, "exclude": ["w5", "w6"]}):
            pd.testing.assert_frame_equal(
                plain.neighbors(label, 10, metric, **more), indexed.neighbors(label, 10, metric, **more)
            )
    near = [space.neighbor_indices(vectors[:20], 5, metric).tolist() for space in (plain, indexed)]
    assert near[0] == near[1]
