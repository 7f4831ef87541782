"""The executor of a Ray cluster, on clusters of several nodes on this machine: nodes and heads are killed, runs are not lost."""

import importlib.util

import numpy as np
import pytest

from embedviz.core.errors import RunError
from embedviz.core.jobs.lease import current_generation
from embedviz.core.jobs.status import written_status
from embedviz.experiments.experiment import create_experiment
from embedviz.jobs import ray_executor
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.jobs.perform import OUT_OF_MEMORY, perform
from embedviz.jobs.ray_executor import RayExecutor
from embedviz.jobs.shared_executor import close_shared_executor, shared_executor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.jobs.ray_nodes import RAY_S, Nodes, can_hide_folders
from tests.jobs.waiting import checkpointed, in_training, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a node takes up to 10 s to start, on a busy machine minutes

LONG = {"epochs": 10_000, "min_count": 1, "dim": 100, "window": 10, "subsample": 0, "threads": 1}
RESUMING = "Resuming from the last checkpoint"
SHORT = {"epochs": 20, "min_count": 1}


@pytest.fixture(scope="module")
def nodes():
    """A cluster with a node."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RAY_USAGE_STATS_ENABLED", "0")
        nodes = Nodes()
        nodes.add()
        yield nodes
        nodes.close()


@pytest.fixture
def start(own_home):
    """A function that starts an executor of a cluster."""
    started = []

    def start(nodes):
        executor = RayExecutor(lambda trainer: LocalExecutor(trainer=trainer), nodes.address)
        started.append(executor)
        return executor.start()

    yield start
    for executor in started:
        executor.close()


def dataset_of(text):
    return Dataset.upload(Store().uploads_folder, "t.txt", [text.encode()])


def new_run(text, **settings):
    return Store().create_training("skipgram", dataset_of(text), settings, probes=["cat"])


def messages_of(run):
    return [event.get("message") for event in run.events().events]


def done_runs():
    return [run for run in Store().runs() if run.status == "done"]


@pytest.mark.cluster
@pytest.mark.skipif(not can_hide_folders(), reason="Giving a node a mount of its own needs root and unshare")
def test_a_run_outlives_a_node_with_the_store_and_one_without_and_stop_and_close_reach_it(
    nodes, start, two_topics, tmp_path_factory
):
    executor = start(nodes)
    run, waiting = new_run(two_topics, **LONG), new_run(two_topics, **LONG)
    executor.submit(run)
    executor.submit(waiting)
    in_training(run, seconds=RAY_S)
    assert executor.capacity == 1
    assert (waiting.status, executor.place(waiting), executor.place(run)) == ("queued", 1, 0)
    executor.stop(waiting)
    assert waiting.status == "stopped"
    assert "queue" in waiting.state.reason

    checkpointed(run, RAY_S)
    generation = current_generation(run.folder)
    without = nodes.add_without(tmp_path_factory.getbasetemp())
    nodes.kill_node(nodes.nodes[0])
    wait_for(lambda: RESUMING in messages_of(run), RAY_S, "going on without a shared volume")
    assert messages_of(run).count("Starting") == 2
    assert current_generation(run.folder) == generation + 1
    in_training(run, run.events().offset, RAY_S)
    executor.stop(run)
    assert run.wait(RAY_S) == "stopped"
    assert "cat" in run.space

    short = {"epochs": 3, "min_count": 1, "dim": 8, "threads": 1, "deterministic": True}
    there, here = new_run(two_topics, **short), new_run(two_topics, **short)
    executor.submit(there)
    assert perform(here) == there.wait(RAY_S) == "done"
    assert there.metrics == here.metrics
    assert np.array_equal(there.space.vectors, here.space.vectors)
    assert messages_of(there) == messages_of(here)

    run = new_run(two_topics, **LONG)
    executor.submit(run)
    checkpointed(run, RAY_S)
    nodes.add()
    nodes.kill(without)
    wait_for(lambda: RESUMING in messages_of(run), RAY_S, "going on from the checkpoint that came back")
    assert messages_of(run).count("Starting") == 2
    executor.close()
    assert run.status == "interrupted"
    assert "server ended" in run.state.reason
    assert executor.machine.words_per_second > 0


@pytest.mark.cluster
def test_a_node_without_memory_fails_the_run_with_its_sentence(nodes, start, two_topics):
    nodes.add(RAY_memory_usage_threshold="0.01")  # what any process takes is too much
    nodes.kill_node(nodes.nodes[0])
    executor = start(nodes)
    run = new_run(two_topics, **LONG)
    executor.submit(run)
    assert run.wait(RAY_S) == "failed"
    assert run.state.reason == OUT_OF_MEMORY


@pytest.mark.cluster
def test_a_sweep_of_twenty_runs_outlives_a_node_and_then_the_head(nodes, start, two_topics, monkeypatch):
    nodes.add()
    nodes.add()
    nodes.kill_node(nodes.nodes[0])
    executor = start(nodes)
    options, settings = {"largest": 32, "seeds": 4}, {"min_count": 1, "epochs": 100}
    data = dataset_of(two_topics)
    sweep = create_experiment("dimensions", data, "skipgram", budget=100, settings=settings, options=options)
    executor.submit(sweep)
    wait_for(lambda: len(done_runs()) >= 4, RAY_S, "the first runs")
    nodes.kill_node(nodes.nodes[-1])
    wait_for(lambda: len(done_runs()) >= 12, RAY_S, "going on with one node")
    assert {result.outcome for result in sweep.results} <= {"done", "training"}

    with monkeypatch.context() as patched:
        patched.setattr(ray_executor, "SILENCE_S", 3.0)
        nodes.kill_head()
        assert sweep.wait(RAY_S) == "failed"
    assert "cluster" in sweep.state.reason
    done = {run.id: written_status(run.folder) for run in done_runs()}
    executor.close()
    other = Nodes()
    try:
        other.add()
        executor = start(other)
        executor.submit(sweep)
        assert sweep.wait(RAY_S) == "done"
        executor.close()
    finally:
        other.close()
    assert [result.outcome for result in sweep.results] == ["done"] * 20
    assert len({result.run_id for result in sweep.results}) == len(Store().runs()) == 20
    assert {run_id: written_status(Store().run(run_id).folder) for run_id in done} == done
    starts = [messages_of(run).count("Starting") for run in Store().runs()]
    assert 20 <= sum(starts) <= 22  # what the node and the head were at, twice


@pytest.mark.cluster
def test_an_address_at_which_nothing_answers_is_named(start, two_topics):
    class Nowhere:
        address = "127.0.0.1:9"

    run = new_run(two_topics, **SHORT)
    executor = start(Nowhere)
    executor.submit(run)
    assert run.wait(RAY_S) == "interrupted"
    assert "127.0.0.1:9" in run.state.reason
    with pytest.raises(RunError, match="No Ray cluster answers"):
        executor.submit(run)


def test_ray_is_chosen_by_the_environment_and_its_lack_is_named(monkeypatch):
    close_shared_executor()  # another test's, in the same process
    monkeypatch.setenv("EMBEDVIZ_EXECUTOR", "ray")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(RunError, match="RAY_ADDRESS"):
        shared_executor()
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RunError, match=r"pip install embedviz\[cluster\]"):
        shared_executor()
    monkeypatch.setenv("EMBEDVIZ_EXECUTOR", "slurm")
    with pytest.raises(RunError, match="slurm"):
        shared_executor()
