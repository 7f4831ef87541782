import json
from dataclasses import dataclass, field

import pytest

from embedviz.core.errors import DataError
from embedviz.core.typed_json import parse_typed, read_typed, write_typed


@dataclass(frozen=True)
class Point:
    x: float
    names: list[str] = field(default_factory=list)


def test_what_was_written_is_read(tmp_path):
    write_typed(tmp_path / "p.json", Point(1.5, ["é"]))
    assert read_typed(tmp_path / "p.json", Point) == Point(1.5, ["é"])


def test_no_file_is_none(tmp_path):
    assert read_typed(tmp_path / "p.json", Point) is None


def test_files_of_other_versions_are_read_as_far_as_they_go(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps({"x": 2, "colour": "red"}))
    assert read_typed(tmp_path / "p.json", Point) == Point(2.0)


@pytest.mark.parametrize("content", ["", "{", '{"x": ', "[1]", '{"x": "far"}', '{"names": []}'])
def test_a_damaged_file_is_named_in_one_sentence(tmp_path, content):
    (tmp_path / "p.json").write_text(content)
    with pytest.raises(DataError, match=r"p\.json is damaged"):
        read_typed(tmp_path / "p.json", Point)


def test_values_are_checked_like_files():
    assert parse_typed({"x": 1}, Point, "p.json") == Point(1.0)
    with pytest.raises(DataError, match=r"p\.json"):
        parse_typed({"x": None}, Point, "p.json")
