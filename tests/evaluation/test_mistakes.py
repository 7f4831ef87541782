import numpy as np
import pandas as pd

from embedviz.evaluation.mistakes import mistakes_sentence, worst_predictions
from embedviz.space import EmbeddingSpace


def space(columns, notes=()):
    labels = list("abcde")[: len(next(iter(columns.values())))]
    return EmbeddingSpace(
        labels, np.ones((len(labels), 2), np.float32), pd.DataFrame(columns), "text", notes=notes, kind="text"
    )


CLASSES = {
    "target": ["x", "x", "y", "y", "x"],
    "prediction": ["y", "y", "x", "y", "y"],
    "confidence": [0.6, 0.9, 0.7, 0.8, 0.99],
    "right or wrong": ["wrong", "wrong", "wrong", "right", "wrong"],
    "part": ["test", "test", "test", "test", "training"],
}


def test_mistakes_of_the_test_part_come_the_most_confident_first():
    found = worst_predictions(space(CLASSES))
    assert found["label"].tolist() == ["b", "c", "a"]
    assert list(found) == ["label", "target", "prediction", "confidence"]
    assert mistakes_sentence(space(CLASSES), "texts").startswith("Of 4 texts of the test set, 3 are predicted wrongly.")


def test_the_largest_errors_of_numbers_come_first():
    numbers = space({"target": [1.0, 2, 3], "prediction": [2.0, -3, 3], "error": [1.0, -5, 0], "part": ["test"] * 3})
    assert worst_predictions(numbers)["label"].tolist() == ["b", "a", "c"]
    assert mistakes_sentence(numbers, "rows") == "The rows of the test set, those with the largest errors first."


def test_a_space_of_drawn_examples_says_so():
    drawn = space(CLASSES, notes=["5 of the 50 texts, drawn evenly with the seed 0."])
    assert mistakes_sentence(drawn, "texts").endswith("come first. 5 of the 50 texts, drawn evenly with the seed 0.")


def test_without_predictions_there_are_no_mistakes():
    assert worst_predictions(space({"part": ["test"] * 3})) is None
    assert worst_predictions(space({name: CLASSES[name] for name in ("target", "right or wrong")})) is None
