import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from embedviz.evaluation.classification import calibration, class_scores, confusion, majority_accuracy
from embedviz.evaluation.regression import error_scores

RNG = np.random.default_rng(0)
CODES = RNG.integers(0, 4, 300)
LOGITS = RNG.normal(size=(300, 5)) + 2 * np.eye(5)[CODES]
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(1, keepdims=True)


def test_scores_are_scikit_learns():
    scores = class_scores(PROBABILITIES, CODES)
    predicted = PROBABILITIES.argmax(1)
    assert scores["accuracy"] == pytest.approx(accuracy_score(CODES, predicted))
    assert scores["log_loss"] == pytest.approx(log_loss(CODES, PROBABILITIES, labels=range(5)))
    assert scores["macro_f1"] == pytest.approx(f1_score(CODES, predicted, labels=range(4), average="macro"))


def test_the_confusion_adds_up_to_the_rows():
    frame = confusion(PROBABILITIES, CODES, list("abcde"))
    assert frame["rows"].sum() == 300
    right = frame[frame["true"] == frame["predicted"]]["rows"].sum()
    assert right / 300 == class_scores(PROBABILITIES, CODES)["accuracy"]


def test_calibration_of_a_sure_and_wrong_model_shows():
    sure = np.tile([0.99, 0.01], (100, 1))
    frame = calibration(sure, np.r_[np.zeros(50, int), np.ones(50, int)])
    assert frame["rows"].sum() == 100
    assert np.allclose(frame["confidence"], 0.99)
    assert np.average(frame["accuracy"], weights=frame["rows"]) == 0.5


def test_the_majority_is_the_training_parts():
    assert majority_accuracy(np.array([1, 1, 0]), np.array([0, 0, 1, 0])) == 0.25


def test_errors_by_hand():
    scores = error_scores(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    assert scores["rmse"] == pytest.approx(np.sqrt(2.5))
    assert scores["mae"] == pytest.approx(1.5)
    assert scores["r2"] == pytest.approx(1 - 5 / 2)
