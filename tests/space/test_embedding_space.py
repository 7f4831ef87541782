"""On five words in the plane, so that every answer can be checked by eye."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from embedviz.core.errors import ColumnError, DataError, SettingsError, UnknownLabelError
from embedviz.space import EmbeddingSpace, searchable_space
from embedviz.space.search import numpy_exact


@pytest.fixture
def plane():
    labels = ["east", "north", "northeast", "west", "far_east"]
    vectors = np.array([[1, 0], [0, 1], [1, 1], [-1, 0], [10, 0]], np.float32)
    return EmbeddingSpace(labels, vectors, pd.DataFrame({"count": [50, 40, 30, 20, 10]}))


def test_cosine_neighbors_come_best_first_without_the_query(plane):
    found = plane.neighbors("east", k=10)
    assert found["label"].tolist() == ["far_east", "northeast", "north", "west"]
    np.testing.assert_allclose(found["similarity"], [1, np.sqrt(0.5), 0, -1], atol=1e-6)
    assert found["count"].tolist() == [10, 30, 40, 20]


def test_euclidean_neighbors_have_a_distance_that_grows(plane):
    found = plane.neighbors("east", metric="euclidean")
    assert found["label"].tolist() == ["northeast", "north", "west", "far_east"]
    np.testing.assert_allclose(found["distance"], [1, np.sqrt(2), 2, 9], rtol=1e-6)


def test_dot_neighbors_favour_long_vectors(plane):
    assert plane.neighbors("northeast", k=1, metric="dot")["label"].tolist() == ["far_east"]


def test_ties_stay_in_the_given_order():
    space = EmbeddingSpace(["q", "b", "a", "c"], np.array([[1, 0], [0, 1], [0, 1], [0, 1]], np.float32))
    assert space.neighbors("q", k=2)["label"].tolist() == ["b", "a"]


def test_a_zero_vector_is_similar_to_nothing():
    space = EmbeddingSpace(["zero", "a"], np.array([[0, 0], [1, 0]], np.float32))
    assert space.similarity("zero", "a") == 0
    assert space.neighbors("zero")["similarity"].tolist() == [0]
    assert space.neighbors("zero", metric="euclidean")["distance"].tolist() == [1]


def test_a_distance_between_close_long_vectors_is_exact():
    space = EmbeddingSpace(["a", "b"], np.array([[1000, 1000], [1000, 1000.0625]], np.float32))
    assert space.neighbors("a", metric="euclidean")["distance"].tolist() == [0.0625]
    assert space.similarity("a", "b", "euclidean") == 0.0625


def test_rare_labels_are_left_out_by_minimum_count(plane):
    assert plane.neighbors("east", min_count=30)["label"].tolist() == ["northeast", "north"]


def test_minimum_count_without_counts_is_refused():
    space = EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32))
    with pytest.raises(ColumnError, match="came without counts"):
        space.neighbors("a", min_count=5)


def test_excluded_labels_do_not_come(plane):
    assert "far_east" not in plane.neighbors("east", exclude=["far_east"])["label"].tolist()


def test_a_vector_can_ask_and_then_nothing_is_left_out(plane):
    assert plane.neighbors(np.array([3, 0]), k=1)["label"].tolist() == ["east"]
    with pytest.raises(DataError, match="needs 2 numbers"):
        plane.neighbors(np.array([1, 2, 3]))


def test_neighbors_agree_when_compared_in_blocks(plane, monkeypatch):
    whole = plane.neighbors("northeast", metric="euclidean")
    monkeypatch.setattr(searchable_space, "BLOCK", 2)
    pd.testing.assert_frame_equal(plane.neighbors("northeast", metric="euclidean"), whole)


def test_neighbor_indices_begin_with_the_label_itself(plane, monkeypatch):
    monkeypatch.setattr(numpy_exact, "MIN_BATCH", 1)
    monkeypatch.setattr(numpy_exact, "BATCH", 2)
    found = plane.neighbor_indices(plane.vectors, 2)
    assert found.tolist() == [[0, 4], [1, 2], [2, 0], [3, 1], [0, 4]]
    assert plane.neighbor_indices(plane.vectors, 99).shape == (5, 5)


@settings(deadline=None)
@given(
    hnp.arrays(np.float32, st.tuples(st.integers(2, 12), st.integers(1, 4)), elements=st.integers(-3, 3)),
    st.integers(1, 14),
    st.sampled_from(["cosine", "euclidean", "dot"]),
)
def test_neighbors_are_those_of_a_slow_search(vectors, k, metric):
    space = EmbeddingSpace([f"w{i}" for i in range(len(vectors))], vectors)
    found = space.neighbors("w0", k, metric)
    values = found["distance"] if metric == "euclidean" else -found["similarity"]
    slow = []
    for row in vectors[1:].astype(float):
        length = np.linalg.norm(row) * np.linalg.norm(vectors[0])
        slow.append(
            {
                "euclidean": np.linalg.norm(row - vectors[0]),
                "dot": -row @ vectors[0],
                "cosine": -(row @ vectors[0]) / length if length else 0,
            }[metric]
        )
    np.testing.assert_allclose(values, sorted(slow)[:k], atol=1e-5)
    assert "w0" not in found["label"].tolist()


def test_unknown_labels_suggest_near_spellings(plane):
    with pytest.raises(UnknownLabelError) as caught:
        plane.index("nroth")
    assert str(caught.value) == "'nroth' is not among the 5 words. Did you mean north?"
    assert caught.value.suggestions == ["north"]
    with pytest.raises(UnknownLabelError, match="Did you mean east"):
        plane.neighbors("East")


def test_unknown_values_name_their_column():
    space = EmbeddingSpace(["red"], np.ones((1, 2), np.float32), name="colour", kind="value")
    with pytest.raises(UnknownLabelError, match=r"'qqqqqq' is not among the 1 values of colour\. No spelling"):
        space.index("qqqqqq")


def test_labels_are_words_unless_a_kind_is_given():
    assert EmbeddingSpace(["a"], np.ones((1, 2), np.float32), name="user").kind == "word"


def test_a_kind_that_is_given_goes_before_the_name_and_stays_with_a_part():
    space = EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32), name="word", kind="value")
    assert space.take([1]).kind == "value"
    with pytest.raises(UnknownLabelError, match="values of word"):
        space.index("zzz")


def test_most_frequent_is_by_count_or_in_the_given_order(plane):
    assert plane.take([4, 0, 1]).most_frequent(2).tolist() == [1, 2]
    assert EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32)).most_frequent(5).tolist() == [0, 1]


def test_take_keeps_labels_vectors_and_columns_together(plane):
    part = plane.take([3, 1])
    assert part.labels == ["west", "north"]
    assert part.vectors.tolist() == [[-1, 0], [0, 1]]
    assert part.columns["count"].tolist() == [20, 40]


def test_labels_twice_are_refused():
    with pytest.raises(DataError, match="'a' occurs twice"):
        EmbeddingSpace(["a", "b", "a"], np.ones((3, 2), np.float32))


def test_shapes_that_disagree_are_refused():
    with pytest.raises(DataError, match="2 labels"):
        EmbeddingSpace(["a", "b"], np.ones((3, 2), np.float32))
    with pytest.raises(DataError, match="1 rows"):
        EmbeddingSpace(["a", "b"], np.ones((2, 2), np.float32), pd.DataFrame({"count": [1]}))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e20])
def test_numbers_that_cannot_be_compared_are_refused(value):
    with pytest.raises(DataError, match="'b' holds NaN, infinity"):
        EmbeddingSpace(["a", "b"], np.array([[1, 2], [3, value]], np.float32))


def test_columns_named_like_an_answer_are_refused():
    with pytest.raises(ColumnError, match="'similarity'"):
        EmbeddingSpace(["a"], np.ones((1, 2), np.float32), pd.DataFrame({"similarity": [1]}))


def test_impossible_questions_are_refused(plane):
    with pytest.raises(SettingsError, match="k has to be 1 or more"):
        plane.neighbors("east", k=0)
    with pytest.raises(SettingsError, match="cosine, euclidean, dot"):
        plane.similarity("east", "west", "manhattan")


@pytest.mark.parametrize("k", [1, 10, 100])
def test_the_best_of_many_are_those_of_a_full_sort_ties_in_order(k):
    rng = np.random.default_rng(k)
    n = 30_011
    space = EmbeddingSpace([f"w{i}" for i in range(n)], np.ones((n, 1), np.float32))
    for closeness in (rng.normal(size=n), rng.integers(0, 50, n), np.zeros(n), np.arange(n), -np.arange(n)):
        closeness = closeness.astype(np.float32)
        left_out = rng.integers(0, n, 5).tolist()
        order = [i for i in np.argsort(-closeness, kind="stable").tolist() if i not in left_out]
        assert space.best(closeness, k, left_out).tolist() == order[:k]


def test_a_mean_vector_is_the_mean_whatever_the_block(monkeypatch):
    vectors = np.arange(12, dtype=np.float32).reshape(6, 2)
    space = EmbeddingSpace(list("abcdef"), vectors)
    monkeypatch.setattr("embedviz.space.searchable_space.BLOCK", 2)
    assert space.mean_vector(np.array([0, 2, 5])).tolist() == pytest.approx(vectors[[0, 2, 5]].mean(axis=0).tolist())
    with pytest.raises(DataError, match="at least one label"):
        space.mean_vector(np.array([], int))
