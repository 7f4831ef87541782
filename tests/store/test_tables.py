import gzip
import json
import os
import threading
import time
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.core.typed_json import parse_typed
from embedviz.data import reading
from embedviz.data.reading import Table, read_table
from embedviz.data.report import ReadReport
from embedviz.data.samples import SAMPLES
from embedviz.store import reference_reading
from embedviz.store.data_reference import fingerprint
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.store import Store
from embedviz.store.table_folders import HEADER, delete_tables, sweep_tables, tables_folder
from embedviz.store.tables import FRAME, keep_table, load_table, save_table, table_key

SHAPES = {
    "text.txt": "one line\nanother — with ünïcode\n\n春眠不覺曉\n".encode(),
    "table.csv": b"a,b,c,d\n1,2.5,x,\n2,,\xe2\x82\xac,-0.0\n3,1e300,,5\n4,5\n",
    "semicolon.csv": b"note;name\n1,5;a\n,b\n2,5;c\n",
    "latin.csv": "größe,n\nä,1\nö,2\n".encode("latin-1"),
    "rows.jsonl": b'{"a": 1, "b": true, "c": "x", "d": [1, 2]}\n{"a": null, "b": null}\nbroken\n{"a": 2.5, "c": ""}\n',
    "packed.txt.gz": gzip.compress(b"a b\nc d\n" * 50),
}


def parquet_bytes() -> bytes:
    frame = pd.DataFrame(
        {
            "small": np.array([1, 2, 3], np.int8),
            "unsigned": np.array([1, 2**63, 3], np.uint64),
            "half": np.array([1, np.nan, np.inf], np.float32),
            "missing": pd.array([1, None, 3], dtype="Int64"),
            "truth": pd.array([True, None, False], dtype="boolean"),
            "day": pd.to_datetime(["2020-01-01", None, "1700-05-05 12:00:00.123456"], format="ISO8601"),
            "zone": pd.to_datetime(["2020-01-01 10:00", None, "2021-07-01 00:00"]).tz_localize("Europe/Berlin"),
            "text": ["a", None, ""],
            "kind": pd.Categorical(["x", "y", None]),
            "list": [[1, 2], None, []],
        }
    )
    return frame.to_parquet(index=False)


def assert_same(table: Table, kept: Table) -> None:
    pd.testing.assert_frame_equal(table.frame, kept.frame, check_exact=True)
    assert list(table.frame.dtypes) == list(kept.frame.dtypes)
    assert table.frame.isna().equals(kept.frame.isna())
    assert (table.report, table.kind, table.roles) == (kept.report, kept.kind, kept.roles)


@pytest.mark.parametrize("name", [*SHAPES, "table.parquet"])
def test_a_kept_table_is_the_same(name, tmp_path):
    table = read_table(SHAPES.get(name) or parquet_bytes(), name=name)
    assert save_table(table, tmp_path / "t")
    kept = load_table(tmp_path / "t")
    assert kept is not None
    assert_same(table, kept)
    assert kept.cache == tmp_path / "t"


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.kind != "vectors"])
def test_a_kept_sample_is_the_same(name, own_home):
    reference = Dataset.sample(Store().uploads_folder, name).reference()
    table = read_table(SAMPLES[name].path)
    for _ in range(2):
        assert_same(table, read_reference(reference, own_home))


@pytest.fixture
def counted(monkeypatch):
    """Names of the files that were parsed."""
    parsed = []

    def read(*args, **options):
        table = read_table(*args, **options)
        parsed.append(table.report.name)
        return table

    monkeypatch.setattr(reference_reading, "read_table", read)
    return parsed


def test_an_upload_is_parsed_once_for_its_preview_and_its_runs(counted):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.csv", [SHAPES["table.csv"]])
    preview = dataset.preview()
    whole = read_reference(dataset.reference(), dataset.folder)
    again = Dataset.upload(store.uploads_folder, "t.csv", [SHAPES["table.csv"]])
    assert_same(preview, whole)
    assert_same(preview, again.preview())
    assert counted == ["t.csv"]


def test_other_options_and_other_names_are_other_tables(counted):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.csv", [b"a,b\n1,2\n3,4\n"])
    assert dataset.preview().report.header is True
    dataset.set_options(header=False)
    assert dataset.preview().report.header is False
    other = Dataset.upload(store.uploads_folder, "t.txt", [b"a,b\nc,d\ne,f\n"])
    assert other.preview().kind == "text"
    assert len(counted) == 3


def test_another_reader_reads_again(monkeypatch):
    key = table_key("content", "t.csv", {})
    monkeypatch.setattr("embedviz.store.tables.READER_VERSION", reading.READER_VERSION + 1)
    assert table_key("content", "t.csv", {}) != key


def test_a_large_file_shows_its_beginning_until_it_is_small_enough_to_show_whole(counted, monkeypatch):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [b"a line of text\n" * 200_000])
    assert dataset.preview().report.truncated
    read_reference(dataset.reference(), dataset.folder)
    assert not dataset.preview().report.truncated
    monkeypatch.setattr(reference_reading, "MAX_PREVIEW_TABLE_BYTES", 1000)
    assert dataset.preview().report.truncated
    assert len(counted) == 3


def test_a_file_at_its_path_that_changed_is_refused_and_never_taken_from_the_cache(tmp_path, counted):
    path = tmp_path / "t.txt"
    path.write_bytes(b"a b\nc d\n")
    uploads = Store().uploads_folder
    before = Dataset.at_path(uploads, path)
    assert len(read_reference(before.reference(), tmp_path).frame) == 2
    path.write_bytes(b"a b\nc d\ne f\n")
    os.utime(path, (1, 1))
    with pytest.raises(DataError, match="was changed"):
        read_reference(before.reference(), tmp_path)
    assert len(read_reference(Dataset.at_path(uploads, path).reference(), tmp_path).frame) == 3


def test_cells_that_are_python_objects_are_not_kept(tmp_path):
    frame = pd.DataFrame({"list": pd.Series([[1], None], dtype=object)})
    table = Table(frame, ReadReport("t", 1, "csv"), "table")
    assert not save_table(table, tmp_path / "t")
    read = keep_table("key", lambda: table)
    assert (read, read.cache) == (table, None)


def test_damaged_files_are_read_again(counted):
    dataset = Dataset.upload(Store().uploads_folder, "t.csv", [SHAPES["table.csv"]])
    table = dataset.preview()
    assert table.cache is not None
    (table.cache / FRAME).write_bytes(b"half a frame")
    assert_same(table, dataset.preview())
    (table.cache / FRAME).unlink()
    assert_same(table, dataset.preview())
    assert len(counted) == 3


def test_a_table_half_written_is_not_read(tmp_path):
    save_table(read_table(b"a b\n", name="t.txt"), tmp_path)
    (tmp_path / HEADER).unlink()
    assert load_table(tmp_path) is None


def test_a_full_disk_costs_another_reading_and_nothing_else(monkeypatch):
    def fail(*args, **options):
        raise OSError("No space left on device")

    monkeypatch.setattr("embedviz.store.tables.feather.write_feather", fail)
    dataset = Dataset.upload(Store().uploads_folder, "t.txt", [b"a b\n"])
    assert len(read_reference(dataset.reference(), dataset.folder).frame) == 1
    assert not list(tables_folder().glob(f"*/{HEADER}"))


def test_many_may_write_and_read_one_table_at_once(tmp_path):
    table = read_table(b"a,b\n" + b"1,x\n" * 2000, name="t.csv")
    problems = []

    def work():
        try:
            for _ in range(10):
                save_table(table, tmp_path / "t")
                assert_same(table, load_table(tmp_path / "t"))
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == [FRAME, HEADER]


def test_a_copy_with_other_rows_has_no_cache(tmp_path):
    from dataclasses import replace

    table = read_table(b"a b\nc d\n", name="t.txt").cached_in(tmp_path)
    assert table.column("text") is table.column("text")
    filtered = replace(table, frame=table.frame.iloc[:1])
    assert filtered.cache is None
    assert len(filtered.column("text")) == 1


def kept_keys(folder):
    return sorted(path.name for path in folder.iterdir())


def test_tables_not_read_for_a_while_go(tmp_path):
    for name, used in (("old", 100), ("new", 900)):
        save_table(read_table(b"a b\n", name="t.txt"), tmp_path / name)
        os.utime(tmp_path / name / HEADER, (used, used))
    sweep_tables(tmp_path, 10**9, 500, now=1000)
    assert kept_keys(tmp_path) == ["new"]


def test_past_the_total_size_the_least_recently_read_goes(tmp_path):
    for used, name in enumerate(("first", "second", "third")):
        save_table(read_table(b"a b\n", name="t.txt"), tmp_path / name)
        os.utime(tmp_path / name / HEADER, (used, used))
    size = sum(path.stat().st_size for path in (tmp_path / "third").iterdir())
    load_table(tmp_path / "first")  # used now
    sweep_tables(tmp_path, round(2.5 * size), 10 * time.time())
    assert kept_keys(tmp_path) == ["first", "third"]


def test_an_empty_store_is_swept_without_a_word(tmp_path):
    sweep_tables(tmp_path / "nothing")


def test_the_tables_of_a_deleted_upload_go_with_it():
    store = Store()
    one = Dataset.upload(store.uploads_folder, "t.csv", [b"a,b\n1,2\n"])
    two = Dataset.upload(store.uploads_folder, "t.csv", [b"a,b\n3,4\n"])
    one.preview()
    one.set_options(header=False)
    one.preview()
    kept = two.preview().cache
    assert len(kept_keys(tables_folder())) == 3
    delete_tables(fingerprint(one.reference()))
    assert kept_keys(tables_folder()) == [kept.name]


def test_the_report_goes_through_json():
    report = read_table(SHAPES["table.csv"], name="t.csv").report
    assert report.dropped
    assert parse_typed(json.loads(json.dumps(asdict(report))), ReadReport, "table.json") == report
