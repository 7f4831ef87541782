"""What is counted and logged of jobs by an executor with real workers."""

import logging

import pytest

from embedviz.core.errors import QueueFullError, SettingsError
from embedviz.core.limits import HostLimits
from embedviz.core.logs import visitor_hash
from embedviz.core.metrics import REGISTRY
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.jobs.waiting import in_training, wait_for

OWNER = "b" * 32


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def executor(own_home):
    executor = LocalExecutor().start()
    yield executor
    executor.close()


@pytest.fixture
def events(caplog):
    """A function that returns the fields of the events of a message so far."""
    caplog.set_level(logging.INFO, "embedviz")
    return lambda message: [record.fields for record in caplog.records if record.getMessage() == message]


def new_run(text: str, **settings):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [text.encode()])
    return store.create_training("skipgram", dataset, {"min_count": 1, **settings}, owner=OWNER)


@pytest.mark.slow
def test_a_training_is_counted_and_logged_from_its_beginning_to_its_end(executor, events, two_topics):
    before = value("embedviz_jobs_total", kind="training", state="done")
    waits = value("embedviz_job_wait_seconds_count", lane="training")
    run = new_run(two_topics, epochs=200)
    executor.submit(run, OWNER)
    wait_for(lambda: executor.load()["training"].running == 1 or run.state.is_final, what="the training's beginning")
    assert run.wait(60) == "done"
    wait_for(lambda: events("job ended"), what="the event of its end")
    (begun,), (ended,) = events("job begun"), events("job ended")
    names = {"kind": "training", "run": run.id, "visitor": visitor_hash(OWNER)}
    assert begun.items() >= {**names, "lane": "training"}.items()
    assert begun["wait"] >= 0
    assert ended.items() >= {**names, "state": "done"}.items()
    assert 0 < ended["seconds"] < 60
    assert 50 < ended["peak_mb"] < 5000
    assert value("embedviz_jobs_total", kind="training", state="done") == before + 1
    assert value("embedviz_job_wait_seconds_count", lane="training") == waits + 1
    assert OWNER not in str(events("job begun") + events("job ended"))
    assert (executor.load()["training"].waiting, executor.load()["training"].running) == (0, 0)


@pytest.mark.slow
def test_a_job_that_is_taken_out_of_the_queue_and_one_that_is_refused(executor, events, monkeypatch, two_topics):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_RUNNING", "1")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_WAITING", "1")
    running, waiting, refused = (new_run(two_topics, epochs=3000, dim=50, subsample=0) for _ in range(3))
    executor.submit(running, OWNER)
    in_training(running)
    executor.submit(waiting, OWNER)
    assert executor.load()["training"].waiting == 1
    before = value("embedviz_refusals_total", reason="visitor_waiting")
    with pytest.raises(QueueFullError):
        executor.submit(refused, OWNER)
    assert value("embedviz_refusals_total", reason="visitor_waiting") == before + 1
    assert events("refused")[-1] == {"reason": "visitor_waiting", "kind": "training", "visitor": visitor_hash(OWNER)}
    executor.stop(waiting)
    assert [event["run"] for event in events("job ended")] == [waiting.id]
    assert events("job ended")[0]["state"] == "stopped"
    executor.stop(running)
    assert running.wait(60) == "stopped"


def test_a_limit_that_is_reached_is_counted_by_its_name():
    before = value("embedviz_refusals_total", reason="epochs")
    HostLimits().check("epochs", 200, "This server trains at most {limit} epochs")
    assert value("embedviz_refusals_total", reason="epochs") == before
    with pytest.raises(SettingsError):
        HostLimits().check("epochs", 201, "This server trains at most {limit} epochs")
    assert value("embedviz_refusals_total", reason="epochs") == before + 1


def test_a_view_is_named_by_its_run_and_not_by_its_visitor(own_home):
    from types import SimpleNamespace

    from embedviz.jobs.job_metrics import _names

    folder = own_home / "views" / OWNER / ("c" * 32) / "maps" / ("d" * 32)
    held = SimpleNamespace(folder=folder, job=SimpleNamespace(kind="projection"), owner=OWNER)
    assert _names(held) == {"kind": "projection", "run": "c" * 32, "job": "d" * 32, "visitor": visitor_hash(OWNER)}
