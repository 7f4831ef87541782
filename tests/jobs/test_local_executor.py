"""The executor of this machine with real workers: jobs are done, stopped, killed and resumed; the store is swept."""

import json
import os
import signal
import sys
import time

import psutil
import pytest

from embedviz.core.errors import QueueFullError, RunError
from embedviz.core.jobs.status import Status, write_status, written_status
from embedviz.core.jobs.stop_request import is_stop_requested, request_stop
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.jobs.preview import preview_of
from embedviz.store.dataset import Dataset
from embedviz.store.maps import map_of
from embedviz.store.retention import SHARED_LIFE_S
from embedviz.store.store import Store
from tests.jobs.waiting import checkpointed, in_training, wait_for, worker_of

pytestmark = pytest.mark.slow

LONG = {"epochs": 10_000, "min_count": 1, "dim": 50, "subsample": 0}


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
    assert "Resuming from the last checkpoint" in messages
    first = next(event for event in run.events(offset).events if "loss" in event)
    assert first["epoch"] > 1
    executor.stop(run)
    assert run.wait(30) == "stopped"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no fork server")
def test_a_job_given_to_a_worker_that_had_just_died_goes_to_another_one(executor):
    wait_for(lambda: executor.machine.words_per_second, 60, what="a worker")
    [worker] = executor.load()["interactive"].processes
    preview = preview_of(Dataset.upload(Store().uploads_folder, "t.csv", [b"a,b\n1,2\n"]))
    fork_server = psutil.Process(worker).ppid()
    os.kill(fork_server, signal.SIGSTOP)  # so that the news comes late, as while it loads packages
    try:
        os.kill(worker, signal.SIGKILL)
        executor.submit(preview)
        wait_for(lambda: executor.load()["interactive"].running == 1, what="its start")
    finally:
        os.kill(fork_server, signal.SIGCONT)
    assert preview.wait(60) == "done", preview.state


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


# --- What a server does with its store while it runs ---


def ended_run(created, ended):
    """A run that was set up `created` seconds ago and ended `ended` seconds ago."""
    store, now = Store(), time.time()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    record = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps({**record, "created": now - created}))
    write_status(run.folder, Status("done", ended=now - ended))
    return run


@pytest.fixture
def idle(own_home, monkeypatch):
    """An executor without workers on a shared host, which sweeps ten times a second."""
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    executor = LocalExecutor(sweep_interval=0.1)
    monkeypatch.setattr(executor, "_hand_out", lambda lane: None)
    yield executor.start()
    executor.close()


def test_a_shared_server_forgets_runs_while_it_runs_two_hours_after_their_end(idle):
    past = ended_run(created=4 * SHARED_LIFE_S, ended=SHARED_LIFE_S + 60)
    lately = ended_run(created=4 * SHARED_LIFE_S, ended=SHARED_LIFE_S - 60)
    wait_for(lambda: not past.folder.exists(), what="the sweep")
    assert lately.folder.exists()
    assert [run.id for run in Store().runs()] == [lately.id]


def test_a_run_whose_process_was_killed_is_written_down_as_interrupted_while_the_server_runs(idle):
    run = ended_run(created=60, ended=0)
    write_status(run.folder, Status("running", lease=1))
    wait_for(lambda: written_status(run.folder).state == "interrupted", what="the note of it")


def test_a_job_of_another_server_that_waits_is_left_alone_and_can_be_stopped(idle, hold):
    run = ended_run(created=60, ended=30)
    lease = hold(run.folder, "queued")
    with pytest.raises(RunError, match="queued"):
        idle.submit(run)
    idle.stop(run)
    assert is_stop_requested(run.folder, lease.generation)
    assert written_status(run.folder).state == "queued"


def test_a_job_leaves_the_queue_at_a_stop_that_another_server_asked_for(idle, two_topics):
    run = new_run(two_topics, epochs=1)
    idle.submit(run)
    assert idle.place(run) == 1
    request_stop(run.folder)
    wait_for(lambda: run.status == "stopped", what="leaving the queue")
    assert idle.place(run) == 0


def test_the_queue_is_written_down_as_interrupted_when_the_server_closes(idle, two_topics):
    run = new_run(two_topics, epochs=1)
    idle.submit(run)
    idle.close()
    assert written_status(run.folder).state == "interrupted"
    assert "before its turn" in run.state.reason


def test_a_full_queue_is_reported(idle, two_topics):
    for _ in range(5):
        idle.submit(new_run(two_topics, epochs=1))
    with pytest.raises(QueueFullError, match="5 of your jobs are waiting already"):
        idle.submit(new_run(two_topics, epochs=1))


def test_a_rename_while_a_table_is_trained_stays_and_its_main_space_is_known(executor, cars):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "cars.csv", [cars.to_csv(index=False).encode()])
    run = store.create_training("categories", dataset, {"epochs": 8}, columns={"target": "body"}, name="cars")
    executor.submit(run)
    in_training(run)
    before = (run.folder / "run.json").read_bytes()
    store.run(run.id).rename("My cars")
    assert run.wait(90) == "done"
    again = store.run(run.id)
    assert again.name == "My cars"
    assert again.main_space in again.space_names
    assert again.space.name == again.main_space
    assert (run.folder / "run.json").read_bytes() == before
