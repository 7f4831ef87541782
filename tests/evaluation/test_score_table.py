"""The scores table from what is on disk: a run with metrics, baselines and repeats as their jobs write them."""

import json
from dataclasses import asdict

import pytest

from embedviz.core.errors import RunError
from embedviz.core.files import write_json
from embedviz.core.jobs.status import Status, write_status
from embedviz.evaluation.score_table import main_score, score_table
from embedviz.evaluation.scores import BaselineScore
from embedviz.jobs.baselines import ROWS, baselines_of
from embedviz.jobs.repeats import Repeat, repeats_of
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

PROTOCOL = {
    "split": "by row, seed 0",
    "training texts": 480,
    "test texts": 60,
    "epochs": 4,
    "empty": 0,
    "left out": "1 text.",
}


@pytest.fixture
def run():
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.csv", [b"text,label\na,b\n"])
    run = store.create_training("sentiment", dataset, {})
    write_status(run.folder, Status("done"))
    return run


def scored(run, metrics, score="accuracy"):
    record = {"score": score, "seconds": 12.0, "memory_bytes": 500e6, "protocol": PROTOCOL, "device": "CPU"}
    (run.folder / "metrics.json").write_text(json.dumps({"metrics": metrics, "record": record}))
    return run


def with_baselines(run, **accuracy):
    rows = [BaselineScore(name, {f"test/{run.record['score']}": a}, 1.0, 3e8) for name, a in accuracy.items()]
    write_json(baselines_of(run).folder / ROWS, {"rows": [asdict(row) for row in rows]})


def with_repeats(run, *values):
    repeats = repeats_of(run, "folds", len(values))
    for value, (_, file) in zip(values, repeats.planned(), strict=True):
        write_json(file, asdict(Repeat("x", {f"test/{run.record['score']}": value}, 10.0)))


def test_the_best_is_sought_among_what_was_measured_on_the_test_part(run):
    scored(run, {"test/accuracy": 0.8, "validation/accuracy": 0.99, "baseline/accuracy": 0.5})
    with_baselines(run, trees=0.85, words=0.7)
    with_repeats(run, 0.9, 0.92)
    table = score_table(run)
    assert [table.frame["what"][i] for i in table.best] == ["trees"]
    assert list(table.shown()["accuracy"]) == [
        "0.800", "0.990", "0.500", "0.850 (best)", "0.700", "0.910 ± 0.014",
    ]  # fmt: skip


def test_of_an_error_the_smallest_is_best(run):
    scored(run, {"test/rmse": 1200.5, "baseline/rmse": 1500.0}, "rmse")
    with_baselines(run, trees=1300.0)
    table = score_table(run)
    assert table.best == [0]
    assert list(table.shown()["root mean squared error"]) == ["1,200.5 (best)", "1,500.0", "1,300.0"]
    assert "Trees" not in table.verdict()
    assert "trees, reaches root mean squared error 1,300.0: this run is 99.500 better" in table.verdict()


def test_the_verdict_sets_the_difference_against_the_deviation(run):
    scored(run, {"test/accuracy": 0.8, "baseline/accuracy": 0.5})
    assert score_table(run).verdict() == ""
    with_baselines(run, trees=0.79, words=0.7)
    assert (
        "this run is 0.010 better. Whether that is more than chance, repeats would say." in score_table(run).verdict()
    )
    with_repeats(run, 0.78, 0.80, 0.82)
    assert "varies by ± 0.020, so this is no more than chance" in score_table(run).verdict()
    with_baselines(run, trees=0.9)
    assert "0.100 worse" in score_table(run).verdict()
    assert "so this is more than chance" in score_table(run).verdict()


def test_without_a_test_part_the_validation_part_counts(run):
    scored(run, {"validation/accuracy": 0.8, "baseline/accuracy": 0.5})
    table = score_table(run)
    assert list(table.frame["what"]) == ["This run, validation part", "Knowing nothing"]
    assert table.best == [0]
    assert main_score(run) == ("accuracy 0.800", "0.500")


def test_the_main_score_comes_first_and_an_unlisted_one_last(run):
    scored(run, {"test/new_score": 1.0, "test/accuracy": 0.8, "test/log_loss": 0.5}, "log_loss")
    assert score_table(run).titles == ["log loss", "accuracy", "new score"]


def test_the_protocol_is_in_words(run):
    scored(run, {"test/accuracy": 0.8})
    assert score_table(run).protocol == [
        "Split by row, seed 0, before anything was learned.",
        "480 training texts, 60 test texts.",
        "Epochs: 4.",
        "Left out: 1 text.",
        "Trained on CPU.",
    ]


def test_a_run_without_scores_says_why(run):
    with pytest.raises(RunError, match="has no scores: its training is done"):
        score_table(run)
    assert main_score(run) == ("", "")


def test_the_verdict_says_by_which_other_scores_a_baseline_is_ahead(run):
    scored(run, {"test/rmse": 0.7, "test/ndcg@10": 0.04, "test/mrr": 0.08, "test/mae": 0.5}, "rmse")
    rows = [
        BaselineScore("Biases alone", {"test/rmse": 0.8, "test/mae": 0.5}, 1.0),
        BaselineScore("Most popular", {"test/ndcg@10": 0.05, "test/mrr": 0.07}, 1.0),
    ]
    write_json(baselines_of(run).folder / ROWS, {"rows": [asdict(row) for row in rows]})
    verdict = score_table(run).verdict()
    assert "Biases alone, reaches root mean squared error 0.800" in verdict
    assert verdict.endswith("By other scores a baseline is ahead of it: NDCG@10 (Most popular, 0.050 against 0.040).")


def test_what_a_trained_baseline_says_is_not_said_twice(run):
    scored(run, {"test/accuracy": 0.8, "baseline/accuracy": 0.5})
    assert "the same answer for everybody" in list(score_table(run).frame["note"])
    with_baselines(run, Majority=0.5, trees=0.7)
    assert list(score_table(run).frame["what"]) == ["This run, test part", "Majority", "trees"]
    with_baselines(run, trees=0.7)
    assert "Knowing nothing" in list(score_table(run).frame["what"])
