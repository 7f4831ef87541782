"""The page What is kept, and the quota on the Data page."""

import time
from dataclasses import replace

import pytest

from embedviz.core.jobs.status import Status, write_status
from embedviz.jobs.inline import run_inline
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.app.test_pages import go, page_text

pytestmark = pytest.mark.slow

ME, OTHER = "a" * 32, "b" * 32
PART = b"a b c d e\n" * 10_000  # 100 kB


@pytest.fixture
def visitor(app, as_visitor):
    """The app, visited by ME."""
    as_visitor()
    app.session_state["owner"] = ME
    return app


def run_of(owner, name):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, name, [PART], owner)
    run = store.create_training("skipgram", dataset, {}, owner=owner, name=name)
    write_status(run.folder, Status("done", ended=time.time()))
    return run


def click(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_a_visitor_sees_their_own_use_and_the_limits_of_the_host(visitor):
    run_of(ME, "mine.txt")
    for n in range(3):
        run_of(OTHER, f"other {n}.txt")
    go(visitor, "kept")
    text = page_text(visitor)
    assert "uploads 100 kB" in text
    rules, limits = (table.value for table in visitor.table)
    assert "2 hours after the run ended" in set(rules["for how long"])
    assert dict(zip(limits["limit"], limits["here"], strict=True))["Size of an upload, in MB"] == "25"
    assert "other" not in text.replace("others", "")


def test_on_ones_own_machine_runs_stay_until_they_are_deleted(app):
    run_of("local", "mine.txt")
    go(app, "kept")
    rules, limits = (table.value for table in app.table)
    assert "Until you delete them" in set(rules["for how long"])
    assert len(limits) == 2  # what waits, and the disk from which deletion is offered
    assert "Delete everything in the store of this machine" in [button.label for button in app.button]


def test_a_second_look_comes_before_the_deletion(visitor):
    run_of(ME, "mine.txt")
    go(visitor, "kept")
    click(visitor, "Delete everything of mine")
    assert "1 upload and 1 run" in page_text(visitor)
    assert len(Store().runs(ME)) == len(Store().datasets(ME)) == 1


def test_an_upload_past_the_quota_offers_the_oldest_and_is_kept_once_that_is_agreed_to(visitor, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_MB", "0.25")
    old, new = run_of(ME, "old.txt"), Dataset.upload(Store().uploads_folder, "new.txt", [PART], ME)
    write_status(old.folder, replace(old.state, ended=time.time() - 3000))
    Dataset.upload(Store().uploads_folder, "theirs.txt", [PART], OTHER)
    go(visitor, "data")
    visitor.get("file_uploader")[0].upload("more.txt", PART, "text/plain").run()
    text = page_text(visitor)
    assert "To make room, these would be deleted for good" in text
    assert "Run: old.txt" in text
    assert len(Store().datasets(ME)) == 2
    click(visitor, "Delete these and upload")
    assert {dataset.title for dataset in Store().datasets(ME)} == {"new.txt", "more.txt"}
    assert Store().runs(ME) == []
    assert new.folder.exists()
    assert [dataset.title for dataset in Store().datasets(OTHER)] == ["theirs.txt"]


def test_the_browser_and_the_page_say_the_size_from_which_a_file_is_refused(visitor, monkeypatch):
    go(visitor, "data")
    assert visitor.get("file_uploader")[0].proto.max_upload_size_mb == 25
    monkeypatch.setenv("EMBEDVIZ_LIMIT_UPLOAD_MB", "0.5")
    visitor.run()
    assert visitor.get("file_uploader")[0].proto.max_upload_size_mb == 1
    assert "A file may have at most 0.5 MB here." in page_text(visitor)


def test_an_upload_larger_than_the_quota_is_a_sentence_and_deletes_nothing(visitor, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_MB", "1")
    run_of(ME, "old.txt")
    go(visitor, "data")
    visitor.get("file_uploader")[0].upload("more.txt", PART * 50, "text/plain").run()
    assert "more.txt does not fit: you use 0.1" in " ".join(error.value for error in visitor.error).replace("\\", "")
    assert [dataset.title for dataset in Store().datasets(ME)] == ["old.txt"]
    assert len(Store().runs(ME)) == 1


def test_past_the_quota_no_map_is_drawn(visitor, monkeypatch, two_topics):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "mine.txt", [two_topics.encode()], ME)
    run = run_inline(store.create_training("skipgram", dataset, {"dim": 4, "epochs": 1, "min_count": 1}, owner=ME))
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_MB", "0.001")
    visitor.query_params["run"] = run.id
    go(visitor, "map")
    if any(button.label == "Draw the map" for button in visitor.button):
        click(visitor, "Draw the map")
    shown = " ".join(error.value for error in visitor.error).replace("\\", "")
    assert "Nothing more can be worked out: you use" in shown
    assert "Delete runs or uploads first" in shown
    assert not list(run.folder.glob("maps/*/coords*"))
    assert not any(drawn.name == "status.json" for drawn in run.folder.glob("maps/*/*"))
