import numpy as np
import pandas as pd

from embedviz.evaluation.classification import calibration
from embedviz.evaluation.figure_sentences import (
    calibration_sentence,
    confusion_sentence,
    largest_confusions,
)


def confused(pairs):
    names = ["cat", "dog", "owl"]
    frame = pd.DataFrame([(a, b, 0) for a in names for b in names], columns=["true", "predicted", "rows"])
    for (a, b), rows in pairs.items():
        frame.loc[(frame["true"] == a) & (frame["predicted"] == b), "rows"] = rows
    return frame


def test_the_hardest_class_and_the_largest_confusion_are_named():
    frame = confused({("cat", "cat"): 8, ("cat", "dog"): 2, ("dog", "dog"): 3, ("dog", "owl"): 5, ("owl", "owl"): 9})
    sentence = confusion_sentence(frame)
    assert "on the diagonal: 20 of 27 rows." in sentence
    assert "“dog” has the lowest recall: 38% of its 8 rows" in sentence
    assert "“dog” predicted as “owl”: 5 rows" in sentence
    assert largest_confusions(frame)[["true", "predicted", "rows"]].to_numpy().tolist() == [
        ["dog", "owl", 5],
        ["cat", "dog", 2],
    ]
    assert np.allclose(largest_confusions(frame)["share"], [5 / 8, 0.2])


def test_a_class_that_is_never_answered_is_sentence():
    sentence = confusion_sentence(confused({("cat", "cat"): 8, ("dog", "cat"): 2, ("owl", "owl"): 1}))
    assert "never predicts “dog”:" in sentence


def test_a_perfect_model_has_nothing_confused():
    sentence = confusion_sentence(confused({("cat", "cat"): 1, ("dog", "dog"): 1, ("owl", "owl"): 1}))
    assert "predicted as" not in sentence
    assert largest_confusions(confused({("cat", "cat"): 1})).empty


def answered(confidence, right_share, n=2000, seed=0):
    """Two classes, each answer given with this confidence and right in this share of cases."""
    rng = np.random.default_rng(seed)
    sure = np.full(n, confidence) if np.isscalar(confidence) else rng.choice(confidence, n)
    right = rng.random(n) < (sure if right_share is None else right_share)
    return calibration(np.column_stack([sure, 1 - sure]), np.where(right, 0, 1))


def test_too_sure_too_unsure_and_just_right_are_distinguished():
    assert "overconfident" in calibration_sentence(answered(0.9, 0.8))
    assert "underconfident" in calibration_sentence(answered(0.7, 0.9))
    assert "well calibrated" in calibration_sentence(answered([0.6, 0.75, 0.9], None))


def test_a_gap_that_so_few_rows_give_by_chance_is_no_gap():
    few = pd.DataFrame({"confidence": [0.7, 0.9], "accuracy": [0.6, 0.9], "rows": [10, 10]})
    many = few.assign(rows=[10_000, 10_000])
    assert "well calibrated" in calibration_sentence(few)
    assert "overconfident" in calibration_sentence(many)


def test_errors_that_even_out_are_seen():
    frame = pd.DataFrame({"confidence": [0.6, 0.9], "accuracy": [0.8, 0.7], "rows": [5000, 5000]})
    assert "overconfident in some bins and underconfident in others, by 20%" in calibration_sentence(frame)
