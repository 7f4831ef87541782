import numpy as np
import pytest

from embedviz.evaluation.example_labels import (
    FUNCTION_WORDS,
    example_analogy,
    example_odd_one_out,
    example_pair,
)
from embedviz.space import EmbeddingSpace


def space_of(labels, kind="word", seed=0):
    return EmbeddingSpace(labels, np.random.default_rng(seed).normal(size=(len(labels), 8)), kind=kind)


def two_groups(kind):
    """Labels a0 … a4 on one axis and b0 … b4 on the other; a3 and a4 as well as b3 and b4 are each other's nearest."""
    angles = [0.0, 0.2, 0.3, 0.02, 0.01]
    vectors = [[np.cos(x), np.sin(x)] for x in angles] + [[-np.cos(x), -np.sin(x)] for x in angles]
    labels = [f"{group}{i}" for group in "ab" for i in range(5)]
    return EmbeddingSpace(labels, np.array(vectors, np.float32), kind=kind)


def test_known_words_come_first():
    words = ["the", "of", "and", "man", "woman", "king", "queen", "bread", "prince", "table"]
    assert example_pair(space_of(words)) == ("king", "queen")
    assert example_analogy(space_of(words)) == ("man", "woman", "king")
    assert example_odd_one_out(space_of(words)) == ["king", "queen", "prince", "bread"]


def test_the_answer_to_a_known_analogy_is_in_the_space():
    assert example_analogy(space_of(["man", "woman", "king", "father", "mother", "son", "daughter"])) == (
        "father",
        "mother",
        "son",
    )


def test_words_are_written_as_the_space_has_them():
    assert example_pair(space_of(["King", "queen", "king"])) == ("king", "queen")


@pytest.mark.parametrize("kind", ["item", "word"])
def test_other_labels_are_frequent_neighbours_that_exist(kind):
    space = two_groups(kind)
    a, b, c = example_analogy(space)
    assert a[0] == b[0]
    assert len({a, b, c}) == 3
    assert all(label in space for label in (a, b, c))
    *alike, odd = example_odd_one_out(space)
    assert len(set(alike)) == 3
    assert {label[0] for label in alike} == {"a"}
    assert odd[0] == "b"


def test_frequent_neighbours_are_each_others_nearest():
    space = two_groups("item")
    a, b = example_pair(space)
    assert space.neighbors(a, 1)["label"].tolist() == [b]
    assert space.neighbors(b, 1)["label"].tolist() == [a]


def test_a_film_that_is_called_king_is_no_example_of_a_word():
    assert example_pair(space_of(["x", "king", "queen", "y", "z"], kind="item", seed=3)) != ("king", "queen")


def test_function_words_of_an_unknown_language_are_left_out():
    space = space_of([f"w{i}" for i in range(20 * FUNCTION_WORDS)])
    assert int(example_pair(space)[0][1:]) >= FUNCTION_WORDS


@pytest.mark.parametrize("n", [1, 2, 3])
def test_tiny_spaces_have_examples_too(n):
    space = space_of([f"v{i}" for i in range(n)], kind="value")
    assert all(label in space for label in (*example_pair(space), *example_analogy(space), *example_odd_one_out(space)))
