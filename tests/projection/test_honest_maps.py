"""Mistakes of maps elsewhere, each a case in which it would be seen."""

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file
from scipy.spatial.distance import cdist
from starlette.requests import Request

from components.map.routes import map_routes
from embedviz.core.errors import DataError
from embedviz.core.generators import result_of
from embedviz.core.jobs.status import Status, write_status
from embedviz.jobs.inline import run_inline
from embedviz.projection.packing import pack_points
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.search.torch_exact import TorchExactIndex
from embedviz.space.storage import write_space
from embedviz.store.dataset import Dataset
from embedviz.store.maps import draw_pca, map_of
from embedviz.store.open_spaces import open_finished_map, open_space
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store

QUICK = ProjectionSettings(n_neighbors=4, epochs=20)


def of_all_lengths(n: int = 200, dim: int = 10) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, dim)) * rng.lognormal(0, 1.5, (n, 1))).astype(np.float32)


def nearest_by_scipy(vectors: np.ndarray, metric: str, k: int) -> np.ndarray:
    distances = cdist(vectors.astype(np.float64), vectors.astype(np.float64), metric)
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


# --- Euclid's neighbours are those of the vectors as they are, not of vectors at length 1 (tensorboard issue 6271) ---


def test_vectors_of_different_lengths_have_other_neighbours_by_either_metric():
    vectors = of_all_lengths()
    assert (nearest_by_scipy(vectors, "cosine", 1) != nearest_by_scipy(vectors, "euclidean", 1)).mean() > 0.5


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_a_labels_neighbours_are_those_of_the_raw_vectors(metric):
    vectors = of_all_lengths()
    space = EmbeddingSpace([str(i) for i in range(len(vectors))], vectors)
    found = [space.neighbors(label, 5, metric=metric)["label"].astype(int).tolist() for label in space.labels]
    assert found == nearest_by_scipy(vectors, metric, 5).tolist()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_graph_behind_a_map_is_that_of_the_raw_vectors(metric):
    vectors = of_all_lengths()
    found = result_of(TorchExactIndex(vectors, metric).build(5))
    assert found.indices.tolist() == nearest_by_scipy(vectors, metric, 5).tolist()


# --- Other vectors are another picture, though the page is the same ---


def new_run(vectors: np.ndarray, state: Status) -> RunFolder:
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    keep(run, vectors, state)
    return run


def keep(run: RunFolder, vectors: np.ndarray, state: Status) -> None:
    """As a worker leaves the run."""
    counts = pd.DataFrame({"count": range(len(vectors), 0, -1)})
    write_space(EmbeddingSpace([f"w{i}" for i in range(len(vectors))], vectors, counts), run.folder / "spaces", "word")
    write_status(run.folder, state)


def points_of(run: RunFolder, map_id: str) -> bytes | None:
    """Return the server's answer at the map's address; None for 404."""
    [route] = [route for route in map_routes() if route.path.endswith("/points")]
    scope = {"type": "http", "headers": [], "query_string": b"", "path_params": {"run": run.id, "map": map_id}}
    answer = route.endpoint(Request(scope))
    return answer.body if answer.status_code == 200 else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status("done", ended=100.0), Status("done", ended=200.0)),
        (Status("stopped", ended=100.0), Status("done", ended=200.0)),
        # a run that goes on has no end, and may have none each time that it is looked at
        (Status("running"), Status("running")),
        (Status("interrupted"), Status("interrupted")),
    ],
)
def test_a_run_trained_again_has_another_map_and_none_of_the_old_coordinates(before, after):
    old, new = (np.random.default_rng(seed).normal(size=(40, 6)).astype(np.float32) for seed in (0, 1))
    run = new_run(old, before)
    first = run_inline(map_of(run, "word", QUICK))
    quick_first = draw_pca(run, run.space, QUICK)
    keep(run, new, after)
    second = map_of(run, "word", QUICK)
    assert second.id != first.id
    assert not second.has_coords
    assert points_of(run, second.id) is None
    assert points_of(run, first.id) == pack_points(first.coords)
    assert draw_pca(run, run.space, QUICK).id != quick_first.id
    run_inline(second)
    assert points_of(run, second.id) == pack_points(open_finished_map(run, second.id).coords)
    assert not np.array_equal(second.coords, first.coords)


def test_the_same_vectors_have_the_same_map():
    run = new_run(of_all_lengths(30), Status("done", ended=100.0))
    assert map_of(run, "word", QUICK).id == map_of(RunFolder(run.folder), "word", QUICK).id


def test_vectors_written_again_are_read_again_whatever_the_space_is_called():
    run = new_run(of_all_lengths(5), Status("done"))
    for number in (1, 2):
        write_space(EmbeddingSpace(["a"], np.full((1, 3), number, np.float32)), run.folder / "spaces", "size (cm/ft)")
        assert open_space(run, "size (cm/ft)").vectors[0, 0] == number


# --- Vectors that are none are counted and reported, and the rest is drawn ---


def with_bad_numbers(vectors: np.ndarray) -> RunFolder:
    """A run whose file was changed after it was checked."""
    run = new_run(np.nan_to_num(vectors, posinf=0), Status("done", ended=100.0))
    save_file({"vectors": vectors}, run.folder / "spaces" / "word.safetensors")
    return run


def odd_vectors() -> np.ndarray:
    vectors = of_all_lengths(40)
    vectors[[3, 20]] = 0
    vectors[30] = vectors[4]
    vectors[7, 2], vectors[8, 0] = np.nan, np.inf
    return vectors


@pytest.mark.parametrize("method", ["umap", "tsne", "pca"])
def test_zeros_copies_and_nan_are_counted_and_the_rest_is_drawn(method):
    run = with_bad_numbers(odd_vectors())
    settings = ProjectionSettings(method=method, n_neighbors=4, perplexity=5, epochs=20)
    drawn = run_inline(map_of(run, "word", settings))
    found = drawn.oddities
    assert (found.points, found.zero, found.copies, found.unusable) == (40, 2, 1, 2)
    assert (found.zero_labels, found.copy_labels, found.unusable_labels) == (["w3", "w20"], ["w30"], ["w7", "w8"])
    assert set(range(40)) - set(drawn.points.tolist()) == {7, 8}
    assert np.isfinite(drawn.coords).all()
    assert len(drawn.clusters) == len(drawn.kept) == 38


def test_vectors_with_nan_do_not_keep_the_first_picture_from_being_drawn():
    run = with_bad_numbers(odd_vectors())
    drawn = draw_pca(run, run.space, QUICK)
    assert len(drawn.points) == 38
    assert np.isfinite(drawn.coords).all()


@pytest.mark.filterwarnings("ignore:invalid value encountered")  # NumPy says it of infinity by infinity
def test_vectors_with_nan_are_nobodys_neighbours():
    vectors = odd_vectors()
    vectors[10:30, 0] = np.nan
    run = with_bad_numbers(vectors)
    for metric in ("cosine", "euclidean"):
        found = run.space.neighbors("w0", 12, metric=metric)["label"].tolist()
        assert len(found) == 12
        assert not set(found) & {"w7", *(f"w{i}" for i in range(10, 30))}


def test_when_no_vector_can_be_used_that_is_reported():
    run = with_bad_numbers(np.full((5, 3), np.nan, np.float32))
    with pytest.raises(DataError, match="all 5 vectors hold NaN or infinity"):
        draw_pca(run, run.space, QUICK)
