"""Baselines of a real small training, on the split that the training had."""

import pytest

import embedviz as ev
from embedviz.core.errors import RunError
from embedviz.core.jobs.reporter import Control
from embedviz.evaluation.score_table import display_table
from embedviz.jobs.baselines import Baselines, baselines_of
from embedviz.jobs.perform import perform
from embedviz.jobs.registry import declaration
from embedviz.jobs.scores import scores_of

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, tweets):
    path = tmp_path / "tweets.csv"
    tweets.to_csv(path, index=False)
    return ev.train(
        "sentiment", path, columns={"text": "tweet", "label": "mood"}, vectors="none", dim=8, encoder="mean", epochs=1,
        linear_term=False, deterministic=True, seed=3,
    )  # fmt: skip


def test_they_are_measured_on_the_test_part_of_the_run(run):
    frame = run.baselines()
    assert list(frame["name"]) == ["Majority", "TF-IDF"]
    assert frame["test/accuracy"][0] == pytest.approx(run.metrics["baseline/accuracy"])
    assert frame["test/accuracy"][1] > 0.9
    assert (frame["memory_bytes"] > 10e6).all()
    assert (frame["seconds"] > 0).all()


def test_they_are_kept_and_not_trained_again(run):
    first = run.baselines()
    messages = []
    again = run.baselines(messages.append)
    assert messages == []
    assert again.equals(first)


def test_stop_keeps_those_that_are_done(run):
    control, job = Control(), baselines_of(run)

    def stop_after_the_first(progress):
        if progress.message == "Majority is measured":
            control.request_stop()

    assert perform(job, control, stop_after_the_first) == "stopped"
    assert [row.name for row in job.rows] == ["Majority"]
    assert perform(job) == "done"
    assert [row.name for row in job.rows] == ["Majority", "TF-IDF"]


def test_they_wait_with_the_trainings_not_with_the_maps(run):
    assert declaration(baselines_of(run).kind).lane == "training"


def test_data_that_went_away_is_reported(run, tmp_path):
    (tmp_path / "tweets.csv").unlink()
    with pytest.raises(RunError, match="no longer exists"):
        run.baselines()


def test_a_model_without_baselines_says_so(two_topics, tmp_path):
    path = tmp_path / "t.txt"
    path.write_text(two_topics)
    run = ev.train("skipgram", path, dim=4, epochs=1, min_count=1)
    with pytest.raises(RunError, match="no baselines"):
        run.baselines()
    assert Baselines.at(run) is None
    table = scores_of(run)
    assert list(display_table(table)["model"]) == ["This run, test set", "This run, validation set", "Trivial baseline"]
    assert table.comparison() is None
