"""Real small trainings, repeated over seeds and folds."""

import numpy as np
import pytest

import embedviz as ev
from embedviz.core.errors import EmbedvizError, RunError, SettingsError
from embedviz.core.jobs.reporter import Control
from embedviz.core.jobs.status import Status, write_status
from embedviz.evaluation.score_table import display_table, number_table
from embedviz.jobs.inline import run_inline
from embedviz.jobs.perform import perform
from embedviz.jobs.repeats import kept_repeats, left_to_train, repeats_of
from embedviz.jobs.scores import scores_of
from embedviz.store.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, two_topics):
    path = tmp_path / "t.txt"
    path.write_text(two_topics)
    return ev.train("skipgram", path, dim=4, epochs=2, min_count=1, subsample=0, deterministic=True, seed=7)


def test_mean_and_deviation_are_those_of_the_seeds(run):
    frame = run.repeat(seeds=3)
    assert list(frame["repeat"]) == ["seed 7", "seed 8", "seed 9", "mean", "standard deviation"]
    losses = frame["test/loss"][:3].to_numpy()
    assert len(set(losses)) == 3
    assert frame["test/loss"][3] == pytest.approx(losses.mean())
    assert frame["test/loss"][4] == pytest.approx(np.std(losses, ddof=1))
    assert losses[0] == run.metrics["test/loss"]  # the run itself is one of them


def test_a_run_that_did_not_run_its_course_is_trained_again(run):
    write_status(run.folder, Status("stopped"))
    assert left_to_train(run, "seeds", 2) == 2
    assert run.repeat(seeds=2)["test/loss"][0] == pytest.approx(run.metrics["test/loss"], rel=1e-6)


def test_more_seeds_train_only_the_new_ones(run):
    assert left_to_train(run, "seeds", 3) == 2
    first = run.repeat(seeds=3)
    assert left_to_train(run, "seeds", 5) == 2
    messages = []
    more = run.repeat(seeds=5, on_progress=lambda progress: messages.append(progress.message))
    assert more[:3].equals(first[:3])
    assert not any(message.startswith(("Seed 8", "Seed 9")) for message in messages)
    assert any(message.startswith("Seed 11") for message in messages)


def test_every_row_is_tested_once_over_the_folds(tmp_path, tweets):
    path = tmp_path / "tweets.csv"
    tweets.to_csv(path, index=False)
    run = ev.train(
        "sentiment", path, columns={"text": "tweet", "label": "mood"}, vectors="none", dim=8, encoder="mean", epochs=1,
        linear_term=False, deterministic=True,
    )  # fmt: skip
    frame = run.repeat(folds=2)
    assert list(frame["repeat"][:2]) == ["fold 1 of 2", "fold 2 of 2"]
    counted = frame["test/accuracy"][:2] * [300, 299]  # 599 texts with a label: whole numbers of right answers
    assert np.allclose(counted, counted.round(), atol=1e-6)
    assert frame["test/accuracy"][0] != run.metrics["test/accuracy"]


def test_stopped_it_keeps_what_is_done_and_goes_on_with_the_rest(run):
    control, job = Control(), repeats_of(run, "folds", 3)

    def stop_in_the_second(progress):
        if progress.message == "Fold 2 of 3: Training":
            control.request_stop()

    assert perform(job, control, stop_in_the_second) == "stopped"
    assert [row.name for row in job.rows] == ["fold 1 of 3"]
    first = job.rows[0]
    assert list(job.scores.frame()["repeat"]) == ["fold 1 of 3", "mean"]
    run_inline(job)
    assert [row.name for row in job.rows] == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]
    assert job.rows[0] == first


def test_the_progress_runs_over_all_of_them(run):
    shares = []
    run.repeat(seeds=3, on_progress=lambda progress: shares.append(progress.fraction))
    assert max(shares) > 0.99
    assert shares[1:] == sorted(shares[1:])


def test_the_table_has_their_mean_and_deviation_beside_the_run(run):
    run.repeat(seeds=2)
    table = scores_of(run)
    numbers = number_table(table)
    row = numbers[numbers["model"] == "This run, 2 seeds"].iloc[0]
    losses = [repeat.metrics["test/loss"] for repeat in kept_repeats(run)[0].rows]
    assert row["loss"] == pytest.approx(np.mean(losses))
    assert row["loss, standard deviation"] == pytest.approx(np.std(losses, ddof=1))
    assert f"{np.mean(losses):.3f} ± {np.std(losses, ddof=1):.3f}" in list(display_table(table)["loss"])


def test_what_cannot_be_repeated_is_reported(run):
    with pytest.raises(SettingsError, match="seeds=5, or folds=5"):
        run.repeat()
    with pytest.raises(SettingsError, match="seeds=5, or folds=5"):
        run.repeat(seeds=2, folds=2)
    with pytest.raises(SettingsError, match="2 to 100"):
        run.repeat(seeds=1)


def test_while_another_process_is_at_it_nobody_else_begins(run, hold):
    job = repeats_of(run, "seeds", 2)
    write_status(job.folder, Status("running"))
    assert run_inline(job).status == "done"  # left behind by a process that was killed
    other = repeats_of(run, "seeds", 3)
    hold(other.folder)
    with pytest.raises(RunError, match="Another process"):
        run_inline(other)


def test_a_run_is_not_deleted_while_its_repeats_are_trained(own_home, two_topics, tmp_path, hold):
    path = tmp_path / "t.txt"
    path.write_text(two_topics)
    run = ev.train("skipgram", path, dim=4, epochs=1, min_count=1)
    job = repeats_of(run, "seeds", 2)
    hold(job.folder)
    with pytest.raises(RunError, match="Stop them, or wait"):
        Store().delete(run)
    write_status(job.folder, Status("stopped"))
    Store().delete(run)
    assert Store().runs() == []


@pytest.mark.parametrize("folds", [1, 101, 2.5, "2"])
def test_a_number_of_folds_that_cannot_be_is_reported_and_leaves_nothing_behind(run, folds):
    with pytest.raises(SettingsError, match="2 to 100"):
        run.repeat(folds=folds)
    assert kept_repeats(run) == []


def test_a_space_that_is_not_there_is_reported_with_those_that_are(run):
    with pytest.raises(KeyError, match="It has: word") as raised:
        run.spaces["nope"]
    assert isinstance(raised.value, EmbedvizError)
    assert str(raised.value).startswith("The run has no space")
    assert "nope" not in run.spaces


def test_a_run_without_scores_says_why(run):
    (run.folder / "metrics.json").unlink()
    with pytest.raises(RunError, match="has no scores: its training is done"):
        scores_of(run)
