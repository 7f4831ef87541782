import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from embedviz.core.generators import result_of
from embedviz.data.classes import class_numbers
from embedviz.data.splits import Split, SplitMethod
from embedviz.evaluation.baselines import majority_baseline
from embedviz.evaluation.classification import (
    calibration,
    class_scores,
    confusion,
    evaluate_classes,
    majority_scores,
    ordered_detail,
)
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
    assert majority_scores(np.array([1, 1, 0]), np.array([0, 0, 1, 0])) == {"accuracy": 0.25}


STARS = ["5", "1", "2"]  # classes stand in the order of their rows, not of their numbers


def test_the_absolute_error_is_between_the_numbers_of_the_classes():
    sure = np.eye(3)[[0, 0, 1, 2]]  # 5, 5, 1, 2 stars
    scores = class_scores(sure, np.array([0, 1, 2, 2]), class_numbers(STARS))  # truly 5, 1, 2, 2
    assert scores["mae"] == pytest.approx((0 + 4 + 1 + 0) / 4)
    assert "mae" not in class_scores(sure, np.array([0, 1, 2, 2]))


def test_the_median_of_the_probabilities_has_the_smallest_expected_absolute_error():
    numbers = class_numbers(["1", "2", "3", "4", "5"])
    for probabilities in np.random.default_rng(0).dirichlet(np.ones(5) / 2, 50):
        expected = [probabilities @ np.abs(numbers - number) for number in numbers]
        median = np.searchsorted(probabilities.cumsum(), 0.5)
        assert expected[median] == pytest.approx(min(expected))


@pytest.mark.parametrize("names", [["0", "1"], ["good", "2", "3"], ["1", "2", "2.0"], ["1", "inf", "2"]])
def test_classes_that_are_no_scale_have_no_absolute_error(names):
    assert class_numbers(names) is None
    assert ordered_detail(names) == ""


def test_the_trivial_baseline_and_the_model_have_their_absolute_errors():
    codes = np.array([0, 0, 1, 2, 1, 0])
    split = Split.of(np.array([0, 0, 0, 1, 2, 2], np.int8), method=SplitMethod.RANDOM, seed=0)
    predictions = {"validation": np.eye(3)[[2]], "test": np.eye(3)[[2, 0]]}
    metrics, _ = evaluate_classes(predictions, codes, split, STARS)
    assert (metrics["validation/mae"], metrics["test/mae"]) == (0, 0.5)  # 2 for 1 star, 5 for 5
    assert metrics["baseline/mae"] == 2  # always 5
    majority = result_of(majority_baseline(split, codes, STARS).measure())
    assert majority["test/mae"] == metrics["baseline/mae"]
    assert ordered_detail(STARS) == "1 to 5"
    assert not any("mae" in name for name in evaluate_classes(predictions, codes, split, ["a", "b", "c"])[0])


def test_errors_by_hand():
    scores = error_scores(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    assert scores["rmse"] == pytest.approx(np.sqrt(2.5))
    assert scores["mae"] == pytest.approx(1.5)
    assert scores["r2"] == pytest.approx(1 - 5 / 2)
