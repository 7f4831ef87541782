"""Quotas of the disk: what is refused, in which sentence, and what makes room."""

import time

import pytest

from embedviz.core.errors import QuotaError
from embedviz.core.jobs.status import Status, write_status
from embedviz.store.dataset import Dataset
from embedviz.store.disk_room import delete_agreed, kept_by, make_room, oldest_of, use_of
from embedviz.store.retention import SHARED_LIFE_S
from embedviz.store.store import Store
from tests.store.test_retention import age

A, B = "a" * 32, "b" * 32
PART = b"a b c d e\n" * 10_000  # 100 kB


@pytest.fixture
def store(own_home, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    return Store()


def upload(store, parts=1, owner=A, name="t.txt"):
    return Dataset.upload(store.uploads_folder, name, (PART for _ in range(parts)), owner, parts * len(PART))


def ended_run(store, dataset, owner=A, bytes_of_model=0):
    run = store.create_training("skipgram", dataset, {}, owner=owner)
    (run.folder / "model.safetensors").write_bytes(b"x" * bytes_of_model)
    write_status(run.folder, Status("done", ended=time.time()))
    return run


def test_an_upload_of_5_mb_under_a_quota_of_1_mb_is_refused_while_it_arrives_and_leaves_nothing(store, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_MB", "1")
    arrived = []

    def parts():
        for n in range(50):
            arrived.append(n)
            yield PART

    with pytest.raises(QuotaError, match=r"^t\.txt does not fit: you use 0 MB of the 1 MB of disk"):
        Dataset.upload(store.uploads_folder, "t.txt", parts(), A)
    assert len(arrived) == 11  # the rest was not asked for
    assert list(store.uploads_folder.iterdir()) == []
    with pytest.raises(QuotaError, match="What you upload does not fit"):
        Dataset.upload_together(store.uploads_folder, [("a.txt", parts()), ("b.txt", parts())], A)
    assert list(store.uploads_folder.iterdir()) == []
    upload(store, 9)


def test_an_upload_larger_than_one_may_be_and_one_too_many_are_refused(store, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_UPLOAD_MB", "0.5")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_UPLOADS", "2")
    with pytest.raises(QuotaError, match=r"t\.txt is larger than 0\.5 MB, the limit of an upload here"):
        upload(store, 6)
    first = upload(store)
    upload(store)
    Dataset.sample(store.uploads_folder, "ratings", A)  # takes no place
    with pytest.raises(QuotaError, match="you keep 2 uploads, and a visitor may keep 2"):
        upload(store)
    upload(store, owner=B)
    store.delete_dataset(first)
    upload(store)


def test_a_run_is_refused_where_the_visitors_disk_is_used_up_and_leaves_nothing(store, monkeypatch):
    dataset = upload(store, 5)
    ended_run(store, dataset, bytes_of_model=600_000)
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_MB", "1")
    with pytest.raises(QuotaError, match=r"No run can be started: you use 1\.1 MB of the 1 MB"):
        store.create_training("skipgram", dataset, {}, owner=A)
    assert len(list(store.runs_folder.iterdir())) == 1
    store.create_training("skipgram", upload(store, owner=B), {}, owner=B)
    monkeypatch.delenv("EMBEDVIZ_MODE")
    store.create_training("skipgram", dataset, {}, owner=A)  # on one's own machine deletion is offered, and no more


def test_an_owner_uses_uploads_runs_and_what_was_deleted_and_a_shared_file_once(store):
    dataset = upload(store, 5)
    ended_run(store, dataset, bytes_of_model=200_000)
    gone = ended_run(store, dataset, bytes_of_model=100_000)
    ended_run(store, upload(store, owner=B), owner=B)
    store.delete(gone)
    use = use_of(kept_by(store.folder, A))
    assert use.uploads == pytest.approx(500_000, abs=2000)
    assert use.runs == pytest.approx(200_000, abs=4000)
    assert use.deleted == pytest.approx(100_000, abs=4000)
    assert use.total == use.uploads + use.runs + use.deleted
    assert use_of(kept_by(store.folder, B)).total == pytest.approx(100_000, abs=6000)
    assert use_of(kept_by(store.folder, "c" * 32)).total == 0


def test_for_an_upload_the_oldest_goes_and_nothing_that_frees_nothing(store, hold):
    shared = upload(store, 5, name="shared.txt")
    run = ended_run(store, shared, bytes_of_model=1000)
    old, new = upload(store, 3, name="old.txt"), upload(store, 3, name="new.txt")
    for dataset, seconds in ((shared, 3000), (old, 2000), (new, 1000)):
        age(dataset.folder, seconds)
    write_status(run.folder, Status("done", ended=time.time() - 2500))
    assert {kept.title for kept in oldest_of(store.folder, A, 200_000)} == {"shared.txt", run.name}
    hold(run.folder)
    assert [kept.title for kept in oldest_of(store.folder, A, 200_000)] == ["old.txt"]
    assert [kept.title for kept in oldest_of(store.folder, A, 400_000)] == ["old.txt", "new.txt"]
    assert oldest_of(store.folder, A, 900_000) is None
    assert oldest_of(store.folder, B, 1) is None
    store.delete_dataset(new)
    agreed = oldest_of(store.folder, A, 200_000)
    assert [kept.title for kept in agreed] == ["new.txt"]  # deleted already
    delete_agreed(store.folder, A, [kept.folder for kept in agreed] + [run.folder])
    assert store.deleted_datasets(A) == []
    assert run.folder.exists()  # it is being trained
    assert len(store.datasets(A)) == 2


def test_where_the_store_is_full_the_oldest_past_half_its_life_goes_whoever_has_it(store, monkeypatch):
    oldest, old, young = upload(store, 4, A, "oldest.txt"), upload(store, 4, B, "old.txt"), upload(store, 1, B)
    age(oldest.folder, 0.9 * SHARED_LIFE_S)
    age(old.folder, 0.6 * SHARED_LIFE_S)
    age(young.folder, 0.4 * SHARED_LIFE_S)
    monkeypatch.setenv("EMBEDVIZ_LIMIT_STORE_MB", "1")
    upload(store, 3)
    assert {dataset.title for owner in (A, B) for dataset in store.datasets(owner)} == {"old.txt", "t.txt"}
    with pytest.raises(QuotaError, match="the disk of this server is full, as all visitors together may take 1 MB"):
        upload(store, 8)
    assert old.folder.exists()  # what would not have been enough stays
    assert make_room(store.folder, 10) > 0
    assert not old.folder.exists()
    assert young.folder.exists()


def test_on_ones_own_machine_nothing_makes_room_by_itself(own_home, monkeypatch):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [PART])
    age(dataset.folder, 1e6)
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_MB", "0.01")
    Dataset.upload(store.uploads_folder, "t.txt", [PART])
    monkeypatch.setenv("EMBEDVIZ_LIMIT_STORE_MB", "0.01")
    with pytest.raises(QuotaError, match="full"):
        Dataset.upload(store.uploads_folder, "t.txt", [PART])
    assert len(store.datasets("local")) == 2
