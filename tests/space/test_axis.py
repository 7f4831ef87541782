import numpy as np
import pytest

from embedviz.core.errors import SettingsError
from embedviz.space import EmbeddingSpace


@pytest.fixture
def plane():
    return EmbeddingSpace(
        ["left", "right", "up", "beyond", "nowhere"],
        np.array([[-3, 3], [2, 2], [0, 1], [1, 0], [0, 0]], np.float32),
    )


def test_poles_are_at_minus_one_and_one_and_the_middle_at_zero(plane):
    found = plane.axis(["left"], ["right"]).set_index("label")["position"]
    np.testing.assert_allclose(found[["left", "up", "right"]], [-1, 0, 1], atol=1e-6)
    assert found["beyond"] == pytest.approx(np.sqrt(2), abs=1e-6)
    assert found["nowhere"] == pytest.approx(0, abs=1e-6)


def test_a_pole_of_several_words_is_their_middle(plane):
    found = plane.axis(["left", "up"], ["right"]).set_index("label")["position"]
    np.testing.assert_allclose([found[["left", "up"]].mean(), found["right"]], [-1, 1], atol=1e-6)


def test_labels_come_lowest_first_and_can_be_named(plane):
    assert plane.axis(["left"], ["right"])["label"].iloc[[0, -1]].tolist() == ["left", "beyond"]
    assert plane.axis(["left"], ["right"], labels=["beyond", "up"])["label"].tolist() == ["up", "beyond"]


def test_named_labels_stand_where_they_stand_among_all(plane):
    whole = plane.axis(["left", "up"], ["right"]).set_index("label")["position"]
    some = plane.axis(["left", "up"], ["right"], labels=["beyond"]).set_index("label")["position"]
    assert some["beyond"] == pytest.approx(whole["beyond"], abs=1e-6)


def test_an_axis_needs_two_different_ends(plane):
    with pytest.raises(SettingsError, match="at least one word at each end"):
        plane.axis([], ["right"])
    with pytest.raises(SettingsError, match="the same point"):
        plane.axis(["right"], ["right"])
