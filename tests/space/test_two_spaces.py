import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.core.generators import result_of
from embedviz.space import EmbeddingSpace
from embedviz.space.two_spaces import TwoSpaces, compare_spaces, rotation, shared_rows


def compared(a, b, k=10) -> TwoSpaces:
    return result_of(compare_spaces(a, b, k))


def random_space(n=300, dim=8, seed=0, labels=None):
    vectors = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return EmbeddingSpace(labels or [f"w{i}" for i in range(n)], vectors)


def rotated(space, seed=1):
    """The same space seen from elsewhere: a random rotation with mirroring, and every vector at another length."""
    rng = np.random.default_rng(seed)
    matrix = np.linalg.qr(rng.normal(size=(space.dim, space.dim)))[0].astype(np.float32)
    lengths = rng.uniform(0.5, 3, (len(space), 1)).astype(np.float32)
    return EmbeddingSpace(space.labels, space.vectors @ matrix * lengths)


def test_a_rotated_space_has_the_same_neighbours_and_nothing_moved():
    space = random_space()
    found = compared(space, rotated(space))
    assert found.overlap > 0.999
    assert found.residual < 1e-5
    assert found.movers["moved"].abs().max() < 1e-5


def test_unrelated_spaces_overlap_as_chance_has_it():
    found = compared(random_space(2000, 20), random_space(2000, 20, seed=1))
    assert found.chance == pytest.approx(10 / 1999)
    assert found.overlap == pytest.approx(found.chance, abs=0.003)
    assert found.residual > 0.5


def test_the_overlap_of_each_label_is_what_neighbors_lists_say():
    a, b = random_space(60, 4), random_space(60, 6, seed=3)  # the dimensions may differ
    found = compared(a, b, k=5)
    assert found.residual is None
    assert "moved" not in found.movers
    for row in found.movers.itertuples():
        near = [set(space.neighbors(row.label, 5)["label"]) for space in (a, b)]
        assert row.overlap == pytest.approx(len(near[0] & near[1]) / 5)
    assert found.overlap == pytest.approx(found.movers["overlap"].mean())


def test_only_shared_labels_count_and_the_rest_is_reported():
    a = random_space(40)
    b = rotated(a).take(np.arange(39, 9, -1))  # 30 of them, in another order
    b = EmbeddingSpace([*b.labels, "new"], np.concatenate([b.vectors, np.ones((1, 8), np.float32)]))
    found = compared(a, b, k=5)
    assert (found.shared, found.only_a, found.only_b) == (30, 10, 1)
    assert found.overlap > 0.999


def test_the_label_that_was_put_elsewhere_comes_first():
    a = random_space(200)
    vectors = a.vectors.copy()
    vectors[17] = -vectors[17]
    found = compared(a, rotated(EmbeddingSpace(a.labels, vectors)))
    assert found.movers["label"][0] == "w17"
    assert found.movers["moved"][0] > 1.5
    assert (found.movers["moved"][1:] < 0.05).all()


def test_shared_labels_come_in_the_order_of_their_frequency():
    a = EmbeddingSpace(["x", "y", "z"], np.eye(3, dtype=np.float32), pd.DataFrame({"count": [1, 9, 5]}))
    b = EmbeddingSpace(["z", "x", "y"], np.eye(3, dtype=np.float32))
    rows = shared_rows(a, b)
    assert [a.labels[row] for row in rows[0]] == [b.labels[row] for row in rows[1]] == ["y", "z", "x"]


def test_too_few_shared_labels_are_reported():
    with pytest.raises(DataError, match=r"have 0 labels in common; to compare 10 neighbours they need 11"):
        compared(random_space(20), random_space(20, labels=[f"v{i}" for i in range(20)]))


def test_a_rotation_that_can_fit_anything_is_not_measured():
    assert compared(random_space(12, 8), random_space(12, 8, seed=1), k=3).residual is None


def test_the_rotation_is_the_nearest_orthogonal_matrix():
    x = np.random.default_rng(0).normal(size=(50, 5)).astype(np.float32)
    matrix = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0].astype(np.float32)
    np.testing.assert_allclose(rotation(x, x @ matrix), matrix, atol=1e-5)
