"""Previews: read once by a worker, bounded in what they hold, and ended when they take too long or too much."""

import io
import json
import os
import signal
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embedviz.core.errors import RunError
from embedviz.core.jobs.declaration import Limits
from embedviz.jobs import local_executor, preview
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.jobs.perform import perform
from embedviz.jobs.preview import preview_of
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.jobs.waiting import wait_for, worker_of

REVIEWS = b"review,stars\n" + b"so very good a film,5\na bad film it was,1\n" * 40


def upload(name, data):
    return Dataset.upload(Store().uploads_folder, name, [data])


def read(name, data, **options):
    dataset = upload(name, data)
    dataset.set_options(**options)
    found = preview_of(dataset)
    state = perform(found)
    assert state == "done", found.state.reason
    return found


def test_a_table_has_rows_report_roles_and_profile():
    found = read("r.csv", REVIEWS)
    result = found.result
    assert (result.content, result.columns, len(found.rows)) == ("table", ["review", "stars"], preview.MAX_ROWS)
    assert result.report is not None
    assert result.report.delimiter == ","
    assert result.roles == {"text": "review", "label": "stars"}
    stars = found.profile[1]
    assert (stars.kind, stars.n_missing, stars.bars) == ("number", 0, [40, 40])


def test_a_file_is_read_once_for_its_options(monkeypatch):
    dataset = upload("t.csv", b"a,b\n1,2\n3,4\n")
    first = preview_of(dataset)
    perform(first)
    again = preview_of(Store().dataset(dataset.id))
    assert (again.folder, again.status) == (first.folder, "done")
    dataset.set_roles({"target": "b"})
    assert preview_of(dataset).status == "done"
    dataset.set_options(header=False)
    other = preview_of(dataset)
    assert other.status == "interrupted"
    with pytest.raises(RunError, match="not been read yet"):
        _ = other.result
    dataset.set_options(header=None)
    assert preview_of(dataset).status == "done"


def test_text_and_vectors_are_told_apart():
    assert read("t.txt", b"a line of text\nand another one\n" * 9).result.content == "text"
    assert read("v.txt", b"king 0.5 1 2 3\nqueen 0.25 2 3 4\n").result.content == "vectors"


def test_an_archive_of_many_files_names_the_first(monkeypatch):
    monkeypatch.setattr(preview, "MAX_FILES", 3)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i in range(5):
            archive.writestr(f"{i}.csv", f"a,b\n{i},2\n")
    result = read("many.zip", buffer.getvalue()).result
    assert (result.content, result.files, result.n_files) == ("files", ["0.csv", "1.csv", "2.csv"], 5)
    assert read("many.zip", buffer.getvalue(), member="4.csv").rows["a"].tolist() == [4]


def test_what_a_page_shows_is_bounded(monkeypatch):
    wide = ",".join(f"c{i}" for i in range(400)) + "\n" + ",".join(["1"] * 400) + "\n"
    found = read("w.csv", wide.encode())
    assert found.rows.shape == (1, preview.MAX_SHOWN_COLUMNS)
    assert len(found.profile) == 400
    long = read("l.jsonl", b"\n".join(json.dumps({"a": "x" * 100_000}).encode() for _ in range(3)))
    assert long.rows["a"].str.len().tolist() == [preview.MAX_CELL_LENGTH] * 3


def test_what_cannot_be_read_is_a_sentence():
    found = preview_of(upload("bad.csv", b"\x00\x01\x02" * 100))
    assert perform(found) == "failed"
    assert "binary file" in found.state.reason


def test_a_list_beyond_measure_is_a_sentence():
    ones = pa.array(np.zeros(3_000_000, np.int8))
    buffer = io.BytesIO()
    pq.write_table(pa.table({"x": pa.ListArray.from_arrays(pa.array([0, len(ones)], pa.int32()), ones)}), buffer)
    assert len(buffer.getvalue()) < 10_000
    found = preview_of(upload("x.parquet", buffer.getvalue()))
    assert perform(found) == "failed"
    assert "lists of 3,000,000 values a row" in found.state.reason


# --- Limits, with a real worker ---


def limits(**changed):
    return Limits(
        **{"what": "Reading", "seconds": 60, "memory_bytes": 2_000_000_000, "advice": "Bring less.", **changed}
    )


def test_a_reason_names_the_limit_that_was_reached():
    assert limits().reason(59, 1_900_000_000) == ""
    assert limits().reason(61, 0) == "Reading was stopped after 60 s, the limit here. Bring less."
    assert limits().reason(1, 2_100_000_000) == "Reading was stopped at 2 GB of memory, the limit here. Bring less."


@pytest.fixture
def executor(own_home):
    executor = LocalExecutor().start()
    yield executor
    executor.close()


@pytest.fixture
def limited(monkeypatch):
    """A function that sets the limits of previews in this process, whose executor enforces them."""

    def set_limits(**changed):
        declared = local_executor.declaration("preview")
        object.__setattr__(declared, "limits", limits(**changed))

    declared = local_executor.declaration("preview")
    before = declared.limits
    yield set_limits
    object.__setattr__(declared, "limits", before)


def slow():
    """A CSV whose reading takes many seconds: no cell of it is like another."""
    words = " ".join(str(i) for i in range(200))
    return upload("slow.csv", (",".join(f"c{i}" for i in range(9000)) + "\n" + (f"{words}," * 8999 + "x\n")).encode())


@pytest.mark.slow
def test_a_reading_that_takes_too_long_is_ended_and_the_next_one_is_done(executor, limited):
    limited(seconds=0.3)
    long = preview_of(slow())
    executor.submit(long)
    assert long.wait(60) == "failed"
    assert long.state.reason == "Reading was stopped after 0 s, the limit here. Bring less."
    limited(seconds=60)
    short = preview_of(upload("r.csv", REVIEWS))
    executor.submit(short)
    assert short.wait(60) == "done"


@pytest.mark.slow
def test_a_reading_that_takes_too_much_memory_is_ended(executor, limited):
    limited(memory_bytes=20_000_000)
    large = preview_of(slow())
    executor.submit(large)
    assert large.wait(60) == "failed"
    assert "at 0.02 GB of memory" in large.state.reason


@pytest.mark.slow
def test_a_reading_stops_at_once(executor):
    long = preview_of(slow())
    executor.submit(long)
    wait_for(lambda: long.status == "running", what="its start")
    executor.stop(long)
    assert long.wait(5) == "stopped"
    executor.submit(long)  # and may be read after all
    wait_for(lambda: long.status == "running", what="its second start")
    executor.stop(long)
    assert long.wait(10) == "stopped"


@pytest.mark.slow
def test_a_reading_whose_worker_is_killed_has_failed_for_want_of_memory(executor):
    long = preview_of(slow())
    executor.submit(long)
    wait_for(lambda: long.status == "running", what="its start")
    os.kill(worker_of(long), signal.SIGKILL)
    assert long.wait(10) == "failed"
    assert "took more memory than this machine has" in long.state.reason


def test_a_reading_that_gets_no_memory_says_so(monkeypatch):
    def fail(*args, **options):
        raise MemoryError

    monkeypatch.setattr("embedviz.store.reference_reading.read_table", fail)
    found = preview_of(upload("r.csv", REVIEWS))
    assert perform(found) == "failed"
    assert "took more memory" in found.state.reason
    assert "dimensions" not in found.state.reason
