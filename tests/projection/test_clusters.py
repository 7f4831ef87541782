import numpy as np
import pytest
from sklearn.cluster import KMeans

from embedviz.errors import DataError, SettingsError
from embedviz.projection import clusters as module
from embedviz.projection.clusters import clusters


def directions(n: int) -> np.ndarray:
    """Three bundles of directions, of which the first holds half of the points."""
    rng = np.random.default_rng(0)
    of = np.array([0, 0, 1, 2] * (n // 4))
    return (np.eye(3, 6)[of] + rng.normal(0, 0.05, (n, 6))).astype(np.float32)


def test_bundles_are_the_groups_the_largest_first():
    vectors = directions(80)
    found = clusters(vectors, [str(i) for i in range(80)], n=3)
    assert found.of.dtype == np.uint8
    assert [set(found.of[part::4]) for part in (0, 1)] == [{0}, {0}]
    assert {frozenset(found.of[2::4].tolist()), frozenset(found.of[3::4].tolist())} == {frozenset({1}), frozenset({2})}


def test_a_group_is_named_by_the_three_at_its_centre():
    vectors = np.array([[1, 0], [1, 0.02], [1, -0.02], [1, 0.4], [0, 1], [0.01, 1]], np.float32)
    found = clusters(vectors, ["a", "b", "c", "far", "y", "z"], n=2)
    assert set(found.names[0].split(", ")) < {"a", "b", "c", "far"}
    assert set(found.names[1].split(", ")) == {"y", "z"}


def test_groups_are_as_tight_as_scikit_learns():
    x = np.random.default_rng(1).normal(size=(500, 5)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    of = clusters(x, ["w"] * 500, n=8).of
    ours = sum(((x[of == c] - x[of == c].mean(axis=0)) ** 2).sum() for c in range(8))
    assert ours <= KMeans(8, n_init=1, random_state=0).fit(x).inertia_ * 1.05


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_few_points_twins_and_zeros_make_no_empty_group(n):
    vectors = np.zeros((n, 3), np.float32)
    vectors[: n // 2] = 1
    found = clusters(vectors, [f"w{i}" for i in range(n)])
    assert set(found.of) == set(range(len(found.names)))
    assert len(found.names) == min(n, 2)
    assert all(found.names)


def test_a_centre_that_stays_without_points_is_no_group(monkeypatch):
    monkeypatch.setattr(module, "_start", lambda x, n, rng: np.array([[1, 0], [0, 1], [-1, 0]], np.float32))
    found = clusters(np.array([[0, 2], [1, 0], [0, 1]], np.float32), ["a", "b", "c"], n=3)
    assert found.of.tolist() == [0, 1, 0]
    assert found.names == ["a, c", "b"]


def test_length_does_not_matter_and_the_seed_repeats():
    vectors = directions(80)
    labels = [str(i) for i in range(80)]
    stretched = vectors * np.linspace(1, 50, 80, dtype=np.float32)[:, None]
    assert np.array_equal(clusters(vectors, labels, 3).of, clusters(stretched, labels, 3).of)
    assert clusters(vectors, labels, 3, seed=4).names == clusters(vectors, labels, 3, seed=4).names


def test_what_cannot_be_grouped_is_refused():
    with pytest.raises(DataError, match="0 vectors"):
        clusters(np.zeros((0, 3), np.float32), [])
    with pytest.raises(SettingsError, match="1 to 255 groups, got 300"):
        clusters(directions(80), ["w"] * 80, n=300)
