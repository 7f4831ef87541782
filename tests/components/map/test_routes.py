"""The routes that answer for single points and for filters."""

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from components.map.routes import map_routes
from embedviz.core.jobs.status import Status, write_status
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.store.dataset import Dataset
from embedviz.store.maps import draw_pca
from embedviz.store.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def get():
    """A function that asks a route of a map of the 20 most frequent of 30 words."""
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    vectors = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
    space = EmbeddingSpace([f"w{i}" for i in range(30)], vectors, pd.DataFrame({"count": range(30, 0, -1)}))
    write_space(space, run.folder / "spaces", "word")
    write_status(run.folder, Status("done", ended=100.0))
    drawn = draw_pca(run, space, ProjectionSettings.of(method="pca", n_points=20))
    client = TestClient(Starlette(routes=[Mount("/embedviz", routes=map_routes())]))
    return lambda path: client.get(f"/embedviz/maps/{run.id}/{drawn.id}/{path}")


def test_a_point_comes_with_its_columns(get):
    answer = get("point?id=3").json()
    assert answer["label"] == "w3"
    assert ["count", "27"] in answer["columns"]
    assert answer["neighbors"] == []


def test_the_nearest_neighbours_know_their_place_on_the_map(get):
    answer = get("point?id=3&metric=euclidean").json()
    assert answer["measure"] == "distance"
    values = [value for _, value, _ in answer["neighbors"]]
    assert len(values) == 12
    assert values == sorted(values)
    assert all(place == (int(label[1:]) if int(label[1:]) < 20 else None) for label, _, place in answer["neighbors"])


@pytest.mark.parametrize("query", ["", "id=20", "id=-1", "id=x", "id=3&metric=nearness"])
def test_a_point_that_is_not_on_the_map_is_refused(get, query):
    assert get(f"point?{query}").status_code == 400


@pytest.mark.parametrize("query", ["", "ids=20", "ids=-1", "ids=1,x", "first=x"])
def test_labels_of_points_that_are_not_on_the_map_are_refused(get, query):
    assert get(f"labels?{query}").status_code == 400


def test_filters_answer_with_a_byte_for_each_point(get):
    assert list(get("passing?filter=count,r,20,25").content) == [0] * 5 + [1] * 6 + [0] * 9
    assert list(get("passing?filter=nonsense").content) == [1] * 20
