"""The table of scores and its words, from metrics, baselines and repeats."""

from dataclasses import replace

import numpy as np
import pytest

from embedviz.data.splits import SplitMethod
from embedviz.evaluation.repeats import Repeat, RepeatedScores
from embedviz.evaluation.score_rows import row_label
from embedviz.evaluation.score_sentences import comparison_sentence, protocol_sentences, protocol_table, result_sentence
from embedviz.evaluation.score_table import Significance, display_table, number_table, primary_values, score_table
from embedviz.evaluation.scores import BaselineScore
from embedviz.training.report import Protocol


def baselines(metric="accuracy", **values):
    return [BaselineScore(name, {f"test/{metric}": value}, 1.0, 3e8) for name, value in values.items()]


def repeats(*values, metric="accuracy", planned=None):
    rows = [Repeat("x", {f"test/{metric}": value}, 10.0) for value in values]
    return [RepeatedScores("folds", planned or len(values), rows)]


def labels(table):
    return [row_label(row) for row in table.rows]


def test_the_best_is_sought_among_what_was_measured_on_the_test_set():
    metrics = {"test/accuracy": 0.8, "validation/accuracy": 0.99, "baseline/accuracy": 0.5}
    table = score_table(
        metrics, "accuracy", baselines=baselines(trees=0.85, words=0.7), repeats=repeats(0.9, 0.92), seconds=12.0
    )
    assert [labels(table)[i] for i in table.best] == ["trees"]
    shown = display_table(table)
    assert list(shown["accuracy"]) == ["0.800", "0.990", "0.500", "0.850 (best)", "0.700", "0.910 ± 0.014"]
    assert list(shown["seconds"]) == ["12.0", "", "", "1.0", "1.0", "10.0"]
    numbers = number_table(table)
    assert numbers["accuracy, standard deviation"].iloc[-1] == pytest.approx(np.std([0.9, 0.92], ddof=1))
    assert numbers["accuracy"].iloc[0] == 0.8


def test_of_an_error_the_smallest_is_best():
    table = score_table(
        {"test/rmse": 1200.5, "baseline/rmse": 1500.0}, "rmse", baselines=baselines("rmse", trees=1300.0)
    )
    assert table.best == [0]
    assert list(display_table(table)["RMSE"]) == ["1,200.5 (best)", "1,500.0", "1,300.0"]
    sentence = comparison_sentence(table.comparison())
    assert "trees, reaches RMSE 1,300.0; this run is 99.500 better" in sentence


def test_the_comparison_sets_the_difference_against_the_deviation():
    metrics = {"test/accuracy": 0.8, "baseline/accuracy": 0.5}
    assert score_table(metrics, "accuracy").comparison() is None
    assert comparison_sentence(None) == ""
    near = score_table(metrics, "accuracy", baselines=baselines(trees=0.79, words=0.7)).comparison()
    assert near.significance is Significance.UNKNOWN
    assert "this run is 0.010 better. Repeat the training to see" in comparison_sentence(near)
    varied = repeats(0.78, 0.80, 0.82)
    near = score_table(metrics, "accuracy", baselines=baselines(trees=0.79), repeats=varied).comparison()
    assert near.significance is Significance.WITHIN_NOISE
    assert "varies by ± 0.020 from seed to seed, so this is no more than chance" in comparison_sentence(near)
    far = score_table(metrics, "accuracy", baselines=baselines(trees=0.9), repeats=varied).comparison()
    assert far.significance is Significance.SIGNIFICANT
    assert far.advantage == pytest.approx(-0.1)
    assert "0.100 worse" in comparison_sentence(far)
    assert "so this is more than chance" in comparison_sentence(far)


def test_two_repeats_are_too_few_for_a_deviation():
    table = score_table({"test/accuracy": 0.8}, "accuracy", repeats=repeats(0.7, 0.9))
    assert table.deviation is None


def test_without_a_test_set_the_validation_set_counts():
    metrics = {"validation/accuracy": 0.8, "baseline/accuracy": 0.5}
    table = score_table(metrics, "accuracy")
    assert labels(table) == ["This run, validation set", "Trivial baseline"]
    assert table.best == [0]
    assert primary_values(metrics, "accuracy") == (0.8, 0.5)
    assert result_sentence(metrics, "accuracy") == "No test set was held out."


def test_the_primary_score_comes_first_and_an_unlisted_one_last():
    table = score_table({"test/new_score": 1.0, "test/accuracy": 0.8, "test/log_loss": 0.5}, "log_loss")
    assert table.names == ["log_loss", "accuracy", "new_score"]
    assert list(display_table(table).columns[1:4]) == ["log loss", "accuracy", "new score"]


def test_the_protocol_is_put_into_words():
    protocol = Protocol(
        SplitMethod.STRATIFIED, 3, "texts", {"train": 1480, "validation": 0, "test": 60}, None,
        {"epochs": 4, "empty_texts": 0, "rate": 0.25, "target": "mood", "shared": True},
    )  # fmt: skip
    assert protocol_sentences(protocol, "CPU") == [
        "Split by row, every class in proportion, seed 3, before anything was learned.",
        "1,480 training texts, 60 test texts.",
        "Epochs: 4.",
        "Rate: 0.25.",
        "Target: mood.",
        "Shared: yes.",
        "Trained on CPU.",
    ]
    folds = Protocol(SplitMethod.FOLD, 0, "rows", {"train": 8, "test": 2}, (1, 5))
    assert protocol_sentences(folds)[0] == "Split into folds, fold 2 of 5, seed 0, before anything was learned."
    assert protocol_sentences(None) == []


def test_the_protocol_is_a_table_too():
    details = {"epochs": 4, "empty_texts": 0, "ordered_classes": "1 to 5", "selection_metric": "validation/log_loss"}
    protocol = Protocol(SplitMethod.STRATIFIED, 3, "texts", {"train": 1480, "validation": 0, "test": 60}, None, details)
    *rows, (what, sentence), selected, device = protocol_table(protocol, "CPU").itertuples(index=False, name=None)
    assert rows == [
        ("split", "Split by row, every class in proportion, seed 3, before anything was learned"),
        ("training set, texts", "1,480"),
        ("test set, texts", "60"),
        ("epochs", "4"),
    ]
    assert what == "note"
    assert sentence.startswith("The classes are ordered numbers (1 to 5)")
    assert selected == ("score that selected the best epoch", "the validation log loss")
    assert device == ("trained on", "CPU")


def test_a_split_that_a_column_gave_is_a_row_with_notes():
    protocol = Protocol(SplitMethod.GIVEN, 3, "texts", {"train": 3, "test": 1}, None, {}, "fold")
    assert protocol_table(protocol).to_numpy().tolist() == [
        ["split", "Published split (column “fold”): 3 training texts, 1 test texts"],
        ["note", "Repeats over seeds keep it."],
    ]


def test_a_split_that_a_column_gave_is_named_with_what_a_seed_changes():
    sizes = {"train": 3270, "validation": 545, "test": 1821}
    details = {"rows_without_part": 7, "test_rows_in_training": 2}
    protocol = Protocol(SplitMethod.GIVEN, 3, "texts", sizes, None, details, "fold {x}")
    assert protocol_sentences(protocol) == [
        "Published split (column “fold {x}”): 3,270 training texts, 545 validation texts, 1,821 test texts.",
        "Repeats over seeds keep it.",
        "Rows that belong to no part of the split, left out: 7.",
        "Rows of the test set that the training set has too: 2.",
    ]
    drawn = replace(protocol, method=SplitMethod.GIVEN_TEST, details={})
    assert protocol_sentences(drawn)[0].startswith(
        "Published split (column “fold {x}”), the validation set drawn from its training texts by seed 3: 3,270 training"
    )
    assert protocol_sentences(drawn)[1] == "Repeats over seeds keep its test set."
    untested = replace(protocol, sizes={"train": 3, "validation": 2, "test": 0})
    assert protocol_sentences(untested)[1].startswith(
        "There are no test rows: the scores are those of the validation set"
    )


def test_the_comparison_names_other_scores_by_which_a_baseline_is_ahead():
    rows = [
        BaselineScore("Biases alone", {"test/rmse": 0.8, "test/mae": 0.5}, 1.0),
        BaselineScore("Most popular", {"test/ndcg@10": 0.05, "test/mrr": 0.07}, 1.0),
    ]
    metrics = {"test/rmse": 0.7, "test/ndcg@10": 0.04, "test/mrr": 0.08, "test/mae": 0.5}
    sentence = comparison_sentence(score_table(metrics, "rmse", baselines=rows).comparison())
    assert "Biases alone, reaches RMSE 0.800" in sentence
    assert sentence.endswith("A baseline is ahead by other scores: NDCG@10 (Most popular, 0.050 against 0.040).")


def test_a_trained_baseline_replaces_the_trivial_one_of_the_same_scores():
    metrics = {"test/accuracy": 0.8, "baseline/accuracy": 0.5}
    assert "the same prediction for every row" in list(display_table(score_table(metrics, "accuracy"))["note"])
    same = score_table(metrics, "accuracy", baselines=baselines(Majority=0.5, trees=0.7))
    assert labels(same) == ["This run, test set", "Majority", "trees"]
    other = score_table(metrics, "accuracy", baselines=baselines(trees=0.7))
    assert "Trivial baseline" in labels(other)


def test_a_frame_of_repeats_ends_in_mean_and_deviation():
    [repeated] = repeats(0.7, 0.9, planned=5)
    frame = repeated.frame()
    assert list(frame["repeat"]) == ["x", "x", "mean", "standard deviation"]
    assert frame["test/accuracy"].tolist() == pytest.approx([0.7, 0.9, 0.8, np.std([0.7, 0.9], ddof=1)])
    table = score_table({"test/accuracy": 0.8}, "accuracy", repeats=[repeated])
    assert labels(table)[-1] == "This run, 2 of 5 folds"
    assert RepeatedScores("seeds", 3, []).frame().empty
