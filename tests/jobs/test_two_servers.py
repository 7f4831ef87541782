"""Two servers, each a process of its own, on one store: neither touches the other's runs, and kill -9 loses nothing."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

import embedviz as ev
from embedviz.core.errors import RunError
from embedviz.core.jobs.lease import EXPIRY_S, current_generation
from embedviz.core.jobs.status import written_status
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.jobs.waiting import checkpointed, in_training, wait_for, worker_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LONG = {"epochs": 10_000, "min_count": 1, "dim": 50, "subsample": 0}
DETERMINISTIC = {"epochs": 1500, "min_count": 1, "dim": 16, "subsample": 0, "deterministic": True, "seed": 5}
SERVER = """
import sys, time
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.store.store import Store
executor = LocalExecutor(sweep_interval=1.0).start()
for line in sys.stdin:
    command, run_id = line.split()
    try:
        getattr(executor, command)(Store().run(run_id))
        print("ok", flush=True)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", flush=True)
executor.close()
"""


class Server:
    """A server of the store in a process of its own."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, command, run):
        self.process.stdin.write(f"{command} {run.id}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def serve(own_home):
    with contextlib.ExitStack() as stack:

        def start():
            server = Server()
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def here(own_home):
    executor = LocalExecutor(sweep_interval=0.5).start()
    yield executor
    executor.close()


def new_run(text, **settings):
    dataset = Dataset.upload(Store().uploads_folder, "t.txt", [text.encode()])
    return Store().create_training("skipgram", dataset, settings)


def test_a_run_of_one_server_is_neither_resumed_nor_marked_by_another(serve, here, two_topics):
    run = new_run(two_topics, **LONG)
    server = serve()
    assert server.ask("submit", run) == "ok"
    in_training(run)
    generation, offset = current_generation(run.folder), run.events().offset
    with pytest.raises(RunError, match="running"):
        here.submit(run)
    assert serve().ask("submit", run).startswith("RunError")
    wait_for(
        lambda: len(run.events(offset).events) > 20, what="twenty more events, over several sweeps of both servers"
    )
    assert run.status == "running"
    assert current_generation(run.folder) == generation
    server.ask("stop", run)
    assert run.wait(60) == "stopped"


def test_stop_reaches_a_run_of_another_server_running_or_waiting(serve, here, two_topics):
    running, waiting = new_run(two_topics, **LONG), new_run(two_topics, **LONG)
    server = serve()
    server.ask("submit", running)
    in_training(running)
    server.ask("submit", waiting)
    if waiting.status == "queued":  # where the cores allow for one training at a time
        here.stop(waiting)
        wait_for(lambda: waiting.status == "stopped", what="leaving the queue")
        assert "queue" in waiting.state.reason
    here.stop(running)
    assert running.wait(60) == "stopped"
    assert "cat" in running.space
    assert server.ask("submit", running) == "ok"  # the old request does not stop the next part
    in_training(running, running.events().offset)
    assert running.status == "running"
    server.ask("stop", running)
    assert running.wait(60) == "stopped"


def test_a_killed_server_leaves_the_run_interrupted_and_no_worker_behind(serve, two_topics):
    run = new_run(two_topics, **LONG)
    server = serve()
    server.ask("submit", run)
    in_training(run)
    checkpointed(run)
    worker = worker_of(run)
    server.kill()
    wait_for(lambda: not psutil.pid_exists(worker), seconds=30, what="the worker's leaving")
    assert run.status == "interrupted"
    assert "server ended" in run.state.reason


def test_a_queue_dies_with_its_server(serve, here, two_topics):
    first, second = new_run(two_topics, **LONG), new_run(two_topics, epochs=2, min_count=1)
    server = serve()
    server.ask("submit", first)
    in_training(first)
    server.ask("submit", second)
    server.kill()
    wait_for(lambda: second.status in ("interrupted", "done"), seconds=EXPIRY_S + 20, what="the end of the queue")
    if second.status == "interrupted":
        here.submit(second)
    assert second.wait(60) == "done"


def test_both_killed_at_once_the_run_is_interrupted_in_seconds_and_resumed_to_the_same_numbers(serve, here, two_topics):
    run = new_run(two_topics, **DETERMINISTIC)
    server = serve()
    server.ask("submit", run)
    in_training(run)
    checkpointed(run)
    worker = worker_of(run)
    server.process.kill()
    os.kill(worker, signal.SIGKILL)
    server.process.wait()
    assert written_status(run.folder).state == "running"  # nobody was left to write it
    wait_for(lambda: run.status == "interrupted", seconds=EXPIRY_S + 10, what="the end of the lease")
    wait_for(lambda: written_status(run.folder).state == "interrupted", what="the other server's note of it")
    offset = run.events().offset
    here.submit(run)
    assert run.wait(120) == "done"
    assert "Resuming from the last checkpoint" in [event.get("message") for event in run.events(offset).events]
    whole = ev.train("skipgram", run.folder / "data" / run.data["file"], **DETERMINISTIC)
    assert json.dumps(whole.metrics) == json.dumps(run.metrics)
    assert np.array_equal(whole.space.vectors, run.space.vectors)


def test_two_servers_that_resume_the_same_run_at_once_train_it_once(serve, two_topics):
    run = new_run(two_topics, **LONG)
    servers = [serve(), serve()]
    for server in servers:  # both are up before either is asked
        assert server.ask("place", run) == "ok"
    for server in servers:
        server.process.stdin.write(f"submit {run.id}\n")
        server.process.stdin.flush()
    answers = sorted(server.process.stdout.readline().strip() for server in servers)
    assert answers[1] == "ok"
    assert answers[0].startswith("RunError")
    in_training(run)
    assert [event["message"] for event in run.events().events].count("Starting") == 1
    for server in servers:
        server.ask("stop", run)
    assert run.wait(60) == "stopped"
