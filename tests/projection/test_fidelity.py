import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from embedviz.core.errors import DataError, SettingsError
from embedviz.projection import fidelity as module
from embedviz.projection.fidelity import fidelity, fidelity_sentence, measure_fidelity


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
@pytest.mark.parametrize("n", [11, 40, 333, 1500])
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


def test_in_groups_of_like_rows_the_neighbours_kept_are_what_a_loop_counts():
    centres = np.repeat(random_points(5, 6, seed=2) * 10, 120, axis=0)
    vectors = random_points(600, 6) + centres
    coords = vectors[:, :2] + random_points(600, 2, seed=1)
    quality = fidelity(vectors, coords, (5, 30), "euclidean")
    assert quality["neighbors_kept@5"] == pytest.approx(kept_by_hand(vectors, coords, 5))
    assert quality["neighbors_kept@30"] == pytest.approx(kept_by_hand(vectors, coords, 30))


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
def test_too_few_points_are_reported(n):
    quality = fidelity(random_points(n, 5), random_points(n, 2))
    assert quality == {"points": n, "rows": 0}
    assert fidelity_sentence(quality) == "There are too few points to measure how faithful this map is."


def test_twins_and_zero_vectors_have_finite_scores():
    vectors = np.zeros((50, 4), np.float32)
    vectors[:25, 0] = 1
    quality = fidelity(vectors, np.zeros((50, 2), np.float32), (15,))
    assert all(np.isfinite(list(quality.values())))
    assert 0 <= quality["neighbors_kept@15"] <= 1


def test_many_points_are_sampled_and_the_sentence_says_so(monkeypatch):
    monkeypatch.setattr(module, "MAX_FULL_POINTS", 100)
    monkeypatch.setattr(module, "MIN_ROWS", 30)
    quality = fidelity(random_points(400, 5), random_points(400, 2, seed=1))
    assert (quality["points"], quality["rows"]) == (400, 30)
    assert "Measured on 30 points." in fidelity_sentence(quality)
    assert fidelity(random_points(100, 5), random_points(100, 2))["rows"] == 100


def test_the_sentence_names_the_shares():
    quality = {"neighbors_kept@15": 0.41, "neighbors_kept@50": 0.5, "chance@15": 0.002, "chance@50": 0.01}
    quality |= {"trustworthiness@15": 0.907, "continuity@15": 0.93, "chance_trustworthiness@15": 0.5}
    assert fidelity_sentence(quality | {"points": 9, "rows": 9}) == (
        "Neighbours kept: 41% of a point's 15 nearest are among its 15 nearest on the map; on a random map 0.2%. "
        "For more neighbours: 50% of 50 (1.0%). "
        "Trustworthiness 0.907 (points shown as neighbours really are), continuity 0.930 (true neighbours stay together); "
        "1 is perfect, a random map has 0.50."
    )


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_continuity_is_trustworthiness_with_the_two_exchanged(metric):
    vectors, coords = random_points(80, 3), random_points(80, 2, seed=1)
    if metric == "cosine":  # a map is measured by Euclid alone, so what is exchanged has to mean the same by both
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    quality = fidelity(vectors, coords, (5,), metric)
    assert quality["continuity@5"] == pytest.approx(trustworthiness(coords, vectors, n_neighbors=5), abs=1e-6)


def test_chance_is_what_random_pictures_have():
    vectors = random_points(200, 10)
    found = [fidelity(vectors, random_points(200, 2, seed=seed), (10,), "euclidean") for seed in range(1, 30)]
    for name in ("trustworthiness", "continuity"):
        mean = np.mean([quality[f"{name}@10"] for quality in found])
        assert mean == pytest.approx(found[0]["chance_trustworthiness@10"], abs=0.01)
    assert np.mean([q["neighbors_kept@10"] for q in found]) == pytest.approx(found[0]["chance@10"], abs=0.01)


def test_each_points_own_figure_says_where_the_map_lies():
    coords = random_points(200, 2)
    vectors = coords.copy()
    vectors[:20] += random_points(20, 2, seed=2) * 50  # twenty points lie elsewhere in truth
    found = measure_fidelity(vectors, coords, (5,), "euclidean")
    assert found.rows.tolist() == list(range(200))
    assert found.kept.mean() == pytest.approx(found.scores["neighbors_kept@5"])
    assert found.kept[:20].mean() < 0.2 < 0.8 < found.kept[20:].mean()
    for i in (0, 100):
        near, shown = (
            set([j for j in np.argsort(np.linalg.norm(points - points[i], axis=1)) if j != i][:5])
            for points in (vectors.astype(float), coords.astype(float))
        )
        assert found.kept[i] == pytest.approx(len(near & shown) / 5)


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="5 vectors and 4 coordinates"):
        fidelity(random_points(5, 3), random_points(4, 2))
    with pytest.raises(SettingsError, match="at least 1 row, got 0"):
        fidelity(random_points(5, 3), random_points(5, 2), sample=0)
