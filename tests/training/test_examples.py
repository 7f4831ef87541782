import numpy as np

from embedviz.data.splits import Split, SplitMethod
from embedviz.training import examples
from embedviz.training.examples import (
    beginning,
    class_outcomes,
    draw_examples,
    drawn_notes,
    example_share,
    number_outcomes,
    part_names,
    short_texts,
    text_labels,
)


def test_all_examples_are_shown_where_there_is_room():
    assert draw_examples(20_000, 100, seed=0).tolist() == list(range(20_000))
    assert drawn_notes(20_000, 20_000, "rows", 0) == []
    assert example_share(20_000) == 1


def test_more_are_drawn_evenly_by_the_seed_in_their_order():
    drawn = draw_examples(100_000, 100, seed=3)
    assert len(np.unique(drawn)) == 20_000
    assert (np.diff(drawn) > 0).all()
    assert np.abs(np.bincount(drawn // 10_000) - 2000).max() < 250
    assert np.array_equal(drawn, draw_examples(100_000, 100, seed=3))
    assert not np.array_equal(drawn, draw_examples(100_000, 100, seed=4))
    assert drawn_notes(20_000, 100_000, "rows", 3) == ["20,000 of the 100,000 rows, drawn evenly with the seed 3."]
    assert example_share(100_000) == 0.2


def test_wide_vectors_are_fewer_so_that_the_memory_is_bounded():
    assert len(draw_examples(20_000, 5000, seed=0)) * 5000 <= examples.MAX_NUMBERS
    assert len(draw_examples(20_000, 10**9, seed=0)) == 1


def test_labels_are_short_beginnings_between_words():
    text = "A film  of\nmany " + "words " * 30
    assert beginning("short") == "short"
    assert beginning(text) == "A film of many words words words words words words words…"
    assert len(beginning(text)) <= examples.MAX_LABEL_CHARACTERS + 1
    assert beginning("x" * 100) == "x" * 60 + "…"


def test_texts_that_begin_alike_get_distinct_labels():
    texts = ["good", "bad", "good", "", "good (row 1)", "bad (row 9)"]
    labels = text_labels(texts, [1, 2, 3, 4, 5, 6], "row")
    assert labels == ["good (row 1)", "bad", "good (row 3)", "row 4", "good (row 1) (row 5)", "bad (row 9)"]


def test_very_long_texts_are_cut():
    short, long = short_texts(["short", "x" * 100_000])
    assert short == "short"
    assert len(long) == examples.MAX_TEXT_CHARACTERS + 1


def test_parts_are_named_as_people_call_them():
    split = Split.of(np.array([0, 1, 2, 0]), method=SplitMethod.RANDOM, seed=0)
    assert part_names(split, np.array([1, 2, 3])).tolist() == ["validation", "test", "training"]


def test_outcomes_of_classes_say_what_was_right():
    found = class_outcomes(np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([0, 0]), ["yes", "no"])
    assert {name: values.tolist() for name, values in found.items() if name != "confidence"} == {
        "target": ["yes", "yes"],
        "prediction": ["yes", "no"],
        "right or wrong": ["right", "wrong"],
    }
    assert np.allclose(found["confidence"], [0.7, 0.6])


def test_outcomes_of_numbers_say_how_far_off_they_are():
    found = number_outcomes(np.array([3.0, 5.0]), np.array([1.0, 6.0]))
    assert found["error"].tolist() == [2.0, -1.0]
