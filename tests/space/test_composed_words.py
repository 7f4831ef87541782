"""Words outside the vocabulary, whose vectors are composed from character n-grams, in every question of a space."""

import numpy as np
import pytest

from embedviz.core.errors import UnknownLabelError
from embedviz.project_space import project
from embedviz.space import EmbeddingSpace
from embedviz.space.formula import formula
from embedviz.space.subwords import Subwords

ESTIMATE = "{!r} is not among the 4 words; its vector is an estimate, composed from its character n-grams."
RNG = np.random.default_rng(0)
SUBWORDS = Subwords(RNG.normal(size=(50, 5)).astype(np.float32), 3, 6)


@pytest.fixture
def space():
    words = ["king", "queen", "car", "bus"]
    return EmbeddingSpace(words, RNG.normal(size=(4, 5)).astype(np.float32), subwords=SUBWORDS)


@pytest.fixture
def with_kingz(space):
    """The same words, and the composed one in the vocabulary, last."""
    vectors = np.concatenate([space.vectors, space.compose("kingz")[None]])
    return EmbeddingSpace([*space.labels, "kingz"], vectors)


def test_a_composed_word_is_compared_as_if_it_were_in_the_vocabulary(space, with_kingz):
    found, expected = space.compare("king", "kingz", k=3), with_kingz.compare("king", "kingz", k=3)
    for name in ("cosine", "euclidean", "dot", "rank_of_b", "rank_of_a"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-6), name
    assert found.composed == ESTIMATE.format("kingz")
    assert space.compare("king", "queen").composed == ""


def test_the_first_of_two_may_be_composed(space, with_kingz):
    found, expected = space.compare("kingz", "car", k=3), with_kingz.compare("kingz", "car", k=3)
    assert (found.rank_of_a, found.rank_of_b) == (expected.rank_of_a, expected.rank_of_b)
    assert found.shared["label"].tolist() == expected.shared["label"].tolist()


def test_two_composed_words_rank_among_the_vocabulary_alone(space):
    found = space.compare("kingz", "carz", k=4)
    cosines = space.neighbors("kingz", 4)["similarity"]
    assert found.rank_of_b == int((cosines > found.cosine).sum()) + 1
    assert found.composed == " ".join([ESTIMATE.format("kingz"), ESTIMATE.format("carz")])
    assert len(found.shared) == 4  # neither is in the vocabulary, so every word of it is a neighbour of both


def test_a_composed_word_ranks_behind_words_that_are_as_near():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    space = EmbeddingSpace(["a", "b", "c"], vectors, subwords=Subwords(np.array([[2, 0]], np.float32), 3, 6))
    assert space.compare("a", "word").rank_of_b == 2
    assert space.compare("c", "word").rank_of_b == 3


def test_the_odd_one_out_may_be_composed_and_is_marked(space, with_kingz):
    words = ["king", "kingz", "car"]
    found = space.odd_one_out(words)
    np.testing.assert_allclose(found["similarity"], with_kingz.odd_one_out(words)["similarity"], atol=1e-6)
    assert found["label"].tolist() == with_kingz.odd_one_out(words)["label"].tolist()
    assert found.attrs["composed"] == ESTIMATE.format("kingz")
    assert "composed" not in space.odd_one_out(["king", "queen", "car"]).attrs


def test_poles_and_placed_words_of_an_axis_may_be_composed_and_are_marked(space, with_kingz):
    asked = (["kingz"], ["car"], ["king", "queen", "kingz"])
    found, expected = space.axis(*asked), with_kingz.axis(*asked)
    assert found["label"].tolist() == expected["label"].tolist()
    np.testing.assert_allclose(found["position"], expected["position"], atol=1e-6)
    assert found.attrs["composed"] == ESTIMATE.format("kingz")
    assert "composed" not in space.axis(["king"], ["car"]).attrs


def test_a_placed_composed_word_has_no_values_in_the_columns_of_the_space():
    space = EmbeddingSpace(
        ["a", "b"], np.eye(2, dtype=np.float32), subwords=Subwords(np.ones((3, 2), np.float32), 3, 6)
    )
    space.columns["count"] = [5, 3]
    found = space.axis(["a"], ["b"], ["word", "b"]).set_index("label")
    assert found["count"]["b"] == 3
    assert np.isnan(found["count"]["word"])


def test_a_formula_takes_composed_words_and_names_them(space):
    found = formula(space, "kingz - car")
    vectors = [space.vector(word).astype(np.float64) for word in ("kingz", "car")]
    expected = vectors[0] / np.linalg.norm(vectors[0]) - vectors[1] / np.linalg.norm(vectors[1])
    np.testing.assert_allclose(found.vector, expected, atol=1e-6)
    assert [(match.term, match.is_composed) for match in found.matched] == [("kingz", True), ("car", False)]
    assert found.composed == ESTIMATE.format("kingz")


def test_a_map_along_composed_words_says_so(space):
    drawn = project(space, "axes", x_axis="kingz - car", y_axis="king")
    assert drawn.frame(space).attrs["composed"] == ESTIMATE.format("kingz")
    assert "composed" not in project(space, "axes", x_axis="queen", y_axis="king").frame(space).attrs


def test_without_ngrams_they_stay_unknown(space):
    plain = EmbeddingSpace(space.labels, space.vectors)
    for ask in (
        lambda: plain.compare("king", "kingz"),
        lambda: plain.odd_one_out(["king", "kingz", "car"]),
        lambda: plain.axis(["kingz"], ["car"]),
        lambda: plain.axis(["king"], ["car"], ["kingz"]),
        lambda: formula(plain, "kingz - car"),
    ):
        with pytest.raises(UnknownLabelError, match="Did you mean king"):
            ask()
