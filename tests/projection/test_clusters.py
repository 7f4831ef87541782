import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from embedviz.core.errors import DataError
from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.projection import clusters as module
from embedviz.projection.clusters import NO_CLUSTER, clusters
from embedviz.projection.importance import importance as importance_of
from embedviz.projection.map_folder import Map, MapSpec, write_clusters

pytestmark = pytest.mark.slow


def blobs(sizes: list[int], strays: int = 0, dim: int = 20, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Heaps of these sizes, then strays far from all; a label says its heap: "2-17" is a member of heap 2."""
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(len(sizes)), sizes)
    heaps = rng.normal(0, 1, (len(sizes), dim))[of] + rng.normal(0, 0.1, (len(of), dim))
    vectors = np.concatenate([heaps, rng.normal(0, 1, (strays, dim))]).astype(np.float32)
    return vectors, [f"{heap}-{i}" for i, heap in enumerate([*of, *["stray"] * strays])]


def heap_of(labels: list[str]) -> np.ndarray:
    return np.array([label.split("-")[0] for label in labels])


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_heaps_are_the_clusters_the_largest_first(metric):
    vectors, labels = blobs([40, 120, 80])
    found = clusters(vectors, labels, metric)
    assert found.codes.dtype == np.uint8
    assert len(found.names) == 3
    heaps = heap_of(labels)
    assert [set(found.codes[heaps == heap]) for heap in ("1", "2", "0")] == [{0}, {1}, {2}]


def test_two_heaps_that_hold_everything_stay_two():
    vectors, labels = blobs([1000, 1000], dim=50)
    assert np.bincount(clusters(vectors, labels).codes).tolist() == [1000, 1000]


def test_words_come_in_several_clusters_none_of_which_holds_most_of_them():
    """HDBSCAN left to itself calls 96 of 100 of these words one cluster, and a few numbers and names another."""
    space = load_vectors(SAMPLES["glove"].path)
    found = clusters(np.asarray(space.vectors[:5000]), space.labels[:5000])
    sizes = np.bincount(found.codes, minlength=len(found.names) + 1)
    assert 5 <= len(found.names) <= 50
    assert sizes[0] < 0.4 * 5000
    assert sizes[-1] < 0.5 * 5000
    assert found.codes[space.index("market")] == found.codes[space.index("price")] < len(found.names)


def test_strays_are_in_no_cluster_which_comes_last():
    vectors, labels = blobs([150, 100, 100], strays=30)
    found = clusters(vectors, labels)
    strays = heap_of(labels) == "stray"
    assert len(found.names) == 3
    # By the seed: with about one in ten the strays are all drawn into clusters, with the others half to two thirds are not.
    left_out = [(clusters(vectors, labels, seed=seed).codes[strays] == 3).mean() for seed in range(5)]
    assert np.median(left_out) >= 0.6
    assert (found.codes[~strays] < 3).mean() > 0.98
    column = found.column()
    assert column.categories[-1] == NO_CLUSTER
    assert column[np.flatnonzero(found.codes == 3)[0]] == "no cluster"
    assert column.categories[0].startswith("1: 0-")


def test_the_order_of_the_rows_changes_nothing():
    vectors, labels = blobs([60, 90, 120], strays=20)
    order = np.random.default_rng(1).permutation(len(labels))
    found, shuffled = clusters(vectors, labels), clusters(vectors[order], [labels[i] for i in order])
    assert shuffled.names == found.names
    assert np.array_equal(shuffled.codes, found.codes[order])


def test_the_same_seed_finds_the_same_clusters():
    vectors, labels = blobs([60, 90, 120], strays=40)
    first, second = (clusters(vectors, labels, seed=4) for _ in range(2))
    assert first.names == second.names
    assert np.array_equal(first.codes, second.codes)


def test_by_cosine_length_does_not_matter():
    vectors, labels = blobs([60, 90, 120])
    stretched = vectors * np.linspace(1, 50, len(labels), dtype=np.float32)[:, None]
    assert np.array_equal(clusters(vectors, labels).codes, clusters(stretched, labels).codes)


def test_a_cluster_is_named_by_the_members_at_its_centre():
    vectors, labels = blobs([100, 60])
    found = clusters(vectors, labels, "euclidean")
    own = vectors[:100]
    nearness = np.argsort(cdist(own.mean(axis=0)[None], own)[0])
    named = [labels.index(label) for label in found.names[0].split(", ")]
    assert len(named) == 3
    assert set(named) <= set(nearness[:20])


def test_a_cluster_is_named_by_important_members_near_its_centre():
    vectors, labels = blobs([100, 60])
    nearness = np.argsort(np.argsort(cdist(vectors[:100].mean(axis=0)[None], vectors[:100])[0]))
    importance = np.ones(160)
    frequent = np.flatnonzero(nearness < 50)[:3]
    importance[frequent] = 10
    importance[int(np.argmax(nearness))] = 11  # more frequent still, and the least typical of all
    found = clusters(vectors, labels, "euclidean", importance=importance)
    assert set(found.names[0].split(", ")) == {labels[i] for i in frequent}


def test_the_groups_of_words_are_named_by_words_that_people_know():
    space = load_vectors(SAMPLES["glove"].path)
    points = np.arange(10_000)
    labels = [space.labels[i] for i in points]
    found = clusters(np.asarray(space.vectors[points]), labels, importance=importance_of(space, points))
    places = [labels.index(label) for name in found.names for label in name.split(", ")]
    assert np.median(places) < 2_000  # 5,000 by typicality alone
    music = found.codes[space.index("music")]
    assert {"music", "film", "album", "song"} & set(found.names[music].split(", "))


def test_past_so_many_points_the_rest_go_where_the_nearest_is(monkeypatch):
    monkeypatch.setattr(module, "MAX_FITTED", 100)
    vectors, labels = blobs([400, 300, 200])
    found = clusters(vectors, labels)
    heaps = heap_of(labels)
    assert [set(found.codes[heaps == heap]) for heap in "012"] == [{0}, {1}, {2}]


def test_few_dimensions_are_taken_as_they_are():
    vectors, labels = blobs([75, 75, 75, 75], dim=3, seed=2)
    assert np.bincount(clusters(vectors, labels, "euclidean").codes).tolist() == [75] * 4


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize(("n", "dim"), [(100, 5), (500, 10), (500, 100), (2000, 50)])
def test_one_cloud_has_no_clusters(n, dim, metric):
    vectors = np.random.default_rng(n).normal(size=(n, dim)).astype(np.float32)
    found = clusters(vectors, [str(i) for i in range(n)], metric)
    assert found.names == []
    assert set(found.column()) == {NO_CLUSTER}


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 9, 10, 60])
@pytest.mark.parametrize("value", [0, 1, 1e15, 1e-30])
def test_points_too_few_or_all_alike_are_in_no_cluster(n, value, metric):
    found = clusters(np.full((n, 3), value, np.float32), [str(i) for i in range(n)], metric)
    assert found.names == []
    assert found.codes.tolist() == [0] * n
    assert found.column().tolist() == [NO_CLUSTER] * n


def test_by_cosine_a_zero_vector_is_in_no_cluster():
    vectors, labels = blobs([60, 90])
    vectors[[3, 80]] = 0
    found = clusters(vectors, labels)
    assert found.codes[[3, 80]].tolist() == [2, 2]
    assert np.bincount(found.codes).tolist() == [89, 59, 2]


def test_twelve_labels_of_two_kinds_are_two_clusters():
    vectors, labels = blobs([6, 6])
    assert sorted(np.bincount(clusters(vectors, labels).codes)) == [6, 6]


def test_a_label_for_each_point_is_needed():
    with pytest.raises(DataError, match="2 vectors, 1 labels"):
        clusters(np.zeros((2, 3), np.float32), ["a"])


def test_clusters_of_earlier_maps_are_read_under_the_name_of_today(tmp_path):
    drawn = Map.create(tmp_path / "map", MapSpec("word", {}), "0")
    write_clusters(drawn.folder, pd.Categorical(["1: king", "in no group"], ["1: king", "in no group"]))
    assert drawn.clusters.tolist() == ["1: king", NO_CLUSTER]
