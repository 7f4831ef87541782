"""A job on a cluster: whose lease it is after a loss, when it is given up, and what it asks a node for."""

import os
from dataclasses import replace

import pytest

from embedviz.core.errors import RunError
from embedviz.core.jobs.status import Status, repair, write_status, written_status
from embedviz.core.version import VERSION
from embedviz.jobs import cluster_job
from embedviz.jobs.cluster_job import MAX_LOSSES, ClusterJob, Needs, needs_of
from embedviz.jobs.executor import take_for_queue
from embedviz.jobs.ray_task import perform_on_node
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import CHECKPOINT
from embedviz.store.run_specs import TrainingSpec
from embedviz.store.store import Store


@pytest.fixture
def held(own_home):
    """A job that waits on a cluster."""
    store = Store()
    run = store.create_training("skipgram", Dataset.upload(store.uploads_folder, "t.txt", [b"a b"]), {"threads": 1})
    return ClusterJob(run, take_for_queue(run), needs_of(run.spec_as(TrainingSpec)), run.owner)


def begin(held):
    write_status(held.folder, Status("running", lease=held.lease.generation, started=1.0))


def test_a_lost_job_waits_again_under_a_lease_that_its_old_process_does_not_have(held):
    lost = held.lease
    begin(held)
    assert not held.is_waiting
    assert held.take_again()
    assert held.is_waiting
    assert not lost.is_held()
    assert held.lease.is_held()


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [(ClusterJob.take_again, "running", "queued"), (lambda held: held.end("failed", "no"), "running", "failed")],
    ids=["begun again", "ended"],
)
def test_a_job_is_never_seen_as_interrupted_while_its_lease_is_taken_over(held, monkeypatch, act, before, after):
    seen = []

    def observed(folder, status):
        seen.append(held.job.status)  # between the lease and the status
        write_status(folder, status)

    begin(held)
    monkeypatch.setattr(cluster_job, "write_status", observed)
    act(held)
    assert (seen, held.job.status) == ([before], after)


def test_a_job_that_ended_before_its_node_was_lost_is_not_begun_again(held):
    write_status(held.folder, Status("done", lease=held.lease.generation))
    assert not held.take_again()
    held.end("interrupted", "")
    assert written_status(held.folder).state == "done"


def test_a_job_that_a_sweep_marked_as_interrupted_is_begun_again_and_one_that_another_server_took_is_not(held):
    begin(held)
    held.lease.release()
    assert repair(held.folder)
    assert held.take_again()
    write_status(held.folder, Status("interrupted", lease=held.lease.generation))
    other = take_for_queue(held.job)
    assert not held.take_again()
    held.end("failed", "no")
    assert other.is_held()
    assert held.job.status == "queued"


def test_losses_are_counted_from_the_last_checkpoint(held):
    checkpoint = held.folder / CHECKPOINT
    assert [held.was_lost_too_often() for _ in range(MAX_LOSSES - 1)] == [False] * (MAX_LOSSES - 1)
    checkpoint.touch()
    assert [held.was_lost_too_often() for _ in range(MAX_LOSSES)] == [False] * (MAX_LOSSES - 1) + [True]
    os.utime(checkpoint, (2e9, 2e9))
    assert not held.was_lost_too_often()


def test_needs_are_threads_memory_in_whole_gigabytes_and_a_gpu_unless_the_device_is_the_cpu(held):
    assert held.request()["threads"] == 1
    spec = replace(held.job.spec_as(TrainingSpec), estimate={"memory_bytes": 1.2e9})
    assert needs_of(spec) == Needs(1, wants_gpu=True, memory_bytes=2_000_000_000)
    on_cpu = replace(spec, settings={**spec.settings, "device": "cpu", "threads": 3})
    assert needs_of(on_cpu) == Needs(3, wants_gpu=False, memory_bytes=2_000_000_000)


def test_a_node_that_cannot_do_the_job_says_why(held, tmp_path):
    variables = {"EMBEDVIZ_HOME": str(tmp_path)}
    ticket = {"folder": str(tmp_path / "missing"), "lease": 1, "token": ""}
    with pytest.raises(RunError, match="does not see"):
        perform_on_node(ticket, 1, variables, VERSION)
    with pytest.raises(RunError, match="has embedviz"):
        perform_on_node({**ticket, "folder": str(held.folder)}, 1, variables, "0.0")
