"""What is kept, and for how long: real folders, and times given by `now`."""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedviz.core.jobs.status import Status, write_status
from embedviz.core.torn_files import TORN_AGE_S
from embedviz.projection.settings import ProjectionSettings
from embedviz.store.dataset import Dataset
from embedviz.store.maps import map_of
from embedviz.store.retention import DELETED_LIFE_S, SHARED_LIFE_S
from embedviz.store.store import Store

OWNER, VISITOR = "a" * 32, "b" * 32
ROOT = Path(__file__).resolve().parents[2]

# Uploads a file that never ends, or writes a checkpoint that never ends, and says when it has begun.
UPLOADING = """
import sys, time
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

def parts():
    yield b"a b c" * 100_000
    print("begun", flush=True)
    time.sleep(60)

Dataset.upload(Store().uploads_folder, "big.txt", parts(), "a" * 32)
"""
CHECKPOINT = """
import sys, time
import numpy as np, safetensors.numpy
from dataclasses import dataclass
from pathlib import Path
from embedviz.core import archive

def save_file(arrays, path):
    Path(path).write_bytes(b"x" * 100_000)
    print("begun", flush=True)
    time.sleep(60)

safetensors.numpy.save_file = save_file

@dataclass
class State:
    weights: np.ndarray

archive.save(State(np.ones(9)), Path(sys.argv[1]) / "checkpoint.safetensors")
"""


@pytest.fixture
def store(own_home, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    return Store()


def upload(store, text=b"a b c d\n", owner=OWNER, name="t.txt"):
    return Dataset.upload(store.uploads_folder, name, [text], owner)


def ended_run(store, dataset=None, owner=OWNER, ago=0.0):
    run = store.create_training("skipgram", dataset or upload(store, owner=owner), {}, owner=owner)
    write_status(run.folder, Status("done", ended=time.time() - ago))
    return run


def age(folder, seconds):
    """Make everything in a folder, and itself, as old as that."""
    then = time.time() - seconds
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (then, then))


def after(seconds):
    return time.time() + seconds


def test_a_run_goes_two_hours_after_its_end_and_one_that_never_began_two_hours_after_its_creation(store):
    ended, waiting = ended_run(store, ago=600), store.create_training("skipgram", upload(store), {}, owner=OWNER)
    store.sweep(after(SHARED_LIFE_S - 660))
    assert {run.id for run in store.runs()} == {ended.id, waiting.id}
    store.sweep(after(SHARED_LIFE_S - 540))
    assert [run.id for run in store.runs()] == [waiting.id]
    store.sweep(after(SHARED_LIFE_S + 10))
    assert store.runs() == []


def test_what_runs_waits_or_is_looked_into_by_a_job_stays_however_old_it_is(store, hold):
    running, drawn, seen = (ended_run(store) for _ in range(3))
    hold(running.folder)
    hold(map_of(drawn, "word", ProjectionSettings.of(method="umap")).folder)
    hold(map_of(store.run(seen.id, VISITOR), "word", ProjectionSettings.of(method="umap")).folder, "queued")
    store.sweep(after(100 * SHARED_LIFE_S))
    assert {run.id for run in store.runs()} == {running.id, drawn.id, seen.id}
    assert running.data["id"] in {dataset.id for dataset in store.datasets(OWNER)}  # the upload that it reads


def test_an_upload_goes_two_hours_after_its_last_use_or_the_end_of_its_last_run(store):
    unused, of_a_run, used = (upload(store) for _ in range(3))
    ended_run(store, of_a_run, ago=60)
    for dataset in (unused, of_a_run, used):
        age(dataset.folder, SHARED_LIFE_S + 10)
    store.dataset(used.id)  # somebody opens it
    store.sweep()
    assert {dataset.id for dataset in store.datasets(OWNER)} == {of_a_run.id, used.id}
    store.sweep(after(SHARED_LIFE_S - 30))
    assert [dataset.id for dataset in store.datasets(OWNER)] == [used.id]
    store.sweep(after(SHARED_LIFE_S + 30))
    assert store.datasets(OWNER) == []


def test_what_was_deleted_goes_after_two_hours_on_a_shared_server_and_after_a_day_on_ones_own(store, monkeypatch):
    store.delete(ended_run(store))
    store.delete_dataset(upload(store))
    monkeypatch.delenv("EMBEDVIZ_MODE")
    store.sweep(after(DELETED_LIFE_S - 60))
    assert len(store.deleted(OWNER)) == len(store.deleted_datasets(OWNER)) == 1
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    store.sweep(after(SHARED_LIFE_S + 60))
    assert store.deleted(OWNER) == store.deleted_datasets(OWNER) == []


def test_what_a_visitor_asked_of_a_run_goes_once_the_run_cannot_come_back(store):
    run, other = ended_run(store), ended_run(store)
    for each in (run, other):
        map_of(store.run(each.id, VISITOR), "word", ProjectionSettings.of(method="umap"))
    store.delete(run)
    store.sweep()
    assert {path.name for path in (store.views_folder / VISITOR).iterdir()} == {run.id, other.id}  # it can be restored
    shutil.rmtree(store.deleted_folder / run.id)
    store.sweep()
    assert {path.name for path in (store.views_folder / VISITOR).iterdir()} == {other.id}
    shutil.rmtree(other.folder)
    store.sweep()
    store.sweep(after(TORN_AGE_S + 1))
    assert list(store.views_folder.iterdir()) == []


def test_a_visitors_job_on_a_run_that_is_gone_is_left_until_it_has_ended(store, hold):
    run = ended_run(store)
    job = map_of(store.run(run.id, VISITOR), "word", ProjectionSettings.of(method="umap"))
    hold(job.folder)
    shutil.rmtree(run.folder)
    store.sweep()
    assert job.folder.exists()
    write_status(job.folder, Status("failed"))
    store.sweep()
    assert not job.folder.exists()


@pytest.mark.parametrize("damage", ["{", '{"kind": 1}'])
def test_a_damaged_record_is_swept_by_its_age_and_holds_up_nothing(store, damage):
    damaged, whole = ended_run(store), ended_run(store)
    (damaged.folder / "run.json").write_text(damage)
    (damaged.folder / "status.json").write_text("{")
    store.sweep()
    assert damaged.folder.exists()
    age(damaged.folder, 2 * SHARED_LIFE_S)
    store.sweep(after(SHARED_LIFE_S + 10))
    assert not damaged.folder.exists()
    assert not whole.folder.exists()


def test_a_folder_that_cannot_be_deleted_is_named_and_the_others_go(store, monkeypatch, caplog):
    stuck, other = ended_run(store), ended_run(store)
    replace = os.replace

    def refuse(source, target):
        if Path(source) == stuck.folder:
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with caplog.at_level(logging.WARNING):
        store.sweep(after(SHARED_LIFE_S + 10))
    assert stuck.folder.exists()
    assert not other.folder.exists()
    assert stuck.id in caplog.text


def test_half_made_folders_go_after_a_minute_and_what_is_just_being_made_stays(store):
    run, dataset = ended_run(store), upload(store)
    (run.folder / "run.json").unlink()
    (dataset.folder / "dataset.json").unlink()
    store.sweep()
    assert run.folder.exists()
    assert dataset.folder.exists()
    store.sweep(after(TORN_AGE_S + 1))
    assert not run.folder.exists()
    assert not dataset.folder.exists()


def test_what_a_killed_sweep_had_begun_to_delete_goes_with_the_next_one(store):
    gone = store.folder / "trash" / "0123"
    gone.mkdir(parents=True)
    (gone / "model.safetensors").write_bytes(b"1")
    store.sweep()
    assert not gone.exists()


def files_of(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.slow
@pytest.mark.parametrize("script", [UPLOADING, CHECKPOINT], ids=["upload", "checkpoint"])
def test_nothing_torn_is_left_of_a_killed_writer(store, script):
    run = ended_run(store)
    before = {path: path.stat().st_size for path in files_of(store.folder)}
    command = [sys.executable, "-c", script, str(run.folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as writer:
        assert writer.stdout.readline() == b"begun\n"
        store.sweep(after(TORN_AGE_S + 1))
        assert len(files_of(store.folder)) == len(before) + 1  # its writer lives
        writer.send_signal(signal.SIGKILL)
    store.sweep(after(TORN_AGE_S + 1))
    assert {path: path.stat().st_size for path in files_of(store.folder)} == before
    assert len(list(store.uploads_folder.iterdir())) == 1


def test_an_upload_named_as_the_state_of_a_job_is_data(store):
    dataset = upload(store, json.dumps({"state": "running"}).encode(), name="status.json")
    store.sweep(after(60))
    assert json.loads(store.dataset(dataset.id).path.read_bytes()) == {"state": "running"}
