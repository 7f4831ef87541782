import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from embedviz.errors import DataError, SettingsError
from embedviz.projection.clusters import clusters
from embedviz.projection.fidelity import fidelity, fidelity_sentence
from embedviz.projection.packing import extent_of, pack_points
from embedviz.projection.pca import pca
from embedviz.projection.projecting import project, steps
from embedviz.projection.region import points_inside
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace


def blobs(n: int = 300, groups: int = 3, dim: int = 20) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    of = np.arange(n) % groups
    return (rng.normal(0, 3, (groups, dim))[of] + rng.normal(0, 0.5, (n, dim))).astype("float32"), of


def umap(vectors, **settings) -> np.ndarray:
    return list(steps(vectors, ProjectionSettings(**settings)))[-1]


def test_pca_is_scikit_learns_up_to_sign():
    vectors, _ = blobs()
    expected = PCA(2).fit_transform(vectors.astype(float))
    assert np.abs(pca(vectors, 2, unit=False)) == pytest.approx(np.abs(expected), abs=1e-3)


@pytest.mark.parametrize("engine", ["torch", pytest.param("umap-learn", marks=pytest.mark.filterwarnings("ignore"))])
def test_umap_keeps_groups_apart(engine):
    vectors, of = blobs()
    coords = umap(vectors, engine=engine, epochs=100)
    centres = np.array([coords[of == g].mean(axis=0) for g in range(3)])
    nearest = np.linalg.norm(coords[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == of).mean() > 0.98


def test_umap_is_as_trustworthy_as_umap_learn():
    vectors, _ = blobs(600, 12)
    ours = fidelity(vectors, umap(vectors))["trustworthiness@15"]
    theirs = fidelity(vectors, umap(vectors, engine="umap-learn"))["trustworthiness@15"]
    assert ours >= theirs - 0.005


test_umap_is_as_trustworthy_as_umap_learn = pytest.mark.filterwarnings("ignore")(
    test_umap_is_as_trustworthy_as_umap_learn
)


def test_the_same_seed_gives_the_same_map():
    vectors, _ = blobs(100)
    assert np.array_equal(umap(vectors, epochs=20), umap(vectors, epochs=20))
    assert not np.array_equal(umap(vectors, epochs=20), umap(vectors, epochs=20, seed=1))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 10])
@pytest.mark.parametrize("components", [2, 3])
def test_few_points_twins_and_zeros_make_a_map(n, components):
    vectors = np.zeros((n, 5), np.float32)
    vectors[: n // 2] = 1
    coords = umap(vectors, n_components=components, epochs=20)
    assert coords.shape == (n, components)
    assert np.isfinite(coords).all()


def test_a_number_that_is_none_is_refused_with_its_row():
    vectors = np.ones((10, 3), np.float32)
    vectors[4, 1] = np.nan
    with pytest.raises(DataError, match="at row 4"):
        umap(vectors)
    with pytest.raises(SettingsError, match="spread"):
        umap(np.ones((10, 3), np.float32), spread=0.05, min_dist=0.5)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_trustworthiness_is_scikit_learns(metric):
    vectors, _ = blobs(200)
    coords = np.random.default_rng(1).normal(size=(200, 2)).astype("float32")
    expected = trustworthiness(vectors, coords, n_neighbors=15, metric=metric)
    assert fidelity(vectors, coords, metric=metric)["trustworthiness@15"] == pytest.approx(expected, abs=1e-6)


def test_neighbours_kept_are_all_of_them_when_the_map_is_the_space():
    coords = np.random.default_rng(0).normal(size=(400, 2)).astype("float32")
    quality = fidelity(coords, coords, metric="euclidean")
    assert [quality[f"neighbors_kept@{k}"] for k in (15, 50, 150)] == [1, 1, 1]
    random = fidelity(np.random.default_rng(1).normal(size=(400, 2)), coords, metric="euclidean")
    assert random["neighbors_kept@15"] == pytest.approx(random["chance@15"], abs=0.02)


def test_a_sample_comes_near_the_whole_and_says_so():
    vectors, _ = blobs(1000, 10)
    coords = pca(vectors)
    whole, part = fidelity(vectors, coords), fidelity(vectors, coords, sample=300)
    assert part["neighbors_kept@15"] == pytest.approx(whole["neighbors_kept@15"], abs=0.03)
    assert "Measured on 300 points" in fidelity_sentence(part)


def test_packed_points_come_back_within_a_step():
    coords = np.random.default_rng(0).normal(size=(50, 2)).astype("float32")
    unit = np.frombuffer(pack_points(coords), "<u2").reshape(-1, 2) / 65535
    assert extent_of(coords).to_data(unit) == pytest.approx(coords, abs=extent_of(coords).side / 60_000)


def test_points_in_a_drawn_region():
    coords = np.array([[0.5, 0.5], [1.5, 0.5], [0.9, 0.95], [-1, 0]])
    triangle = np.array([[0, 0], [1, 0], [0, 1]])
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    assert points_inside(coords - 0.1, triangle).tolist() == [True, False, False, False]
    assert points_inside(coords, square).tolist() == [True, False, True, False]


def test_groups_are_found_and_named_by_their_centres():
    vectors, of = blobs(120)
    found = clusters(vectors, [f"w{g}" for g in of], n=3)
    assert all(len(set(of[found.of == g])) == 1 for g in range(3))
    assert len(found.names) == 3


def test_project_takes_the_most_frequent():
    import pandas as pd

    vectors, _ = blobs(30)
    space = EmbeddingSpace([f"w{i}" for i in range(30)], vectors, pd.DataFrame({"count": range(30)}))
    projection = project(space, n_points=20, epochs=20, n_neighbors=5)
    assert set(projection.points) == set(range(10, 30))
    assert list(projection.frame(space).columns) == ["label", "x", "y", "count"]
