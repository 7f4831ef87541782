"""What a shared server lets one visitor take, with real workers: turns, time and memory."""

import os
import time

import pytest

from embedviz.core.cost import Cost
from embedviz.core.errors import JobFailedError, QueueFullError, SettingsError
from embedviz.jobs.inline import run_inline
from embedviz.jobs.local_executor import MEASURE_INTERVAL_S, LocalExecutor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.jobs.waiting import in_training, wait_for

pytestmark = pytest.mark.slow

LONG = {"epochs": 10_000, "min_count": 1, "dim": 50, "subsample": 0}


@pytest.fixture
def shared(monkeypatch, own_home):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_EPOCHS", "none")  # for runs that do not end by themselves
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "none")  # the process of the tests alone holds half of it


@pytest.fixture
def executor(shared):
    executor = LocalExecutor().start()
    yield executor
    executor.close()


def new_run(text: str, owner: str = "a", estimate: Cost | None = None, **settings):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [text.encode()])
    return store.create_training("skipgram", dataset, {"min_count": 1, **settings}, owner=owner, estimate=estimate)


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="only Linux has idle priority")
@pytest.mark.parametrize(("priority", "policy"), [("idle", "SCHED_IDLE"), ("low", "SCHED_OTHER")])
def test_workers_take_what_nobody_else_wants(shared, monkeypatch, priority, policy):
    monkeypatch.setenv("EMBEDVIZ_WORKER_PRIORITY", priority)
    executor = LocalExecutor().start()
    try:
        wait_for(lambda: executor.machine.words_per_second, 60, what="a worker")
        [training], [interactive] = (executor.load()[lane].processes for lane in ("training", "interactive"))
        assert os.sched_getscheduler(training) == getattr(os, policy)
        assert os.sched_getscheduler(interactive) == getattr(os, policy)
    finally:
        executor.close()


def test_a_training_beyond_the_seconds_is_stopped_with_its_best_and_the_next_one_runs(
    executor, monkeypatch, two_topics
):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_RUN_SECONDS", "4")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_RUNNING", "1")
    long, behind = new_run(two_topics, **LONG), new_run(two_topics, epochs=1)
    executor.submit(long, "a")
    executor.submit(behind, "a")
    assert long.wait(60) == "stopped"
    assert long.state.reason.startswith("It was stopped after 4 s, the limit here. The best so far is kept.")
    assert "cat" in long.space
    assert long.metrics
    assert behind.wait(60) == "done"


def test_a_job_beyond_the_memory_is_stopped_with_its_best(executor, monkeypatch, two_topics):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_JOB_MB", "0.001")
    run = new_run(two_topics, **LONG)
    executor.submit(run, "a")
    assert run.wait(60) in ("stopped", "failed")  # at half as much again it is ended at once
    assert "MB of memory, the limit here" in run.state.reason or "GB of memory, the limit here" in run.state.reason


def test_a_worker_that_has_grown_is_replaced_and_one_that_has_not_is_kept(executor, monkeypatch, two_topics):
    def trained_by() -> int:
        run = new_run(two_topics, epochs=1)
        executor.submit(run, "a")
        in_training(run)
        [worker] = [worker for worker in executor._workers["training"] if worker.held]
        assert run.wait(60) == "done"
        wait_for(lambda: worker.held is None, what="the end of the job")
        return worker.pid

    monkeypatch.setenv("EMBEDVIZ_LIMIT_WORKER_MB", "10000")
    first = trained_by()
    assert trained_by() == first
    monkeypatch.setenv("EMBEDVIZ_LIMIT_WORKER_MB", "1")
    assert trained_by() == first
    wait_for(lambda: first not in executor.load()["training"].processes, what="the end of the worker")
    assert trained_by() != first


def test_a_visitor_with_many_runs_holds_up_nobody(executor, many_topics):
    mine = [new_run(many_topics, **LONG) for _ in range(6)]
    for run in mine:
        executor.submit(run, "a")
    with pytest.raises(QueueFullError, match="5 of your jobs are waiting already"):
        executor.submit(new_run(many_topics, **LONG), "a")
    in_training(mine[0])
    other = new_run(many_topics, "b", epochs=3)
    executor.submit(other, "b")
    begun = time.monotonic()
    in_training(other)
    assert [run.status for run in mine] == ["running", *["queued"] * 5], f"after {time.monotonic() - begun:.1f} s"
    assert other.wait(60) == "done"


def test_where_all_places_are_taken_the_forecast_comes_true(shared, request, monkeypatch, many_topics):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_RUN_SECONDS", "10")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_RUNNING", "4")
    executor = LocalExecutor().start()
    request.addfinalizer(executor.close)
    first = [new_run(many_topics, owner, estimate=Cost(60, 1e8), **LONG) for owner in "abcd"]
    for run in first:
        executor.submit(run, run.owner)
    for run in first:
        in_training(run)
    last = new_run(many_topics, "e", epochs=1)
    executor.submit(last, "e")
    assert executor.place(last) == 1
    expected, asked = executor.expected_wait(last), time.monotonic()
    assert executor.expected_wait(first[0]) is None
    wait_for(lambda: last.status != "queued", what="the beginning")
    assert expected / 2 <= time.monotonic() - asked <= 2 * expected + 2  # a training that is stopped is still measured
    assert last.wait(60) == "done"
    assert executor.expected_wait(last) is None


def test_a_training_for_which_there_is_no_memory_waits_until_there_is(executor, monkeypatch, many_topics):
    first, second = new_run(many_topics, "a", Cost(600, 1e8), **LONG), new_run(many_topics, "b", epochs=1)
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "1")  # there is always memory for one
    executor.submit(first, "a")
    in_training(first)
    executor.submit(second, "b")
    time.sleep(2 * MEASURE_INTERVAL_S)
    assert (first.status, second.status) == ("running", "queued")
    assert 400 < executor.expected_wait(second) < 600  # until the first one ends
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "100000")
    assert second.wait(60) == "done"
    assert first.status == "running"


def test_limits_hold_where_memory_cannot_be_measured(executor, monkeypatch, two_topics):
    def broken(*_):
        raise OSError("no such folder")

    monkeypatch.setattr(executor._room, "update", broken)
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "1000")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_RUN_SECONDS", "3")
    run = new_run(two_topics, **LONG)
    executor.submit(run, "a")
    assert run.wait(60) == "stopped"
    assert "3 s" in run.state.reason


def test_idle_workers_give_back_what_they_hold_when_a_job_waits_for_memory(executor, monkeypatch, many_topics):
    first, second = (new_run(many_topics, owner, **LONG) for owner in "ab")
    for run in (first, second):
        executor.submit(run, run.owner)
    for run in (first, second):
        in_training(run)
    executor.stop(second)
    [busy] = [worker for worker in executor._workers["training"] if worker.held and worker.held.owner == "a"]
    [used] = [worker for worker in executor._workers["training"] if worker.held and worker.held.owner == "b"]
    assert second.wait(60) == "stopped"
    wait_for(lambda: used.is_idle, what="the end of the job")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "1")
    third = new_run(many_topics, "b", epochs=1)
    executor.submit(third, "b")
    wait_for(lambda: not used.is_running, what="the end of the idle worker")
    assert (busy.is_running, first.status, third.status) == (True, "running", "queued")


def test_places_of_a_machine_are_its_cores_unless_they_are_limited(shared, monkeypatch):
    for running in (4, 2):
        monkeypatch.setenv("EMBEDVIZ_LIMIT_RUNNING", str(running))
        assert LocalExecutor().capacity == running * max(1, os.cpu_count() // running)


def test_a_worker_that_ends_while_the_disk_is_full_leaves_its_lane_alive(executor, monkeypatch, many_topics):
    """The listening thread writes the end of a job that it heard of; it has to live on where that fails."""
    from embedviz.jobs import job_ends

    run = new_run(many_topics, **LONG)
    executor.submit(run, "a")
    in_training(run)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(job_ends, "write_status", full)
        worker = next(worker for worker in executor._workers["training"] if worker.held)
        worker._process.kill()
        wait_for(lambda: worker not in executor._workers["training"], what="the end of the worker")
    after = new_run(many_topics, "b", epochs=1)
    executor.submit(after, "b")
    assert after.wait(60) == "done"
    wait_for(lambda: run.status == "interrupted", what="the end of the lease")


def test_settings_past_a_limit_are_refused_with_the_command_for_ones_own_machine(shared, monkeypatch, two_topics):
    monkeypatch.delenv("EMBEDVIZ_LIMIT_EPOCHS")
    for name, value in (("epochs", 201), ("dim", 301)):
        with pytest.raises(SettingsError, match=f"`embedviz train skipgram FILE --{name} {value}`"):
            new_run(two_topics, **{name: value})
    assert not list(Store().runs_folder.iterdir())


def test_more_vectors_and_rows_than_the_limit_end_in_a_sentence(shared, monkeypatch, two_topics, cars):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VOCABULARY", "11")
    with pytest.raises(JobFailedError, match="at most 11 vectors of a kind: leave rare ones out"):
        run_inline(new_run(two_topics, epochs=1))
    monkeypatch.setenv("EMBEDVIZ_LIMIT_ROWS", str(len(cars) - 1))
    dataset = Dataset.upload(Store().uploads_folder, "cars.csv", [cars.to_csv(index=False).encode()])
    run = Store().create_training("categories", dataset, {"epochs": 1}, columns={"target": "body"})
    with pytest.raises(JobFailedError, match="tables of at most 499 rows"):
        run_inline(run)
