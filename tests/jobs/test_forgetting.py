"""Deleting everything of an owner, with real workers at it."""

import pytest

from embedviz.core.jobs.status import Status, write_status
from embedviz.experiments.experiment import create_experiment
from embedviz.jobs.forgetting import forget_owner, forget_store
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.jobs.prediction import ask_rows
from embedviz.projection.settings import ProjectionSettings
from embedviz.store.dataset import Dataset
from embedviz.store.maps import map_of
from embedviz.store.reference_reading import read_reference
from embedviz.store.store import Store
from embedviz.store.table_folders import tables_folder
from tests.jobs.waiting import in_training

A, B = "a" * 32, "b" * 32
LONG = {"epochs": 10_000, "min_count": 1, "dim": 50, "subsample": 0}
UMAP = ProjectionSettings.of(method="umap")


@pytest.fixture
def store(own_home, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    return Store()


class Idle(LocalExecutor):
    """An executor without workers."""

    def _hand_out(self, lane):
        pass


def upload(store, owner, text=b"a b c d\n"):
    return Dataset.upload(store.uploads_folder, "t.txt", [text], owner)


def ended_run(store, owner, text=b"a b c d\n"):
    run = store.create_training("skipgram", upload(store, owner, text), {}, owner=owner)
    write_status(run.folder, Status("done", ended=1e9))
    return run


def files_of(store):
    return {path.relative_to(store.folder) for path in store.folder.rglob("*") if path.is_file()}


def test_everything_of_an_owner_goes_and_everything_of_others_stays(store):
    theirs = ended_run(store, B)
    map_of(theirs, "word", UMAP)
    ask_rows(theirs, ["a"], B)
    read_reference(theirs.data, theirs.folder / "data")  # the table of a content that both have
    before = files_of(store)
    mine, gone = ended_run(store, A), ended_run(store, A, b"e f g h\n")
    read_reference(gone.data, gone.folder / "data")
    map_of(mine, "word", UMAP)
    map_of(store.run(mine.id, B), "word", UMAP)  # asked by another of my run
    map_of(store.run(theirs.id, A), "word", UMAP)  # by me of another's
    ask_rows(theirs, ["b"], A)
    create_experiment("dimensions", upload(store, A), "skipgram", budget=60, owner=A)
    store.delete(gone)
    store.delete_dataset(upload(store, A, b"x y z\n"))
    assert len(list(tables_folder().iterdir())) == 2
    forget_owner(Idle(), store, A)
    assert files_of(store) == before


def test_jobs_that_wait_are_taken_out_of_the_queue_first(store):
    executor = Idle()
    waiting, other = (store.create_training("skipgram", upload(store, owner), {}, owner=owner) for owner in (A, B))
    executor.submit(waiting, A)
    executor.submit(other, B)
    forget_owner(executor, store, A)
    assert executor.place(other) == 1
    assert [run.id for run in store.runs()] == [other.id]
    executor.close()


def test_the_whole_store_goes_and_can_be_used_again(own_home):
    store = Store()
    run = ended_run(store, "local")
    read_reference(run.data, run.folder / "data")
    (store.folder / "vectors").mkdir()
    (store.folder / "vectors" / "glove.zip").write_bytes(b"1")
    (store.folder / "key").write_text("identifies the server")
    forget_store(Idle(), store)
    assert [path.name for path in files_of(store)] == ["key"]
    assert len(ended_run(store, "local").data["id"]) == 32


@pytest.mark.slow
def test_a_training_under_way_is_ended_and_the_next_one_of_another_visitor_runs(store, monkeypatch, many_topics):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_EPOCHS", "none")
    executor = LocalExecutor().start()
    run = store.create_training("skipgram", upload(store, A, many_topics.encode()), LONG, owner=A)
    executor.submit(run, A)
    in_training(run)
    forget_owner(executor, store, A)
    assert not run.folder.exists()
    after = store.create_training("skipgram", upload(store, B, many_topics.encode()), {"epochs": 1}, owner=B)
    executor.submit(after, B)
    assert after.wait(60) == "done"
    assert not run.folder.exists()
    assert {kept.name for kept in store.runs_folder.iterdir()} == {after.id}
    executor.close()
