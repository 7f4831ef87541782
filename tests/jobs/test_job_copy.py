"""Jobs on a machine that does not see the store: done in a copy, by a gateway in a process of its own that does see it."""

import contextlib
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.managers import BaseManager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import embedviz as ev
from embedviz.core.errors import DataError, RunError
from embedviz.core.jobs.events import FILE as EVENTS
from embedviz.core.jobs.lease import Heartbeat, Lease, current_generation
from embedviz.core.jobs.status import Status, write_status, written_status
from embedviz.core.jobs.stop_request import request_stop
from embedviz.core.version import VERSION
from embedviz.jobs import job_copy
from embedviz.jobs.baselines import baselines_of
from embedviz.jobs.executor import take_for_queue
from embedviz.jobs.job_copy import perform_copy
from embedviz.jobs.node_cache import NodeCache
from embedviz.jobs.repeats import repeats_of
from embedviz.jobs.store_gateway import StoreGateway
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import CHECKPOINT
from embedviz.store.store import Store
from tests.jobs.waiting import checkpointed, in_training, wait_for

pytestmark = pytest.mark.slow
SETTINGS = {"epochs": 3, "min_count": 1, "dim": 8, "threads": 1, "deterministic": True}
LONG = {"epochs": 10_000, "min_count": 1, "dim": 100, "window": 10, "subsample": 0, "threads": 1}


class Gateway(StoreGateway):
    """A gateway that knows what was read."""

    def __init__(self, variables, version):
        super().__init__(variables, version)
        self._read = []

    def read(self, ticket, path, position, size):
        if position == 0:
            self._read.append(Path(path).name)
        return super().read(ticket, path, position, size)

    def names_read(self):
        return self._read


class Manager(BaseManager):
    """Holds a gateway in a process of its own, which sees the store."""


Manager.register("Gateway", Gateway)


def perform_with(gateway, ticket, cache, part_bytes, large_bytes):
    job_copy.PART_BYTES, job_copy.LARGE_BYTES = part_bytes, large_bytes
    return perform_copy(gateway, ticket, cache)


class Node:
    """A process that does jobs in copies, as that of a node does, while the leases are kept alive as an executor does."""

    def __init__(self, pool, gateway, cache, leases):
        self._pool, self._gateway, self._cache, self._leases = pool, gateway, cache, leases

    def submit(self, job, part_bytes=job_copy.PART_BYTES, large_bytes=job_copy.LARGE_BYTES):
        """Begin the job; a function that waits for the state in which it ends."""
        ticket = ticket_of(job)
        self._leases.enter_context(Heartbeat(Lease.adopt(job.folder, ticket["lease"], ticket["token"])))
        return self._pool.submit(perform_with, self._gateway, ticket, self._cache, part_bytes, large_bytes).result

    def perform(self, job, **sizes):
        return self.submit(job, **sizes)(60)


@pytest.fixture(scope="module")
def processes():
    """The process of gateways, and that of a node."""
    context = multiprocessing.get_context("spawn")
    manager = Manager(ctx=context)
    with ProcessPoolExecutor(1, context) as pool:
        with pytest.MonkeyPatch.context() as patched:
            # a page that was tested before has left its script there, which a new process would run
            patched.setitem(sys.modules, "__main__", ModuleType("__main__"))
            manager.start()
            pool.submit(int).result()
        yield manager, pool
    manager.shutdown()


@pytest.fixture
def gateway(own_home, processes):
    return processes[0].Gateway({"EMBEDVIZ_HOME": str(own_home)}, VERSION)


@pytest.fixture
def cache(tmp_path):
    return NodeCache(tmp_path / "cache")


@pytest.fixture
def node(processes, gateway, cache):
    with contextlib.ExitStack() as leases:
        yield Node(processes[1], gateway, cache, leases)


def ticket_of(job):
    lease = take_for_queue(job)
    return {"folder": str(lease.folder.absolute()), "lease": lease.generation, "token": lease.token}


def messages_of(run):
    return [event.get("message") for event in run.events().events]


def upload(text):
    return Dataset.upload(Store().uploads_folder, "t.txt", [text.encode()])


def new_run(dataset, **settings):
    return Store().create_training("skipgram", dataset, {**SETTINGS, **settings}, probes=["cat"])


def test_a_training_in_a_copy_comes_to_what_it_comes_to_here(node, two_topics):
    text = upload(two_topics)
    run, here = new_run(text), ev.train("skipgram", text.path, **SETTINGS)
    assert node.perform(run) == "done"
    assert run.status == "done"
    assert run.metrics == here.metrics
    assert run.space.labels == here.space.labels
    assert np.array_equal(run.space.vectors, here.space.vectors)


def test_events_and_checkpoints_come_while_it_trains_and_a_stop_reaches_it(node, cache, two_topics):
    run = new_run(upload(two_topics), **LONG)
    state = node.submit(run)
    in_training(run)
    assert run.status == "running"
    checkpointed(run)
    request_stop(run.folder)
    assert state(60) == "stopped"
    assert run.status == "stopped"
    assert "cat" in run.space
    assert list(cache.folder.glob("jobs/*")) == []


def test_a_job_that_is_taken_over_is_given_up_and_goes_on_elsewhere_from_its_checkpoint(node, two_topics):
    run = new_run(upload(two_topics), **LONG)
    state = node.submit(run)
    checkpointed(run)
    over = current_generation(run.folder)
    lease = Lease.take(run.folder, over=over)
    write_status(run.folder, Status("interrupted", lease=lease.generation))
    assert state(60) == "interrupted"
    assert written_status(run.folder).lease == over + 1  # nothing was written any more
    with open(run.folder / EVENTS, "a") as events:
        events.write('{"message": "cut o')
    state = node.submit(run)
    wait_for(lambda: "Resuming from the last checkpoint" in messages_of(run))
    request_stop(run.folder)
    assert state(60) == "stopped"
    assert messages_of(run).count("Starting") == 2
    assert messages_of(run)[-1] == "Placing the texts"


def test_a_run_that_is_done_leaves_no_checkpoint_behind(node, two_topics):
    run = new_run(upload(two_topics), epochs=4000)
    (run.folder / CHECKPOINT).write_bytes(b"of another version")
    assert node.perform(run) == "failed"
    assert (run.folder / CHECKPOINT).exists()
    assert "bug" in run.state.reason
    (run.folder / CHECKPOINT).unlink()
    state = node.submit(run)
    checkpointed(run)
    assert state(60) == "done"
    assert not (run.folder / CHECKPOINT).exists()


def test_large_files_go_in_parts(node, two_topics):
    text = upload(two_topics)
    run, here = new_run(text), ev.train("skipgram", text.path, **SETTINGS)
    assert node.perform(run, part_bytes=1_000, large_bytes=1_000) == "done"
    assert np.array_equal(run.space.vectors, here.space.vectors)
    assert not list(run.folder.rglob("*.tmp"))
    assert run.metrics == here.metrics


def test_data_is_sent_once_and_parsed_once_and_deleted_when_it_is_too_much(node, gateway, cache, two_topics):
    text = upload(two_topics)
    for seed in (1, 2):
        assert node.perform(new_run(text, seed=seed)) == "done"
    assert gateway.names_read().count("t.txt") == 1
    assert len(list(cache.folder.glob("tables/*"))) == 1
    [kept] = cache.folder.glob("files/[!.]*")
    assert kept.read_text() == two_topics
    with cache.store() as store:
        os.link(kept, store / "in use")
        NodeCache(cache.folder, max_bytes=0).sweep()
        assert kept.exists()
    NodeCache(cache.folder, max_bytes=0).sweep()
    assert not kept.exists()
    assert not list(cache.folder.glob("tables/*"))


def test_what_a_killed_job_left_on_a_node_is_deleted_and_what_another_one_uses_is_not(cache):
    (cache.folder / "jobs" / "of a killed process").mkdir()
    with cache.store() as store:
        NodeCache(cache.folder).sweep()
        assert list(cache.folder.glob("jobs/*")) == [store]


def test_files_in_place_samples_a_run_outside_the_store_and_vectors_of_a_run_are_sent(
    node, gateway, two_topics, tmp_path
):
    path = tmp_path / "in place" / "text.txt"
    path.parent.mkdir()
    path.write_text(two_topics)
    first = ev.train("skipgram", path, **SETTINGS)
    vectors = {"vectors": f"run:{first.id}:word", "seed": 1}
    dataset = Dataset.at_path(Store().uploads_folder, path)
    outside = {"folder": tmp_path / "out" / "my run"}
    run = Store().create_training("skipgram", dataset, {**SETTINGS, **vectors}, **outside)
    assert node.perform(run) == "done"
    assert {"text.txt", "word.safetensors", "model.safetensors"} <= set(gateway.names_read())
    here = ev.train("skipgram", path, **SETTINGS, **vectors)
    assert np.array_equal(run.space.vectors, here.space.vectors)

    glove = Store().create_training("skipgram", dataset, {**SETTINGS, "dim": 100, "vectors": "glove"})
    assert node.perform(glove) == "done"

    path.write_text("another text")
    changed = Store().create_training("skipgram", dataset, SETTINGS)
    with pytest.raises(DataError, match="was changed since"):
        node.perform(changed)


def test_baselines_and_repeats_are_done_in_a_copy_too(node, tweets):
    table = Dataset.upload(Store().uploads_folder, "t.csv", [tweets.to_csv(index=False).encode()])
    settings = {"preset": "fast", "epochs": 1}
    run = Store().create_training("sentiment", table, settings)
    assert node.perform(run) == "done"
    baselines, repeats = baselines_of(run), repeats_of(run, "seeds", 2)
    for job in (baselines, repeats):
        assert node.perform(job) == "done"
    assert {row.name for row in baselines.rows} >= {"Majority"}
    assert repeats.rows[0].metrics == run.metrics
    assert len(repeats.rows) == 2


def test_the_gateway_gives_and_takes_only_what_is_the_jobs(gateway, own_home):
    run, other = new_run(upload("a b")), new_run(upload("a b"))
    ticket = ticket_of(run)
    for path in ("/etc/hostname", str(other.folder / "run.json")):
        with pytest.raises(RunError, match="does not read"):
            gateway.read(ticket, path, 0, 10)
    place = gateway.job(ticket)["place"]
    for wrong in ("evil.txt", f"{place}/../evil.txt", f"runs/{other.id}/run.json", "/evil.txt"):
        with pytest.raises(RunError, match="does not write"):
            gateway.write_part(ticket, wrong, 0, b"", True)
    changes = {"appended": [], "files": [(f"{place}/a.txt", b"1")], "removed": [], "folders": [place]}
    assert not gateway.exchange({**ticket, "token": "guessed"}, changes)["is_held"]
    assert not (run.folder / "a.txt").exists()
    assert gateway.exchange(ticket, changes)["is_held"]
    assert (run.folder / "a.txt").read_bytes() == b"1"
