import numpy as np
import pytest

from embedviz.core.errors import SettingsError, UnknownLabelError
from embedviz.space import EmbeddingSpace


@pytest.fixture
def court():
    """Axes: royal, male, female."""
    labels = ["king", "queen", "man", "woman", "table"]
    vectors = np.array([[2, 2, 0], [3, 0, 3], [0, 1, 0], [0, 0, 5], [-1, 0, 0]], np.float32)
    return EmbeddingSpace(labels, vectors)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_king_minus_man_plus_woman_is_queen(court, method):
    found = court.analogy(["king", "woman"], ["man"], k=1, method=method)
    assert found["label"].tolist() == ["queen"]


def test_3cosadd_is_the_cosine_with_the_sum_of_unit_vectors(court):
    found = court.analogy(["king", "woman"], ["man"], k=1)
    target = np.array([np.sqrt(0.5), np.sqrt(0.5) - 1, 1])
    queen = np.array([1, 0, 1]) / np.sqrt(2)
    assert found["similarity"].iloc[0] == pytest.approx(target @ queen / np.linalg.norm(target), abs=1e-6)


def test_3cosmul_multiplies_and_divides_shifted_similarities(court):
    found = court.analogy(["king", "woman"], ["man"], k=1, method="3cosmul")
    to_king, to_woman, to_man = 0.5, np.sqrt(0.5), 0.0
    expected = (to_king + 1) / 2 * (to_woman + 1) / 2 / ((to_man + 1) / 2 + 0.001)
    assert found["similarity"].iloc[0] == pytest.approx(expected, abs=1e-6)


def test_inputs_are_left_out_unless_asked_for(court):
    assert not set(court.analogy(["king", "woman"], ["man"])["label"]) & {"king", "woman", "man"}
    with_inputs = court.analogy(["king", "woman"], ["man"], include_inputs=True)
    assert set(with_inputs["label"]) == set(court.labels)


def test_an_analogy_needs_a_positive_word_that_exists_and_a_known_formula(court):
    with pytest.raises(SettingsError, match="positive side"):
        court.analogy([], ["man"])
    with pytest.raises(UnknownLabelError, match="Did you mean queen"):
        court.analogy(["qeen"])
    with pytest.raises(SettingsError, match="3cosadd or 3cosmul"):
        court.analogy(["king"], method="3cosdiv")
