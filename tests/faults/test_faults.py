"""Faults that are injected while a run is trained: each ends in a right state with a sentence, and the next job runs."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedviz.core.jobs.lease import current_generation
from embedviz.jobs import local_executor
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.jobs.ray_nodes import OWN_MOUNTS, can_hide_folders
from tests.jobs.waiting import checkpointed, in_training, wait_for, worker_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
LONG = {"epochs": 10_000, "min_count": 1, "dim": 50, "subsample": 0}


def new_run(text, **settings):
    dataset = Dataset.upload(Store().uploads_folder, "t.txt", [text.encode()])
    return Store().create_training("skipgram", dataset, {"min_count": 1, **settings})


@pytest.fixture
def executor(own_home):
    executor = LocalExecutor(sweep_interval=0.5).start()
    yield executor
    executor.close()


@pytest.fixture
def run(executor, two_topics):
    """A run that is being trained, with a checkpoint."""
    run = new_run(two_topics, **LONG)
    executor.submit(run)
    in_training(run)
    checkpointed(run)
    return run


def next_job_runs(executor, text):
    after = new_run(text, epochs=1)
    executor.submit(after)
    assert after.wait(100) == "done"


def test_a_run_whose_folder_is_deleted_takes_no_lane_with_it(executor, run, two_topics):
    worker = worker_of(run)
    shutil.rmtree(run.folder, ignore_errors=True)
    wait_for(
        lambda: not executor._workers["training"] or executor._workers["training"][0].held is None, what="giving it up"
    )
    shutil.rmtree(run.folder, ignore_errors=True)  # what was written meanwhile
    next_job_runs(executor, two_topics)
    assert worker > 0
    time.sleep(2)  # two beats
    assert not (run.folder / "status.json").exists()


def test_a_lost_lease_is_given_up_and_the_run_can_be_resumed(executor, run, two_topics):
    for lease in run.folder.glob("lease.*.json"):
        lease.unlink()
    wait_for(lambda: run.status == "interrupted", what="the end")
    assert run.state.reason
    next_job_runs(executor, two_topics)
    executor.submit(run)
    in_training(run, run.events().offset)
    assert current_generation(run.folder) >= 1
    executor.stop(run)
    assert run.wait(60) == "stopped"


def test_a_worker_that_hangs_is_ended_at_its_time_and_the_next_job_runs(own_home, monkeypatch, two_topics):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_RUN_SECONDS", "6")
    monkeypatch.setattr(local_executor, "STOP_GRACE_S", 2.0)
    executor = LocalExecutor().start()
    try:
        hung = new_run(two_topics, **LONG)
        executor.submit(hung)
        in_training(hung)
        os.kill(worker_of(hung), signal.SIGSTOP)
        assert hung.wait(60) == "failed"
        assert "after 6 s, the limit here" in hung.state.reason
        next_job_runs(executor, two_topics)
    finally:
        executor.close()


def test_a_stop_that_a_hanging_worker_does_not_hear_ends_it(executor, run, monkeypatch, two_topics):
    monkeypatch.setattr(local_executor, "STOP_GRACE_S", 2.0)
    os.kill(worker_of(run), signal.SIGSTOP)
    executor.stop(run)
    assert run.wait(60) == "interrupted"
    assert "Resume continues" in run.state.reason
    next_job_runs(executor, two_topics)


def test_a_worker_that_is_killed_for_memory_leaves_a_sentence(executor, run, two_topics):
    os.kill(worker_of(run), signal.SIGKILL)  # as the system does
    assert run.wait(60) == "interrupted"
    assert "ran out of memory" in run.state.reason
    next_job_runs(executor, two_topics)


FULL_DISK = """
import sys, time
from pathlib import Path
from embedviz.core.home import full_sentence, home
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.store.store import Store
from tests.faults.test_faults import LONG, new_run
from tests.jobs.waiting import checkpointed, in_training, wait_for

text = sys.stdin.read()
executor = LocalExecutor(sweep_interval=0.5).start()
run = new_run(text, **LONG)
executor.submit(run)
in_training(run)
checkpointed(run)
filling = home() / "filling"
with open(filling, "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
wait_for(lambda: not any(worker.held for worker in executor._workers["training"]), what="giving up")
filling.unlink()
assert run.wait(60) == "interrupted", run.state
assert run.state.reason == full_sentence(), run.state
after = new_run(text, epochs=1)
executor.submit(after)
assert after.wait(100) == "done", after.state
executor.submit(run)
in_training(run, run.events().offset)
executor.stop(run)
assert run.wait(60) == "stopped", run.state
executor.close()
print("as it has to be")
"""


def in_a_mount(options: str, script: str, folder: Path, text: str) -> subprocess.CompletedProcess:
    """Run a script with a file system of its own over a folder, which is its store."""
    command = f'mount -t tmpfs -o {options} none {folder} && exec {sys.executable} -c "$SCRIPT"'
    environment = {**os.environ, "EMBEDVIZ_HOME": str(folder), "SCRIPT": script, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*OWN_MOUNTS, "sh", "-c", command], input=text, env=environment, capture_output=True, text=True, timeout=280
    )


@pytest.mark.skipif(not can_hide_folders(), reason="Only root may mount a small disk.")
def test_a_full_disk_is_named_and_nothing_is_lost(tmp_path, two_topics):
    done = in_a_mount("size=6m", FULL_DISK, tmp_path, two_topics)
    assert "as it has to be" in done.stdout, done.stderr


CLOCK_STEP = """
import time
from pathlib import Path
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.core.jobs.lease import current_generation
from tests.faults.test_faults import LONG, new_run
from tests.jobs.waiting import in_training, wait_for

import sys
text = sys.stdin.read()
executor = LocalExecutor(sweep_interval=0.5).start()
run = new_run(text, **LONG)
executor.submit(run)
in_training(run)
generation = current_generation(run.folder)
for step in (3600, -3600):
    Path(OFFSET).write_text(str(step))
    offset = run.events().offset
    time.sleep(4)  # sweeps and beats
    in_training(run, offset)
    assert run.status == "running", run.state
    assert current_generation(run.folder) == generation
    assert run.state.elapsed() >= 0
executor.stop(run)
assert run.wait(60) == "stopped", run.state
assert 5 < run.state.seconds < 600, run.state
assert 5 < run.record["seconds"] < 600, run.record
executor.close()
print("as it has to be")
"""
SHIFTED = """
import time
from pathlib import Path
real = time.time
def shifted():
    try:
        return real() + float(Path({offset!r}).read_text())
    except (OSError, ValueError):
        return real()
time.time = shifted
"""


def test_a_step_of_the_wall_clock_changes_nothing(tmp_path, own_home, two_topics):
    """The clock of Python's processes is led by a file: the system's own may not be set."""
    offset = tmp_path / "offset"
    (tmp_path / "sitecustomize.py").write_text(SHIFTED.format(offset=str(offset)))
    done = subprocess.run(
        [sys.executable, "-c", CLOCK_STEP.replace("OFFSET", repr(str(offset)))],
        input=two_topics,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert "as it has to be" in done.stdout, done.stderr
