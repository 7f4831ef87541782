"""Workers as they are started: forked, with the surroundings of the process that asked for them, and outliving the fork server."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from embedviz.jobs import worker_start
from embedviz.jobs.worker_start import LOG, ROOT, environment_of_workers, start_worker
from tests.jobs.waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Workers are forked on Linux only.")


@pytest.fixture
def start():
    """A function that starts a worker and waits until it is ready; all leave when the test is over."""
    started = []

    def start(lane="interactive"):
        worker = start_worker(lane)
        started.append(worker)
        assert json.loads(worker.stdout.readline())["ready"] == worker.pid
        return worker

    yield start
    for worker in started:
        worker.stdin.close()
        worker.wait(30)
        worker.stdout.close()


def fork_server() -> psutil.Process:
    return psutil.Process(worker_start._fork_server._process.pid)


def test_workers_are_forked_from_one_process_and_named_by_their_lane(start):
    training, interactive = psutil.Process(start("training").pid), psutil.Process(start("interactive").pid)
    assert training.parent() == interactive.parent() == fork_server()
    assert (training.name(), interactive.name()) == ("ev-training", "ev-interactive")
    assert os.getpgid(training.pid) == training.pid  # Ctrl-C in the terminal does not reach it
    assert os.getsid(training.pid) == os.getsid(0)  # in another session its priority would not count beside ours


@pytest.mark.timeout(120)
def test_a_worker_has_the_folder_and_the_output_that_it_was_given(start, monkeypatch, tmp_path, own_home):
    start()
    monkeypatch.chdir(tmp_path)
    worker = start()
    assert psutil.Process(worker.pid).cwd() == str(tmp_path)
    assert fork_server().cwd() != str(tmp_path)
    worker.stdin.write(b"not JSON\n")  # it leaves, and prints why
    assert worker.wait(10) == 0
    assert "_listen" in (own_home / LOG).read_text()


def test_workers_have_the_variables_of_this_process_but_for_streamlits(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_EPOCHS", "7")
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "1")
    environment = environment_of_workers()
    assert environment["EMBEDVIZ_LIMIT_EPOCHS"] == "7"
    assert "STREAMLIT_SERVER_PORT" not in environment
    assert environment["PYTHONPATH"].startswith(str(ROOT))


def test_each_worker_has_its_variables_and_draws_other_random_numbers():
    script = """
import os, sys
from embedviz.jobs.fork_server import _become_worker
import numpy as np, torch
for number in range(2):
    reading, writing = os.pipe()
    os.write(writing, b'{"environment": {"A": "1"}, "folder": "/"}\\n')
    if not os.fork():
        _become_worker("training", [reading, os.dup(1), os.dup(2)])
        assert dict(os.environ) == {"A": "1"} and os.getcwd() == "/"
        print(np.random.random(), torch.rand(1).item(), flush=True)
        os._exit(0)
    os.wait()
"""
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    numbers = made.stdout.split()
    assert len(numbers) == len(set(numbers)) == 4


def test_a_worker_that_is_killed_ends_with_the_signal(start):
    worker = start()
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(10) == -signal.SIGKILL == worker.poll()
    worker.kill()  # nothing is left to be killed


def test_a_worker_that_is_killed_before_it_begins_ends_at_once(start, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")  # a fork server of its own, which takes seconds to be ready
    worker = start_worker("interactive")
    assert worker.pid is None
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.01)
    worker.kill()
    assert worker.wait(0.01) == -signal.SIGKILL
    wait_for(lambda: worker.pid, what="its beginning")
    wait_for(lambda: not psutil.pid_exists(worker.pid), what="its end")
    worker.stdin.close()
    worker.stdout.close()


def test_a_kill_does_not_wait_for_a_fork_server_that_is_busy(start):
    worker, server = start(), fork_server()
    server.suspend()
    try:
        worker.kill()
        assert worker.wait(10) == -signal.SIGKILL
    finally:
        server.resume()


def test_what_scikit_learn_sets_needs_no_other_fork_server(start, monkeypatch):
    start()
    server = fork_server()
    monkeypatch.setenv("KMP_INIT_AT_FORK", "FALSE")
    start()
    assert fork_server() == server


def test_a_worker_whose_asker_has_gone_meanwhile_leaves():
    worker = start_worker("interactive")
    worker.stdin.close()
    assert worker.wait(60) == 0
    worker.stdout.close()


def test_workers_outlive_the_fork_server_and_the_next_one_has_another(start):
    worker = start()
    server = fork_server()
    server.kill()
    wait_for(lambda: not worker_start._fork_server.is_running, what="the end of the fork server")
    assert start().pid != worker.pid
    assert fork_server() != server
    assert worker.poll() is None
    worker.stdin.close()
    assert worker.wait(10) == -signal.SIGKILL  # its exit code is not known


def test_variables_that_libraries_read_when_they_are_loaded_need_another_fork_server(start, monkeypatch):
    before, server = start(), fork_server()
    start()
    assert fork_server() == server
    monkeypatch.setenv("OMP_NUM_THREADS", "1" if os.environ.get("OMP_NUM_THREADS") == "2" else "2")
    start()
    assert fork_server() != server
    wait_for(lambda: not server.is_running(), what="the leaving of the first")
    assert before.poll() is None


def test_the_fork_server_leaves_with_its_process():
    code = """
from embedviz.jobs import worker_start
worker_start.start_worker("coordination").stdout.readline()
print(worker_start._fork_server._process.pid)
"""
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    wait_for(lambda: not psutil.pid_exists(int(made.stdout)), what="its leaving")
