import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.evaluation.outlier_detection import OutlierDetection, OutlierGroup
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords

BIRDS = OutlierGroup("birds", ("robin", "wren", "owl", "hen"), ("Car", "finch", "dragon"))


@pytest.fixture
def space():
    """In degrees: robin 0, wren 10, owl 20, hen 40, finch 15, car 180."""
    angles = np.radians([0, 10, 20, 40, 15, 180])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return EmbeddingSpace(["robin", "wren", "owl", "hen", "finch", "car"], vectors)


def test_an_outlier_is_found_where_every_word_of_the_group_fits_better(space):
    rows = OutlierDetection((BIRDS,))(space).rows
    car = rows.iloc[0]
    assert (car["position"], car["known members"], car["least fitting"]) == (4, 4, "Car")


def test_one_that_is_not_found_has_the_position_that_it_reaches(space):
    rows = OutlierDetection((BIRDS,))(space).rows
    finch = rows.iloc[1]  # in the middle: nothing fits better
    assert (finch["position"], finch["least fitting"]) == (0, "hen")


def test_accuracy_and_opp_are_of_the_outliers_that_are_answered(space):
    found = OutlierDetection((BIRDS,))(space)
    assert found.metrics == {"accuracy": 0.5, "opp": 0.5}
    assert (found.coverage.asked, found.coverage.answered, found.coverage.unanswered) == (3, 2, 1)
    assert found.coverage.examples == ("dragon",)
    assert found.rows["position"].tolist()[2] is pd.NA
    assert found.sections.values.tolist() == [["birds", 3, 2, 0.5, 0.5]]


def test_unknown_members_are_left_out_and_too_few_are_no_group(space):
    unknown = OutlierGroup("some", ("robin", "wren", "owl", "phoenix"), ("car",))
    few = OutlierGroup("few", ("robin", "wren", "phoenix", "roc"), ("car",))
    rows = OutlierDetection((unknown, few))(space).rows
    assert rows["known members"].tolist() == [3, 2]
    assert rows["status"].tolist() == ["known", "unknown word"]


def test_composed_vectors_answer_apart(space):
    subwords = Subwords(np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32), 3, 4)
    found = OutlierDetection((BIRDS,))(EmbeddingSpace(space.labels, space.vectors, subwords=subwords))
    assert found.rows["status"].tolist() == ["known", "known", "composed"]
    assert found.metrics["accuracy"] == 0.5
    assert "accuracy_with_composed" in found.metrics


def test_equal_vectors_find_nothing():
    equal = EmbeddingSpace(["robin", "wren", "owl", "hen", "car"], np.ones((5, 2), np.float32))
    assert OutlierDetection((OutlierGroup("birds", BIRDS.members, ("car",)),))(equal).metrics["accuracy"] == 0


def test_random_vectors_get_what_is_said():
    rng = np.random.default_rng(0)
    labels = [f"w{i}" for i in range(9 * 400)]
    groups = tuple(OutlierGroup(str(i), tuple(labels[9 * i : 9 * i + 8]), (labels[9 * i + 8],)) for i in range(400))
    found = OutlierDetection(groups)(EmbeddingSpace(labels, rng.normal(size=(3600, 10)).astype(np.float32)))
    assert found.random == {"accuracy": pytest.approx(1 / 9), "opp": 0.5}
    assert found.metrics["accuracy"] == pytest.approx(1 / 9, abs=0.04)
    assert found.metrics["opp"] == pytest.approx(0.5, abs=0.04)
    low, high = found.interval
    assert low < found.metrics["accuracy"] < high


def test_a_group_without_outliers_or_with_two_words_is_refused():
    with pytest.raises(DataError, match="'pair' needs at least 3 words"):
        OutlierDetection((OutlierGroup("pair", ("a", "b"), ("c",)),))
    with pytest.raises(DataError, match="no groups"):
        OutlierDetection(())
