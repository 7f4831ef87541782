import numpy as np
import pandas as pd
import pytest

from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import closeness, norms
from embedviz.space.search import cosine_bounds, quantized_bounds
from embedviz.space.search.cosine_bounds import CosineBounds
from embedviz.space.search.quantized_bounds import QuantizedBounds
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
    monkeypatch.setattr(cosine_bounds, "MIN_VECTORS", 0)
    monkeypatch.setattr(quantized_bounds, "MIN_VECTORS", 0)


@pytest.mark.parametrize("kind", [CosineBounds, QuantizedBounds])
def test_no_cosine_passes_its_bound(vectors, kind):
    exact = closeness(vectors[1:50], vectors, norms(vectors), "cosine")
    assert (kind.build(vectors).upper_bounds(vectors[1:50]) - exact).min() > -1e-6


@pytest.mark.parametrize("kind", [CosineBounds, QuantizedBounds])
def test_bounds_of_rows_are_those_that_all_rows_have(vectors, kind):
    bounds = kind.build(vectors)
    part = bounds.of_rows(slice(128, 900)).upper_bounds(vectors[1:4])
    np.testing.assert_allclose(part, bounds.upper_bounds(vectors[1:4])[:, 128:900], atol=1e-6)


def test_a_part_of_rounded_rows_begins_with_a_block(vectors):
    with pytest.raises(ValueError, match="multiple of 64, not at 100"):
        QuantizedBounds.build(vectors).of_rows(slice(100, 900))


def test_rounded_bounds_are_near_the_cosines(vectors):
    bounds = QuantizedBounds.build(vectors)
    exact = closeness(vectors[1:9], vectors, norms(vectors), "cosine")
    assert (bounds.upper_bounds(vectors[1:9]) - exact).max() < 0.03


def test_few_vectors_and_what_takes_too_much_memory_are_not_rounded(vectors, monkeypatch):
    monkeypatch.setattr(quantized_bounds, "MAX_BYTES", N * D - 1)
    assert QuantizedBounds.build(vectors) is None
    monkeypatch.setattr(quantized_bounds, "MIN_VECTORS", N + 1)
    assert QuantizedBounds.build(vectors[:, :8]) is None


def test_bounds_are_the_cosines_where_the_axes_hold_everything():
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(N, 8)) @ rng.normal(size=(8, D))).astype(np.float32)
    bounds = CosineBounds.build(vectors)
    exact = closeness(vectors[:1], vectors, norms(vectors), "cosine")[0]
    np.testing.assert_allclose(bounds.upper_bounds(vectors[:1])[0], exact, atol=1e-6)


def test_a_row_has_length_one_and_a_zero_vector_none(vectors):
    bounds = CosineBounds.build(vectors)
    np.testing.assert_allclose(norms(bounds.rows), norms(vectors) > 0, atol=1e-6)


def test_no_bounds_where_axes_are_alike_or_vectors_few_or_zero(monkeypatch):
    rng = np.random.default_rng(0)
    assert CosineBounds.build(rng.normal(size=(N, D))) is None
    assert CosineBounds.build(np.zeros((N, D), np.float32)) is None
    monkeypatch.setattr(cosine_bounds, "MIN_VECTORS", N + 1)
    assert CosineBounds.build(rng.normal(size=(N, 4)) @ rng.normal(size=(4, D))) is None


def space_of(vectors):
    counts = np.arange(len(vectors), 0, -1)
    return EmbeddingSpace([f"w{i}" for i in range(len(vectors))], vectors, pd.DataFrame({"count": counts}))


def test_bounds_are_written_and_mapped_with_its_space(vectors, tmp_path, monkeypatch):
    write_space(space_of(vectors), tmp_path)
    found = read_space(tmp_path, "word")
    assert isinstance(found.cosine_bounds.rows, np.memmap)
    assert found.cosine_bounds.rows.tolist() == CosineBounds.build(vectors).rows.tolist()
    rounded = space_of(vectors)
    rounded.cosine_bounds = QuantizedBounds.build(vectors)
    write_space(rounded, tmp_path)
    assert isinstance(read_space(tmp_path, "word").cosine_bounds, CosineBounds)
    monkeypatch.setattr(cosine_bounds, "MIN_VECTORS", N + 1)
    write_space(space_of(vectors), tmp_path)
    assert read_space(tmp_path, "word").cosine_bounds is None


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
@pytest.mark.parametrize("kind", [CosineBounds, QuantizedBounds])
def test_a_space_answers_alike_with_and_without_bounds(vectors, metric, kind):
    plain, bounded = space_of(vectors), space_of(vectors)
    bounded.cosine_bounds = kind.build(vectors)
    for label in ("w0", "w1", "w2500"):
        for more in ({}, {"min_count": 2_000, "exclude": ["w5", "w6"]}):
            pd.testing.assert_frame_equal(
                plain.neighbors(label, 10, metric, **more), bounded.neighbors(label, 10, metric, **more)
            )
    near = [space.neighbor_indices(vectors[:20], 5, metric).tolist() for space in (plain, bounded)]
    assert near[0] == near[1]
