"""An experiment from its creation to its report: its runs, what is kept, and what is not trained again."""

import os
import re
import signal
import threading
import time

import pytest

import embedviz as ev
from embedviz.core.errors import RunError, SettingsError
from embedviz.core.jobs.reporter import Control
from embedviz.experiments.experiment import create_experiment, experiments_of, open_experiment
from embedviz.experiments.report import report_html
from embedviz.experiments.result import done
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.jobs.perform import perform
from embedviz.jobs.shared_executor import shared_executor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.jobs.waiting import wait_for, worker_of

pytestmark = pytest.mark.slow

QUICK = {"min_count": 1, "epochs": 2}
LONG = {"min_count": 1, "epochs": 10_000, "dim": 64}


@pytest.fixture(scope="module", autouse=True)
def close_executor():
    yield
    shared_executor().close()


def text_dataset(text: str) -> Dataset:
    return Dataset.upload(Store().uploads_folder, "<b>t.txt", [text.encode()])


def asked(text: str, settings=QUICK, budget=120.0, **options):
    options = {"smallest": 2, "largest": 4, "seeds": 2, **options}
    return create_experiment(
        "dimensions", text_dataset(text), "skipgram", budget=budget, settings=settings, options=options
    )


def test_every_run_is_kept_scored_and_can_be_opened(two_topics):
    found = asked(two_topics)
    assert perform(found) == "done"
    assert [result.name for result in found.results] == [f"dim {dim}, seed {seed}" for seed in (0, 1) for dim in (2, 4)]
    assert all(result.outcome == "done" and result.score == "loss" for result in found.results)
    runs = [found.run_of(result) for result in found.results]
    assert [run.space.dim for run in runs] == [2, 4, 2, 4]
    assert {run.record["threads"] for run in runs} == {1}
    table = found.table
    assert table["dim"].tolist() == [2, 4]
    first = [result.metrics["test/loss"] for result in found.results if result.factors["dim"] == 2]
    assert table["test"].iloc[0] == pytest.approx(sum(first) / 2)
    assert found.verdict is not None
    assert len(found.figure.data) >= 2
    assert experiments_of(Store(), "local")[0].id == found.id
    assert experiments_of(Store(), "somebody else") == []
    assert open_experiment(Store(), found.id).results == found.results


def test_what_was_trained_is_not_trained_again(two_topics):
    first = asked(two_topics)
    perform(first)
    begun = time.time()
    second = asked(two_topics, largest=8)
    perform(second)
    assert {result.name: result.was_there for result in second.results} == {
        f"dim {dim}, seed {seed}": dim != 8 for dim in (2, 4, 8) for seed in (0, 1)
    }
    assert {result.run_id for result in first.results} < {result.run_id for result in second.results}
    assert sum(run.created > begun for run in Store().runs()) == 2
    other_text = asked(two_topics + " further")
    perform(other_text)
    assert not any(result.was_there for result in other_text.results)


def test_stop_keeps_what_is_done_and_resume_trains_the_rest(two_topics):
    found = asked(two_topics, settings={**QUICK, "epochs": 400}, largest=8, seeds=3)
    control = Control()

    def stop_after_two(progress):
        if sum(result.outcome == "done" for result in found.results) >= 2:
            control.request_stop()

    assert perform(found, control, stop_after_two) == "stopped"
    kept = {result.run_id for result in done(found.results)}
    assert 2 <= len(kept) < 9
    assert {result.outcome for result in found.results} <= {"done", "cut off"}
    assert perform(found) == "done"
    assert len(done(found.results)) == 9
    assert kept <= {result.run_id for result in found.results}
    assert len(Store().runs()) == 9


def test_when_the_budget_is_over_nothing_is_begun_and_what_runs_is_left_out(two_topics):
    found = asked(two_topics, settings=LONG, budget=6.0)
    begun = time.monotonic()
    assert perform(found) == "done"
    assert time.monotonic() - begun < 60
    assert {result.outcome for result in found.results} == {"cut off"}
    assert len(found.table) == 0
    assert found.verdict is None


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core trains one run at a time")
def test_two_runs_of_one_thread_are_trained_at_once_and_one_of_all_threads_waits(two_topics):
    executor = LocalExecutor().start()
    try:
        dataset = text_dataset(two_topics)
        narrow = [Store().create_training("skipgram", dataset, {**LONG, "threads": 1, "seed": i}) for i in range(2)]
        wide = Store().create_training("skipgram", dataset, {**LONG, "threads": os.cpu_count()})
        for run in (*narrow, wide):
            executor.submit(run)
        wait_for(lambda: [run.status for run in narrow] == ["running"] * 2)
        assert wide.status == "queued"
        executor.stop(narrow[0])
        assert narrow[0].wait(60) == "stopped"
        assert wide.status == "queued"  # one core is not enough for it
        executor.stop(narrow[1])
        wait_for(lambda: wide.status == "running")
    finally:
        executor.close()


def test_a_server_trains_the_runs_of_an_experiment_and_outlives_its_coordinator(two_topics):
    executor = LocalExecutor().start()
    try:
        found = asked(two_topics, settings={**QUICK, "epochs": 300}, largest=8, seeds=2)
        executor.submit(found)
        wait_for(lambda: len(done(found.results)) >= 1)
        os.kill(worker_of(found), signal.SIGKILL)
        wait_for(lambda: found.status == "interrupted")
        executor.submit(found)
        assert found.wait(120) == "done"
        assert len(done(found.results)) == 6
        assert len(Store().runs()) == 6
    finally:
        executor.close()


def test_the_report_works_offline_says_the_verdict_and_shows_no_markup_of_the_data(two_topics):
    found = asked(two_topics)
    perform(found)
    report = report_html(found)
    assert found.verdict.sentences[0] in report
    assert "&lt;b&gt;t" in report
    assert "<b>t" not in report
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[^>]*>", report)
    assert loaded == []  # nothing is fetched
    assert "Split by unit of text" in report
    assert "embedviz experiment dimensions" in report


def test_what_cannot_be_asked_is_refused_in_a_sentence(two_topics):
    with pytest.raises(SettingsError, match="There is no question 'colour'"):
        ev.experiment("colour", "kjv", model="skipgram")
    with pytest.raises(SettingsError, match="5m or 2h"):
        ev.experiment("dimensions", "kjv", model="skipgram", budget="soon")
    with pytest.raises(SettingsError, match="below the smallest"):
        asked(two_topics, smallest=64, largest=4)
    with pytest.raises(SettingsError, match="no setting 'depth'"):
        asked(two_topics, settings={"depth": 4})
    with pytest.raises(RunError, match="no longer exists"):
        open_experiment(Store(), "0" * 32)


def test_an_experiment_at_work_is_not_deleted_and_its_runs_stay(two_topics):
    found = asked(two_topics, settings=LONG, budget=60.0)
    control = Control()
    worker = threading.Thread(target=perform, args=(found, control))
    worker.start()
    wait_for(lambda: found.status == "running" and found.results)
    with pytest.raises(RunError, match="Stop it first"):
        found.delete()
    control.request_stop()
    worker.join(60)
    found.delete()
    assert experiments_of(Store(), "local") == []
    assert Store().runs()
