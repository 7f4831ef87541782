import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from embedviz.errors import DataError, SettingsError
from embedviz.projection import fidelity as module
from embedviz.projection.fidelity import fidelity, fidelity_sentence


def random_points(n: int, dim: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)


def kept_by_hand(vectors: np.ndarray, coords: np.ndarray, k: int) -> float:
    shares = []
    for i in range(len(vectors)):
        near, shown = (
            set([j for j in np.argsort(np.linalg.norm(points - points[i], axis=1)) if j != i][:k])
            for points in (vectors.astype(float), coords.astype(float))
        )
        shares.append(len(near & shown) / k)
    return float(np.mean(shares))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("n", [11, 40, 333])
def test_trustworthiness_is_scikit_learns(metric, n):
    vectors, coords = random_points(n, 8), random_points(n, 2, seed=1)
    expected = trustworthiness(vectors, coords, n_neighbors=5, metric=metric)
    assert fidelity(vectors, coords, (5,), metric)["trustworthiness@5"] == pytest.approx(expected, abs=1e-6)


def test_neighbours_kept_are_what_a_loop_counts():
    vectors, coords = random_points(60, 5), random_points(60, 2, seed=1)
    coords += vectors[:, :2]
    quality = fidelity(vectors, coords, (3, 10), "euclidean")
    assert quality["neighbors_kept@3"] == pytest.approx(kept_by_hand(vectors, coords, 3))
    assert quality["neighbors_kept@10"] == pytest.approx(kept_by_hand(vectors, coords, 10))


def test_a_small_block_changes_nothing(monkeypatch):
    vectors, coords = random_points(100, 5), random_points(100, 2, seed=1)
    whole = fidelity(vectors, coords, (15,))
    monkeypatch.setattr(module, "BLOCK_ENTRIES", 700)
    assert fidelity(vectors, coords, (15,)) == pytest.approx(whole)


def test_moving_and_scaling_the_map_changes_nothing():
    vectors, coords = random_points(200, 6), random_points(200, 2, seed=1)
    moved = fidelity(vectors, coords * 1000 + 300_000, (15,))
    assert moved == pytest.approx(fidelity(vectors, coords, (15,)), abs=1e-3)


def test_equal_distances_share_the_places_that_are_left():
    vectors = np.eye(4, dtype=np.float32)  # each is equally far from the other three
    coords = np.array([[0, 0], [1, 0], [3, 0], [7, 0]], np.float32)
    assert fidelity(vectors, coords, (1,))["neighbors_kept@1"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_points_are_told_so(n):
    quality = fidelity(random_points(n, 5), random_points(n, 2))
    assert quality == {"points": n, "rows": 0}
    assert fidelity_sentence(quality) == "There are too few points to say how faithful this map is."


def test_twins_and_zero_vectors_have_finite_scores():
    vectors = np.zeros((50, 4), np.float32)
    vectors[:25, 0] = 1
    quality = fidelity(vectors, np.zeros((50, 2), np.float32), (15,))
    assert all(np.isfinite(list(quality.values())))
    assert 0 <= quality["neighbors_kept@15"] <= 1


def test_many_points_are_sampled_and_the_sentence_says_so(monkeypatch):
    monkeypatch.setattr(module, "WHOLE", 100)
    monkeypatch.setattr(module, "FEWEST_ROWS", 30)
    quality = fidelity(random_points(400, 5), random_points(400, 2, seed=1))
    assert (quality["points"], quality["rows"]) == (400, 30)
    assert "Measured on 30 points." in fidelity_sentence(quality)
    assert fidelity(random_points(100, 5), random_points(100, 2))["rows"] == 100


def test_the_sentence_names_the_shares():
    quality = {"neighbors_kept@15": 0.41, "chance@15": 0.002, "trustworthiness@15": 0.907, "points": 9, "rows": 9}
    assert fidelity_sentence(quality) == (
        "Of a point's 15 nearest, 41% are among its 15 nearest here; a random picture has 0.2%. "
        "Neighbours kept: 41% of 15. Trustworthiness 0.907 (1 is perfect)."
    )


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="5 vectors and 4 places"):
        fidelity(random_points(5, 3), random_points(4, 2))
    with pytest.raises(SettingsError, match="at least 1 row, got 0"):
        fidelity(random_points(5, 3), random_points(5, 2), sample=0)
