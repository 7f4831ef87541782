import numpy as np
import pytest

from embedviz.project_space import project
from embedviz.projection.oddities import Oddities, oddities
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace


def of(rows) -> Oddities:
    vectors = np.array(rows, np.float32)
    return oddities(vectors, [f"w{i}" for i in range(len(vectors))])


def test_nothing_odd_has_no_sentences():
    found = of([[1, 2], [2, 1], [2, 2]])
    assert found == Oddities(points=3, zero_labels=[], copy_labels=[], unusable_labels=[])
    assert found.sentences(ProjectionSettings()) == []


def test_minus_zero_is_zero():
    found = of([[0, 0], [-0.0, 0], [1, 0], [1, -0.0], [1, 1]])
    assert (found.zero, found.zero_labels) == (2, ["w0", "w1"])
    assert (found.copies, found.copy_labels) == (1, ["w3"])


def test_of_equal_vectors_all_but_the_first_are_copies_and_three_are_named():
    found = of([[1, 2], [3, 4], *[[1, 2]] * 5, [3, 4]])
    assert found.copies == 6
    assert found.copy_labels == ["w2", "w3", "w4"]


def test_twice_as_long_is_no_copy():
    assert of([[1, 2], [2, 4]]).copies == 0


def test_nan_and_infinity_are_unusable_and_nothing_else():
    found = of([[np.nan, 1], [np.inf, 1], [-np.inf, 1], [np.nan, 1], [1, 1], [0, 0]])
    assert (found.unusable, found.unusable_labels) == (4, ["w0", "w1", "w2"])
    assert (found.copies, found.zero) == (0, 1)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (3, 0)])
def test_of_no_numbers_nothing_is_odd_but_zero(shape):
    found = oddities(np.zeros(shape, np.float32), ["w"] * shape[0])
    assert (found.points, found.copies, found.unusable) == (shape[0], 0, 0)


def test_counts_agree_with_comparing_each_with_each():
    rng = np.random.default_rng(0)
    vectors = rng.integers(-1, 2, (300, 4)).astype(np.float32) * np.float32(-1)
    rows = [tuple(row) for row in vectors.tolist()]
    seen = [row in rows[:i] and any(row) for i, row in enumerate(rows)]
    assert of(vectors).copies == sum(seen)


def test_sentences_can_be_read_aloud():
    found = of([[0, 0], [0, 0], [np.nan, 0], [1, 1], [1, 1], [2, 1], [3, 1]])
    assert found.sentences(ProjectionSettings()) == [
        "1 vector holds NaN or infinity (like “w2”) and is left out.",
        "2 vectors are zero (like “w0” and “w1”): cosine has no direction for them and all others are equally far "
        "from them, so where they lie has no meaning.",
        "1 vector is an exact copy of an earlier one (like “w4”): copies lie close together, as each other's nearest.",
    ]
    assert found.sentences(ProjectionSettings(method="pca", metric="euclidean"))[1:] == [
        "2 vectors are zero (like “w0” and “w1”): by Euclidean distance the origin is a place like any other, and they "
        "lie there.",
        "1 vector is an exact copy of an earlier one (like “w4”): copies lie on one spot, so fewer points are visible "
        "than there are.",
    ]


def odd_space() -> EmbeddingSpace:
    """60 points, of which 10 and 50 are zero and 55 is a copy of 5."""
    vectors = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    vectors[[10, 50]] = 0
    vectors[55] = vectors[5]
    return EmbeddingSpace([f"w{i}" for i in range(60)], vectors)


def apart(coords: np.ndarray, a: int, b: int) -> float:
    """Distance of two points by that of two points in the middle of all distances."""
    distances = np.linalg.norm(coords[:, None] - coords[None], axis=2)
    return distances[a, b] / np.median(distances)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_copies_do_lie_close_together(method, metric):
    coords = project(odd_space(), method, metric=metric, epochs=200).coords
    assert apart(coords, 5, 55) < 0.25


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_by_pca_copies_and_zeros_do_lie_on_one_spot(metric):
    coords = project(odd_space(), "pca", metric=metric).coords
    assert apart(coords, 5, 55) == 0
    assert apart(coords, 10, 50) == 0


def test_along_axes_a_zero_vector_does_lie_at_0():
    coords = project(odd_space(), "axes", x_axis="w1 - w2", y_axis="w3 - w4").coords
    assert coords[[10, 50]].tolist() == [[0, 0], [0, 0]]
    assert apart(coords, 5, 55) == 0
    sentence = of([[0, 0], [1, 1]]).sentences(ProjectionSettings(method="axes", x_axis="a", y_axis="b"))
    assert sentence == [
        "1 vector is zero (like “w0”): the cosine with every direction is 0, so it lies at 0 on both axes."
    ]


def test_by_cosine_all_others_are_equally_far_from_a_zero_vector():
    found = odd_space().neighbors("w10", k=5)
    assert found["similarity"].tolist() == [0] * 5
