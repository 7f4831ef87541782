import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.projection.importance import importance, most_telling
from embedviz.space import EmbeddingSpace


def space_of(labels: list[str], vectors: np.ndarray, counts: list[int] | None = None, **kind: str) -> EmbeddingSpace:
    columns = None if counts is None else pd.DataFrame({"count": counts})
    return EmbeddingSpace(labels, np.asarray(vectors, np.float32), columns, **kind)


def test_stop_words_are_not_the_first_labels_of_a_map():
    space = load_vectors(SAMPLES["glove"].path)
    points = space.most_frequent(10_000)
    first = [space.labels[points[place]] for place in most_telling(space, points, 200)]
    frequent = [space.labels[row] for row in points[:200]]
    assert np.mean([label in ENGLISH_STOP_WORDS for label in frequent]) > 0.5
    assert np.mean([label in ENGLISH_STOP_WORDS for label in first]) < 0.06
    assert all(any(map(str.isalnum, label)) for label in first)


def test_what_all_words_have_in_common_tells_nothing():
    rng = np.random.default_rng(0)
    vectors = rng.normal(0, 0.2, (50, 8)) + np.eye(8)[np.arange(50) % 8] + 1
    vectors[3] = 1  # the direction of all
    space = space_of([f"w{i}" for i in range(50)], vectors, [20] * 50)
    assert np.argmin(importance(space, np.arange(50))) == 3


def test_of_words_alike_a_more_frequent_one_tells_more_until_it_is_everywhere():
    words = [f"w{i}" for i in range(2002)]
    counts = [10_000_000, *range(2001, 0, -1)]
    space = space_of(words, np.ones((2002, 3)) * [1, -1, 1] + np.eye(3)[np.arange(2002) % 3] * 9, counts)
    found = importance(space, np.arange(2002))
    assert found[0] < found[200]
    assert found[30] > found[1200] > found[1998]


def test_of_films_the_most_rated_come_first():
    counts = [5, 400, 3, 60]
    space = space_of(list("abcd"), np.ones((4, 2)), counts, kind="item")
    assert most_telling(space, np.array([3, 1, 0, 2]), 3).tolist() == [1, 0, 2]


def test_without_counts_the_given_order_is_that_of_importance():
    space = space_of(list("abcd"), np.eye(4), kind="value")
    assert most_telling(space, np.array([2, 0, 3]), 9).tolist() == [1, 0, 2]


def test_zero_vectors_and_no_points_have_finite_importance():
    space = space_of(["a", "b", "..."], np.zeros((3, 2)))
    assert importance(space, np.arange(3)).tolist()[2] == 0
    assert np.isfinite(importance(space, np.arange(3))).all()
    assert importance(space, np.array([], int)).shape == (0,)


def test_a_missing_count_is_none():
    space = space_of(list("abc"), np.eye(3), [5, None, 7])
    assert most_telling(space, np.arange(3), 3).tolist() == [0, 2, 1]
    assert importance(space_of(list("ab"), np.eye(2), [0, 0]), np.arange(2)).tolist() == [0, 0]
