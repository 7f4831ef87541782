import time

import pytest

from embedviz.core.errors import DataError, RunError, SettingsError
from embedviz.core.jobs.events import EventLog, read_events
from embedviz.core.jobs.status import Status, write_status
from embedviz.core.progress import Progress
from embedviz.jobs.preview import preview_of
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.retention import SHARED_LIFE_S
from embedviz.store.store import Store


@pytest.fixture
def store(own_home):
    return Store()


def upload(store, owner="local"):
    return Dataset.upload(store.uploads_folder, "../../évil name.txt", [b"a b\n", b"c d\n"], owner)


def test_an_upload_stays_in_its_folder_whatever_its_name(store):
    dataset = upload(store)
    assert dataset.path.parent == dataset.folder
    assert dataset.path.read_bytes() == b"a b\nc d\n"
    assert dataset.size == 8


def test_a_run_shares_its_uploads_bytes(store):
    dataset = upload(store)
    before = store.used()
    run = store.create_training("skipgram", dataset, {})
    assert (run.folder / "data" / dataset.path.name).samefile(dataset.path)
    assert store.used() - before < 5000


def test_wrong_settings_make_no_run(store):
    with pytest.raises(SettingsError, match="dim"):
        store.create_training("skipgram", upload(store), {"dim": -1})
    assert store.runs() == []


def test_a_deleted_run_comes_back_as_it_was(store):
    run = store.create_training("skipgram", upload(store), {}, name="mine")
    store.delete(run)
    assert store.runs() == []
    assert store.restore(run.id).name == "mine"


def test_a_running_run_is_not_deleted(store, hold):
    run = store.create_training("skipgram", upload(store), {})
    hold(run.folder)
    with pytest.raises(RunError, match="Stop it first"):
        store.delete(run)


def test_a_run_whose_repeats_are_under_way_is_not_deleted_under_their_worker(store, hold):
    run = store.create_training("skipgram", upload(store), {})
    repeats = run.folder / "repeats" / "seeds-5"
    repeats.mkdir(parents=True)
    hold(repeats)
    with pytest.raises(RunError, match="still being worked out"):
        store.delete(run)
    write_status(repeats, Status("stopped"))
    store.delete(run)
    assert store.runs() == []


def test_an_address_that_is_no_id_never_becomes_a_path(store):
    for text in ("../../etc/passwd", "", "ABC", "0" * 31 + "/"):
        with pytest.raises(RunError):
            store.run(text)


def test_owners_see_their_own_runs(store):
    store.create_training("skipgram", upload(store, "a"), {}, owner="a")
    assert [run.owner for run in store.runs("a")] == ["a"]
    assert store.runs("b") == []


def test_a_shared_server_opens_no_files_by_path(store, monkeypatch, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("nothing for visitors")
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    with pytest.raises(DataError, match="your own machine"):
        Dataset.at_path(store.uploads_folder, secret)


def test_a_shared_server_forgets_old_runs(store, monkeypatch):
    store.create_training("skipgram", upload(store), {})
    store.sweep(time.time() + 2 * SHARED_LIFE_S)
    assert len(store.runs()) == 1  # at home everything is kept
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    store.sweep(time.time() + 2 * SHARED_LIFE_S)
    assert store.runs() == []


def test_deleting_an_upload_frees_its_bytes_and_keeps_the_run(store):
    dataset = Dataset.upload(store.uploads_folder, "big.txt", [b"x" * 100_000])
    run = store.create_training("skipgram", dataset, {})
    store.purge_dataset(dataset)
    assert store.used() < 10_000
    assert store.run(run.id).name == run.name


def test_a_deleted_data_set_can_be_brought_back_and_its_runs_keep_their_copy(store):
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [b"a b c\n" * 100])
    run = store.create_training("skipgram", dataset, {})
    store.delete_dataset(dataset)
    assert store.datasets("local") == []
    with pytest.raises(RunError, match="no longer exists"):
        store.dataset(dataset.id)
    assert len(read_reference(run.data, run.folder / "data").frame) == 1
    assert [each.id for each in store.deleted_datasets("local")] == [dataset.id]
    assert store.deleted_datasets("somebody else") == []
    assert store.restore_dataset(dataset.id).path.read_bytes() == b"a b c\n" * 100
    assert [each.id for each in store.datasets("local")] == [dataset.id]
    store.delete_dataset(dataset)
    store.sweep(now=time.time() + 25 * 3600)
    assert store.deleted_datasets("local") == []
    with pytest.raises(RunError, match="can no longer be restored"):
        store.restore_dataset(dataset.id)


def test_a_data_set_that_is_being_read_is_not_deleted(store, hold):
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [b"a b\n"])
    hold(preview_of(dataset).folder)
    with pytest.raises(RunError, match=r"'t\.txt' is being read"):
        store.delete_dataset(dataset)


def test_roles_are_kept_beside_options_and_are_no_part_of_what_a_run_reads(store):
    dataset = Dataset.upload(store.uploads_folder, "t.csv", [b"a,b\n1,2\n"])
    other = store.dataset(dataset.id)  # the same data in another tab
    dataset.set_roles({"target": "b", "ignore": ["a"]})
    other.set_options(header=False)
    again = store.dataset(dataset.id)
    assert (again.roles, again.options) == ({"target": "b", "ignore": ["a"]}, {"header": False})
    assert "roles" not in again.reference()
    assert preview_of(again).id == preview_of(other).id
    again.set_roles(None)
    assert store.dataset(dataset.id).roles is None


def test_a_cut_last_line_is_passed_over_and_read_when_whole(tmp_path):
    log = EventLog(tmp_path)
    log.append(Progress(step=1))
    log.close()
    path = tmp_path / "events.jsonl"
    path.write_bytes(path.read_bytes() + b'{"step": 2')
    first = read_events(tmp_path)
    assert [event["step"] for event in first.events] == [1]
    again = EventLog(tmp_path)  # the killed writer's successor
    again.append(Progress(step=3))
    again.close()
    assert [event["step"] for event in read_events(tmp_path, first.offset).events] == [3]


def test_an_upload_with_a_damaged_record_hides_no_other(store):
    whole, damaged = (Dataset.upload(store.uploads_folder, f"{n}.txt", [b"a b\n"]) for n in range(2))
    (damaged.folder / "dataset.json").write_text('{"id": 1}')
    assert [dataset.id for dataset in store.datasets("local")] == [whole.id]
    with pytest.raises(DataError, match=r"dataset\.json is damaged"):
        store.dataset(damaged.id)
