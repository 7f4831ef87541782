"""Real workers: trained, stopped, killed, left by their server, and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from embedviz.core.errors import RunError
from embedviz.jobs.maps import map_of
from embedviz.jobs.supervisor import Supervisor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
LONG = {"epochs": 3000, "min_count": 1, "dim": 50, "subsample": 0}


@pytest.fixture
def supervisor(own_home):
    supervisor = Supervisor().start()
    yield supervisor
    supervisor.close()


def until(condition, seconds=60.0, what="it"):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return value


def new_run(text: str, **settings):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [text.encode()])
    return store.create_training("skipgram", dataset, {"min_count": 1, **settings}, probes=["cat"])


def in_training(run):
    until(lambda: any("loss" in event for event in run.events().events), what="training")


def checkpointed(run):
    until(lambda: (run.folder / "checkpoint.safetensors").exists(), what="a checkpoint")


def test_a_run_goes_from_queue_to_done_with_scores_and_space(supervisor, two_topics):
    run = new_run(two_topics, epochs=300, dim=16)
    supervisor.submit(run)
    assert run.wait(90) == "done"
    assert run.metrics["test/loss"] < run.metrics["baseline/loss"]
    assert run.space.similarity("cat", "dog") > run.space.similarity("cat", "saw")
    assert run.record["seconds"] > 0
    assert run.record["estimate"]["seconds"] > 0  # nobody gave one: the worker made it
    assert any(event.get("probes", {}).get("cat") for event in run.events().events)


def test_stop_keeps_the_best_and_a_map_does_not_wait_behind_a_training(supervisor, two_topics):
    done = new_run(two_topics, epochs=5, dim=16)
    supervisor.submit(done)
    assert done.wait(90) == "done"
    long, behind = new_run(two_topics, **LONG), new_run(two_topics, epochs=1)
    supervisor.submit(long)
    supervisor.submit(behind)
    in_training(long)
    if os.cpu_count() < 8:
        assert (behind.status, supervisor.place(behind)) == ("queued", 1)
    from embedviz.projection import ProjectionSettings

    drawn = map_of(done, "word", ProjectionSettings(n_points=12, n_neighbors=4, epochs=20))
    supervisor.submit(drawn)
    assert drawn.wait(90) == "done"
    assert drawn.coords.shape == (12, 2)
    assert long.status == "running"
    supervisor.stop(long)
    assert long.wait(30) == "stopped"
    assert "cat" in long.space
    assert behind.wait(60) == "done"


def test_two_maps_at_once_are_both_drawn_and_a_third_can_be_stopped(supervisor, two_topics):
    from embedviz.projection import ProjectionSettings

    run = new_run(two_topics, epochs=5, dim=16)
    supervisor.submit(run)
    assert run.wait(90) == "done"
    maps = [map_of(run, "word", ProjectionSettings(n_neighbors=4, seed=seed, epochs=200)) for seed in (1, 2)]
    for drawn in maps:
        supervisor.submit(drawn)
    assert [drawn.wait(90) for drawn in maps] == ["done", "done"]
    assert all(drawn.has_coords and drawn.clusters is not None for drawn in maps)
    endless = map_of(run, "word", ProjectionSettings(n_neighbors=4, epochs=5000, negative_samples=50))
    supervisor.submit(endless)
    until(lambda: endless.status == "running", what="the third map's start")
    supervisor.stop(endless)
    assert endless.wait(30) in ("stopped", "done")  # twelve points may be laid out before the word reaches the worker


def test_a_killed_worker_leaves_the_reason_and_resume_goes_on(supervisor, two_topics):
    run = new_run(two_topics, **LONG)
    supervisor.submit(run)
    in_training(run)
    checkpointed(run)
    os.kill(run.state.holder.pid, signal.SIGKILL)
    until(lambda: run.status == "interrupted", what="the note of it")
    assert "killed" in run.state.reason
    offset = run.events().offset
    supervisor.submit(run)
    until(lambda: any("loss" in event for event in run.events(offset).events), what="going on")
    messages = [event.get("message") for event in run.events(offset).events]
    assert "Going on from the last checkpoint" in messages
    first = next(event for event in run.events(offset).events if "loss" in event)
    assert first["epoch"] > 1
    supervisor.stop(run)
    assert run.wait(30) == "stopped"


SERVER = """
import sys, time
from embedviz.store.store import Store
from embedviz.jobs.supervisor import shared_supervisor
run = Store().run(sys.argv[1])
shared_supervisor().submit(run)
time.sleep(600)
"""


def serve(run):
    server = subprocess.Popen([sys.executable, "-c", SERVER, run.id], cwd=ROOT, env={**os.environ})
    in_training(run)
    checkpointed(run)
    return server, run.state.holder.pid


def test_a_killed_server_leaves_the_run_interrupted_and_no_worker_behind(own_home, two_topics):
    run = new_run(two_topics, **LONG)
    server, worker = serve(run)
    server.kill()
    server.wait()
    until(lambda: not psutil.pid_exists(worker), seconds=20, what="the worker's leaving")
    assert run.status == "interrupted"
    assert "server went away" in run.state.reason


def test_both_killed_at_once_loses_nothing_and_the_next_server_says_so(own_home, two_topics):
    run = new_run(two_topics, **LONG)
    server, worker = serve(run)
    server.kill()
    os.kill(worker, signal.SIGKILL)
    server.wait()
    until(lambda: run.status == "interrupted", seconds=20, what="the note of it")
    assert json.loads((run.folder / "status.json").read_text())["state"] == "running"  # nobody was left to write it
    again = Supervisor().start()
    try:
        assert json.loads((run.folder / "status.json").read_text())["state"] == "interrupted"
        offset = run.events().offset
        again.submit(run)
        until(lambda: any("loss" in event for event in run.events(offset).events), what="going on")
        again.stop(run)
        assert run.wait(30) == "stopped"
        assert "cat" in run.space
    finally:
        again.close()


def test_a_mistake_in_the_data_fails_with_its_sentence(supervisor):
    run = new_run("word word word word", epochs=1)
    supervisor.submit(run)
    assert run.wait(60) == "failed"
    assert "over and over" in run.state.reason


def test_a_run_that_is_done_is_not_queued_again(supervisor, two_topics):
    run = new_run(two_topics, epochs=1)
    supervisor.submit(run)
    run.wait(60)
    with pytest.raises(RunError, match="done"):
        supervisor.submit(run)
