import numpy as np
import pytest

from embedviz.core.errors import DataError, SettingsError
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.project_space import project
from embedviz.projection.fidelity import fidelity
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace

pytestmark = pytest.mark.slow


def blobs(n: int = 300, groups: int = 3, dim: int = 20) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    of = np.arange(n) % groups
    return (rng.normal(0, 3, (groups, dim))[of] + rng.normal(0, 0.5, (n, dim))).astype("float32"), of


def umap(vectors, **settings) -> np.ndarray:
    return result_of(steps(vectors, ProjectionSettings(**settings)))


def share_in_own_group(**settings) -> float:
    """Share of points whose nearest centre on the map is that of their own group."""
    vectors, of = blobs()
    coords = umap(vectors, epochs=100, **settings)
    centres = np.array([coords[of == g].mean(axis=0) for g in range(3)])
    nearest = np.linalg.norm(coords[:, None] - centres, axis=2).argmin(axis=1)
    return (nearest == of).mean()


def test_umap_keeps_groups_apart():
    assert share_in_own_group(engine="torch") > 0.98


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


def test_neighbours_kept_are_all_of_them_when_the_map_is_the_space():
    coords = np.random.default_rng(0).normal(size=(400, 2)).astype("float32")
    quality = fidelity(coords, coords, metric="euclidean")
    assert [quality[f"neighbors_kept@{k}"] for k in (15, 50, 150)] == [1, 1, 1]
    random = fidelity(np.random.default_rng(1).normal(size=(400, 2)), coords, metric="euclidean")
    assert random["neighbors_kept@15"] == pytest.approx(random["chance@15"], abs=0.02)


def test_project_takes_the_most_frequent():
    import pandas as pd

    vectors, _ = blobs(30)
    space = EmbeddingSpace([f"w{i}" for i in range(30)], vectors, pd.DataFrame({"count": range(30)}))
    projection = project(space, n_points=20, epochs=20, n_neighbors=5)
    assert set(projection.points) == set(range(10, 30))
    assert list(projection.frame(space).columns) == ["label", "x", "y", "count"]


def test_tsne_keeps_groups_apart_and_repeats():
    vectors, of = blobs(200)
    coords = umap(vectors, method="tsne", epochs=150)
    centres = np.array([coords[of == g].mean(axis=0) for g in range(3)])
    nearest = np.linalg.norm(coords[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == of).mean() > 0.98
    assert np.array_equal(coords, umap(vectors, method="tsne", epochs=150))


def test_tsne_reports_its_progress_so_that_it_can_be_stopped():
    vectors, _ = blobs(100)
    events = [
        step for step in steps(vectors, ProjectionSettings(method="tsne", epochs=60)) if isinstance(step, Progress)
    ]
    assert [event.step for event in events if event.total_steps] == [10, 20, 30, 40, 50, 60]


@pytest.mark.parametrize("n", [1, 3, 4, 5, 12])
def test_few_points_twins_and_zeros_make_a_map_by_tsne(n):
    vectors = np.zeros((n, 5), np.float32)
    vectors[: n // 2] = 1
    coords = umap(vectors, method="tsne", epochs=20)
    assert coords.shape == (n, 2)
    assert np.isfinite(coords).all()


SPACE = EmbeddingSpace(["she", "he", "good", "bad", "queen"], np.random.default_rng(0).normal(size=(5, 4)).astype("f"))


def test_named_axes_are_cosines_with_the_directions():
    found = project(SPACE, method="axes", x_axis="she - he", y_axis="good - bad")
    unit = SPACE.vectors / np.linalg.norm(SPACE.vectors, axis=1, keepdims=True)
    for axis, (plus, minus) in enumerate([(0, 1), (2, 3)]):
        direction = unit[plus] - unit[minus]
        np.testing.assert_allclose(found.coords[:, axis], unit @ direction / np.linalg.norm(direction), atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "axes", "x_axis": "she - he"}, "needs two directions"),
        ({"method": "axes", "x_axis": "she", "y_axis": "nothing*"}, "Nothing matches"),
        ({"method": "axes", "x_axis": "she", "y_axis": "he", "n_components": 3}, "flat maps"),
        ({"method": "tsne", "n_components": 3}, "flat maps"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused(settings, message):
    with pytest.raises(SettingsError, match=message):
        project(SPACE, **settings)


def test_more_repulsion_spreads_the_points_and_a_small_rate_leaves_them():
    vectors, _ = blobs(200)
    start = umap(vectors, epochs=100, learning_rate=1e-6)
    assert np.abs(start).max() == pytest.approx(10, abs=0.01)  # where it starts
    weak, strong = (umap(vectors, epochs=100, repulsion_strength=value) for value in (0.1, 3.0))
    within = [np.linalg.norm(coords[::3] - coords[::3].mean(axis=0), axis=1).mean() for coords in (weak, strong)]
    assert within[1] > 1.5 * within[0]
