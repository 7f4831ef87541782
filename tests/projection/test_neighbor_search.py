import numpy as np
import pytest

from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.project_space import project
from embedviz.projection import neighbor_search
from embedviz.projection.fidelity import fidelity, fidelity_sentence
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.search import approximate as approximate_index


def blobs(n: int = 1_200, groups: int = 60, dim: int = 12) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (rng.normal(0, 1, (groups, dim))[np.arange(n) % groups] + rng.normal(0, 0.4, (n, dim))).astype("float32")


@pytest.fixture
def approximate(monkeypatch):
    monkeypatch.setattr(neighbor_search, "MAX_EXACT", 1_000)
    monkeypatch.setattr(approximate_index, "MAX_COMPARED_SHARE", 0.9)


@pytest.mark.parametrize(("method", "k"), [("umap", 14), ("tsne", 45)])
def test_approximate_neighbours_are_reported_while_the_map_is_made(approximate, method, k):
    settings = ProjectionSettings(method=method, epochs=10, perplexity=15)
    events = []
    coords = result_of(steps(blobs(), settings), events.append)
    recalls = [event for event in events if isinstance(event, Progress) and event.metrics]
    assert [list(event.metrics) for event in recalls] == [[f"neighbor_recall@{k}"]]
    assert 0.98 <= recalls[0].metrics[f"neighbor_recall@{k}"] < 1
    assert recalls[0].message.startswith("Neighbours were found approximately: 9")
    assert coords.shape == (1_200, 2)


def test_a_map_keeps_in_its_quality_that_its_neighbours_are_approximate(approximate):
    vectors = blobs()
    space = EmbeddingSpace([str(i) for i in range(len(vectors))], vectors)
    quality = project(space, epochs=10).quality
    assert 0.98 <= quality["neighbor_recall@14"] < 1
    assert " Neighbours were found approximately: 98% of the true ones." in fidelity_sentence(
        quality | {"neighbor_recall@14": 0.984}
    )


def test_of_exact_neighbours_nothing_is_reported():
    events = []
    coords = result_of(steps(blobs(), ProjectionSettings(epochs=10)), events.append)
    assert not any(event.metrics for event in events if isinstance(event, Progress))
    assert "approximately" not in fidelity_sentence(fidelity(blobs(), coords))


def test_a_map_of_approximate_neighbours_is_as_trustworthy(monkeypatch):
    vectors, settings = blobs(), ProjectionSettings(epochs=200)
    exact = fidelity(vectors, result_of(steps(vectors, settings)))
    monkeypatch.setattr(neighbor_search, "MAX_EXACT", 1_000)
    monkeypatch.setattr(approximate_index, "MAX_COMPARED_SHARE", 0.9)
    events = []
    coords = result_of(steps(vectors, settings), events.append)
    assert any(event.metrics for event in events if isinstance(event, Progress))
    assert fidelity(vectors, coords)["trustworthiness@15"] > exact["trustworthiness@15"] - 0.01
