"""The executor of this machine with real workers: jobs are done, stopped, killed and resumed; the store is swept."""

import os
import signal

import pytest

from embedviz.core.errors import RunError
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.store.dataset import Dataset
from embedviz.store.maps import map_of
from embedviz.store.store import Store
from tests.jobs.waiting import checkpointed, in_training, wait_for, worker_of

LONG = {"epochs": 3000, "min_count": 1, "dim": 50, "subsample": 0}


@pytest.fixture
def executor(own_home):
    executor = LocalExecutor().start()
    yield executor
    executor.close()


def new_run(text: str, **settings):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [text.encode()])
    return store.create_training("skipgram", dataset, {"min_count": 1, **settings}, probes=["cat"])


def test_a_run_goes_from_queue_to_done_with_scores_and_space(executor, two_topics):
    run = new_run(two_topics, epochs=300, dim=16)
    executor.submit(run)
    assert run.wait(90) == "done"
    assert run.metrics["test/loss"] < run.metrics["baseline/loss"]
    assert run.space.similarity("cat", "dog") > run.space.similarity("cat", "saw")
    assert run.record["seconds"] > 0
    assert run.record["estimate"]["seconds"] > 0  # nobody gave one: the worker made it
    assert any(event.get("probes", {}).get("cat") for event in run.events().events)
    assert run.main_space == "word"


def test_stop_keeps_the_best_and_a_map_does_not_wait_behind_a_training(executor, two_topics):
    done = new_run(two_topics, epochs=5, dim=16)
    executor.submit(done)
    assert done.wait(90) == "done"
    long, behind = new_run(two_topics, **LONG), new_run(two_topics, epochs=1)
    executor.submit(long)
    executor.submit(behind)
    in_training(long)
    if os.cpu_count() < 8:
        assert (behind.status, executor.place(behind)) == ("queued", 1)
    from embedviz.projection import ProjectionSettings

    drawn = map_of(done, "word", ProjectionSettings(n_points=12, n_neighbors=4, epochs=20))
    executor.submit(drawn)
    assert drawn.wait(90) == "done"
    assert drawn.coords.shape == (12, 2)
    assert long.status == "running"
    executor.stop(long)
    assert long.wait(30) == "stopped"
    assert "cat" in long.space
    assert behind.wait(60) == "done"


def test_two_maps_at_once_are_both_drawn_and_a_third_can_be_stopped(executor, two_topics):
    from embedviz.projection import ProjectionSettings

    run = new_run(two_topics, epochs=5, dim=16)
    executor.submit(run)
    assert run.wait(90) == "done"
    maps = [map_of(run, "word", ProjectionSettings(n_neighbors=4, seed=seed, epochs=200)) for seed in (1, 2)]
    for drawn in maps:
        executor.submit(drawn)
    assert [drawn.wait(90) for drawn in maps] == ["done", "done"]
    assert all(drawn.has_coords and drawn.clusters is not None for drawn in maps)
    endless = map_of(run, "word", ProjectionSettings(n_neighbors=4, epochs=5000, negative_samples=50))
    executor.submit(endless)
    wait_for(lambda: endless.status == "running", what="the third map's start")
    executor.stop(endless)
    assert endless.wait(30) in ("stopped", "done")  # twelve points may be laid out before the word reaches the worker


def test_a_killed_worker_leaves_the_reason_and_resume_goes_on(executor, two_topics):
    run = new_run(two_topics, **LONG)
    executor.submit(run)
    in_training(run)
    checkpointed(run)
    os.kill(worker_of(run), signal.SIGKILL)
    wait_for(lambda: run.status == "interrupted", what="the note of it")
    assert "killed" in run.state.reason
    offset = run.events().offset
    executor.submit(run)
    wait_for(lambda: any("loss" in event for event in run.events(offset).events), what="going on")
    messages = [event.get("message") for event in run.events(offset).events]
    assert "Going on from the last checkpoint" in messages
    first = next(event for event in run.events(offset).events if "loss" in event)
    assert first["epoch"] > 1
    executor.stop(run)
    assert run.wait(30) == "stopped"


def test_a_mistake_in_the_data_fails_with_its_sentence(executor):
    run = new_run("word word word word", epochs=1)
    executor.submit(run)
    assert run.wait(60) == "failed"
    assert "over and over" in run.state.reason


def test_a_run_that_is_done_is_not_queued_again(executor, two_topics):
    run = new_run(two_topics, epochs=1)
    executor.submit(run)
    run.wait(60)
    with pytest.raises(RunError, match="done"):
        executor.submit(run)
