"""Temporary files of processes that were killed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from embedviz.core.files import replacing
from embedviz.core.torn_files import PART_AGE_S, TORN_AGE_S, UNPACKED_AGE_S, remove_torn_file
from embedviz.core.write_marks import is_being_written

# Writes a file that never ends, and says when it has begun.
WRITER = """
import sys, time
from pathlib import Path
from embedviz.core.files import replacing

with replacing(Path(sys.argv[1])) as temporary, open(temporary, "wb") as file:
    file.write(b"x" * 100_000)
    file.flush()
    print("begun", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def writer(tmp_path):
    """A process in the middle of a file."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "model")], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"begun\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def later():
    return time.time() + TORN_AGE_S + 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no marks on Windows")
def test_a_file_stays_while_its_writer_lives_however_long_and_goes_once_it_was_killed(tmp_path, writer):
    [torn] = tmp_path.iterdir()
    assert torn.stat().st_size == 100_000
    assert is_being_written(torn)
    assert not remove_torn_file(torn, time.time() + 1e6)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    assert not remove_torn_file(torn, time.time())  # a writer on a disk without locks may be at it
    assert remove_torn_file(torn, later())
    assert list(tmp_path.iterdir()) == []


def test_a_file_whose_writer_fails_is_gone_at_once(tmp_path):
    def fail():
        with replacing(tmp_path / "a") as temporary:
            temporary.write_bytes(b"1")
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_only_temporary_names_are_removed(tmp_path):
    names = {".a.json.1234abcd.tmp": True, ".q8xk.ids": True, "a.tmp": False, "tmp.txt": False, ".a.json": False}
    for name, is_temporary in names.items():
        path = tmp_path / name
        path.write_bytes(b"1")
        assert remove_torn_file(path, later()) == is_temporary, name


@pytest.mark.parametrize(
    ("name", "age"),
    [("glove.zip.part", PART_AGE_S), ("glove.zip.part.tag", PART_AGE_S), ("g.unpacked", UNPACKED_AGE_S), ("tmpa_c3e5g7", UNPACKED_AGE_S)],
)  # fmt: skip
def test_a_download_that_was_cut_is_kept_for_a_while_to_go_on_and_an_upload_of_that_name_for_good(tmp_path, name, age):
    path = tmp_path / name
    path.write_bytes(b"1")
    assert not remove_torn_file(path, time.time() + 2 * age)
    assert not remove_torn_file(path, time.time() + age - 5, is_download=True)
    assert remove_torn_file(path, time.time() + age + 5, is_download=True)
