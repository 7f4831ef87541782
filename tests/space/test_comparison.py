import numpy as np
import pytest

from embedviz.core.errors import SettingsError
from embedviz.space import EmbeddingSpace


@pytest.fixture
def fan():
    """Words at 0, 10, 30 and 90 degrees."""
    angles = np.radians([0, 10, 30, 90])
    return EmbeddingSpace(["a", "b", "c", "d"], np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32))


def test_ranks_are_places_in_each_others_lists(fan):
    comparison = fan.compare("a", "c", k=2)
    assert comparison.cosine == pytest.approx(np.cos(np.radians(30)), abs=1e-6)
    assert comparison.dot == pytest.approx(comparison.cosine)
    assert comparison.euclidean == pytest.approx(2 * np.sin(np.radians(15)), abs=1e-6)
    assert (comparison.rank_of_b, comparison.rank_of_a) == (2, 2)


def test_ranks_agree_with_the_list_of_neighbors_even_in_ties():
    space = EmbeddingSpace(["a", "b", "c", "d"], np.array([[0, 1], [1, 0], [1, 0], [1, 0]], np.float32))
    for label in "bcd":
        place = space.neighbors("a")["label"].tolist().index(label) + 1
        assert space.compare("a", label).rank_of_b == place
    assert space.compare("b", "c").rank_of_b == 1
    assert space.compare("b", "d").rank_of_b == 2


def test_shared_neighbors_carry_both_similarities(fan):
    shared = fan.compare("a", "c", k=2).shared
    assert shared["label"].tolist() == ["b"]
    np.testing.assert_allclose(shared["similarity_a"], np.cos(np.radians(10)), atol=1e-6)
    np.testing.assert_allclose(shared["similarity_b"], np.cos(np.radians(20)), atol=1e-6)


def test_a_label_is_not_compared_with_itself(fan):
    with pytest.raises(SettingsError, match="given twice"):
        fan.compare("a", "a")


def test_the_odd_one_out_comes_first(fan):
    found = fan.odd_one_out(["a", "d", "b"])
    assert found["label"].tolist() == ["d", "a", "b"]
    expected = [(np.cos(np.radians(90)) + np.cos(np.radians(80))) / 2]
    np.testing.assert_allclose(found["similarity"].iloc[:1], expected, atol=1e-6)


@pytest.mark.parametrize("labels", [["a", "b"], ["a", "b", "b"]])
def test_the_odd_one_out_needs_three_different_words(fan, labels):
    with pytest.raises(SettingsError, match="at least three"):
        fan.odd_one_out(labels)
