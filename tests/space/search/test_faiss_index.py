"""On clustered vectors small enough to compare with all others; the sizes that are indexed are made small."""

import importlib.util

import numpy as np
import pytest

from embedviz.core.errors import DataError, SettingsError
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import METRICS
from embedviz.space.search import faiss_index
from embedviz.space.searchable_space import APPROXIMATE
from embedviz.space.storage import read_space, write_space

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("faiss") is None,
        reason="faiss is not installed: pip install -r requirements-extras.txt",
    ),
]
N, D, K = 20_000, 24, 10


@pytest.fixture(scope="module")
def vectors():
    rng = np.random.default_rng(0)
    clusters = rng.integers(0, 100, N)
    return (rng.normal(size=(100, D))[clusters] + 0.5 * rng.normal(size=(N, D))).astype(np.float32)


@pytest.fixture
def indexed_from(monkeypatch):
    """A function that sets from how many labels on a space is indexed."""

    def indexed_from(n):
        for module in ("faiss_index", "approximate_indices"):
            monkeypatch.setattr(f"embedviz.space.search.{module}.MIN_INDEXED", n)

    indexed_from(1_000)
    return indexed_from


@pytest.fixture
def space(vectors, tmp_path, indexed_from):
    write_space(EmbeddingSpace([f"w{row}" for row in range(N)], vectors), tmp_path)
    return read_space(tmp_path, "word")


def recall(space, metric, queries):
    met = 0
    for label in queries:
        near, true = (space.neighbors(label, K, metric, exact=exact) for exact in (False, True))
        assert label not in near["label"].tolist()
        met += len({*near["label"]} & {*true["label"]})
        found = near[near["label"].isin(true["label"])].set_index("label").iloc[:, 0]
        expected = true.set_index("label").iloc[:, 0]
        assert found.equals(expected[found.index])  # closeness is measured, not estimated
    return met / K / len(queries)


@pytest.mark.parametrize("metric", METRICS)
def test_the_recall_is_the_one_that_is_reported(space, metric):
    steps = []
    report = space.build_index(metric, steps.append)
    assert report.recall >= 0.95
    assert report.n_queries == 200
    measured = recall(space, metric, [f"w{row}" for row in range(0, N, 100)])
    assert measured == pytest.approx(report.recall, abs=0.03)
    assert [step.step for step in steps] == sorted(step.step for step in steps)


def test_few_lists_visited_find_less_and_the_report_says_so(space, monkeypatch):
    monkeypatch.setattr(faiss_index, "TARGET_RECALL", 0.0)
    monkeypatch.setattr(faiss_index, "MIN_PROBE", 1)
    report = space.build_index("euclidean")
    assert report.n_probe == 1
    assert report.recall < 0.95
    assert recall(space, "euclidean", [f"w{row}" for row in range(0, N, 100)]) == pytest.approx(report.recall, abs=0.05)


def test_an_answer_says_that_it_is_approximate_and_how_good(space):
    report = space.build_index()
    near = space.neighbors("w5", K, exact=False)
    assert (
        near.attrs[APPROXIMATE]
        == f"Approximate: recall@10 {report.recall:.3f} on 200 queries against the exact search."
    )
    assert APPROXIMATE not in space.neighbors("w5", K).attrs


def test_the_index_is_kept_beside_the_space_and_mapped(space, tmp_path, monkeypatch):
    report = space.build_index()
    again = read_space(tmp_path, "word")
    monkeypatch.setattr(faiss_index, "build_index", None)
    assert again.approximate.find("cosine").report == report
    near, before = (each.neighbors("w7", K, exact=False) for each in (again, space))
    assert near.equals(before)


def test_an_index_of_other_vectors_is_not_used(space, vectors, tmp_path):
    space.build_index()
    kept = {path: path.read_bytes() for path in tmp_path.glob("*.faiss*")}
    assert len(kept) == 2
    write_space(EmbeddingSpace(space.labels, vectors + 1), tmp_path)
    assert list(tmp_path.glob("*.faiss*")) == []
    for path, data in kept.items():
        path.write_bytes(data)
    with pytest.raises(
        SettingsError, match=r'no approximate index for the metric cosine. Build it .*build_index\("cosine"\)'
    ):
        read_space(tmp_path, "word").neighbors("w5", exact=False)


def test_a_damaged_index_is_named(space, tmp_path):
    space.build_index()
    path = tmp_path / "word.cosine.faiss"
    path.write_bytes(path.read_bytes()[:1_000])
    with pytest.raises(DataError, match=r"word\.cosine\.faiss is not a whole index"):
        read_space(tmp_path, "word").neighbors("w5", exact=False)


def test_rows_left_out_are_never_found_and_enough_others_are(space):
    space.build_index()
    first = space.neighbors("w5", 40)["label"].tolist()
    near = space.neighbors("w5", K, exclude=first[:20], exact=False)
    assert not {*near["label"]} & {*first[:20]}
    assert len({*near["label"]} & {*first[20:30]}) >= 9
    most = [f"w{row}" for row in range(N) if row not in (3, 5, 900)]
    assert sorted(space.neighbors("w5", K, exclude=most, exact=False)["label"]) == ["w3", "w900"]


def test_many_neighbours_are_as_complete(space):
    space.build_index()
    near, true = (space.neighbors("w5", 300, exact=exact)["label"] for exact in (False, True))
    assert len({*near} & {*true}) >= 285


def test_a_zero_vector_gets_the_exact_answer(space):
    space.build_index("euclidean")
    near, true = (space.neighbors(np.zeros(D), K, "euclidean", exact=exact) for exact in (False, True))
    assert near["label"].tolist() == true["label"].tolist()


def test_a_small_space_answers_exactly_and_takes_no_index(space, indexed_from):
    indexed_from(N + 1)
    near = space.neighbors("w5", K, exact=False)
    assert near.equals(space.neighbors("w5", K))
    assert APPROXIMATE not in near.attrs
    with pytest.raises(SettingsError, match=r"20,001 labels or more that is kept on disk\. This one has 20,000: ask"):
        space.build_index()


def test_a_space_in_memory_takes_no_index(vectors, indexed_from):
    with pytest.raises(SettingsError, match="is in memory"):
        EmbeddingSpace([f"w{row}" for row in range(N)], vectors).build_index()


def test_without_faiss_its_package_is_named(space, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="pip install faiss-cpu"):
        space.build_index()
