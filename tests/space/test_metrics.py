import numpy as np
import pytest

from embedviz.space.metrics import closeness, norms, pair_closeness

A = np.array([[3, 4], [0, 0]], np.float32)
B = np.array([[-3, -4], [6, 8], [4, -3]], np.float32)


def test_norms_are_the_same_in_blocks():
    assert norms(B, block=2).tolist() == [5, 10, 5]


def test_opposite_vectors_are_minus_one_equal_directions_one_right_angles_zero():
    np.testing.assert_allclose(closeness(A, B, norms(B), "cosine"), [[-1, 1, 0], [0, 0, 0]], atol=1e-6)


def test_dot_and_distance_of_known_pairs():
    assert closeness(A, B, norms(B), "dot")[0].tolist() == [-25, 50, 0]
    np.testing.assert_allclose(closeness(A, B, norms(B), "euclidean")[0], [-10, -5, -np.sqrt(50)], rtol=1e-6)


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
def test_pairs_are_the_entries_of_the_matrix(metric):
    matrix = closeness(A[:1], B, norms(B), metric)[0]
    np.testing.assert_allclose(pair_closeness(A[:1], B, metric), matrix, rtol=1e-6, atol=1e-6)


def test_cosines_never_pass_one():
    vectors = np.random.default_rng(0).standard_normal((500, 7), dtype=np.float32)
    assert np.abs(closeness(vectors, vectors, norms(vectors), "cosine")).max() <= 1
