"""Files appear whole or not at all."""

import json
import threading

import pytest

from embedviz.core.files import replacing, write_json


def test_until_the_block_ends_the_old_content_is_there_and_then_the_new(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("half of the n")
        assert path.read_text() == "old"
        temporary.write_text("half of the new, and the rest")
        assert path.read_text() == "old"
    assert path.read_text() == "half of the new, and the rest"


def test_a_block_that_fails_leaves_the_old_content_and_no_other_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write_half():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_is_not_seen_before_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    with replacing(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"


def test_a_reader_never_meets_half_a_json_file(tmp_path):
    """A writer that opened the file itself would be met while it is empty, or cut off."""
    path, ended = tmp_path / "a.json", threading.Event()
    write_json(path, {"values": [0] * 5000})
    failures = []

    def keep_reading():
        while not ended.is_set():
            try:
                values = json.loads(path.read_bytes())["values"]
            except ValueError as error:
                failures.append(error)
                return
            if values is None or len(values) != 5000 or len(set(values)) != 1:
                failures.append(values)
                return

    reader = threading.Thread(target=keep_reading)
    reader.start()
    for number in range(100):
        write_json(path, {"values": [number] * 5000})
    ended.set()
    reader.join()
    assert failures == []
