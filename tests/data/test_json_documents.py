import io
import json

import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.data.json_documents import looks_like_document
from embedviz.data.reading import read_table

ROWS = [{"name": "Ann", "age": 31}, {"name": "Bob", "age": 27}, {"name": "Cy", "age": 50}]
FRAME = pd.DataFrame(ROWS)


def as_json(orient: str, **options) -> str:
    buffer = io.StringIO()
    FRAME.to_json(buffer, orient=orient, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"count": 3, "results": ROWS}, indent=1),
        json.dumps({"name": ["Ann", "Bob", "Cy"], "age": [31, 27, 50]}),
        as_json("columns"),
        as_json("records"),
        as_json("records", lines=True),
        as_json("columns", indent=2),
        "\n".join(map(str, ROWS)),
    ],
)
def test_rows_are_read_however_json_holds_them(text):
    table = read_table(text.encode(), name="people.json")
    pd.testing.assert_frame_equal(table.frame, FRAME, check_dtype=False)


def test_python_strings_are_read_as_python_reads_them():
    rows = [{"t": "it's", "ok": True, "x": None}, {"t": 'say "no"\n\\', "ok": False, "x": None}, {"t": "caf\xe9 \u200b", "ok": True, "x": None}]  # fmt: skip
    table = read_table("\n".join(map(repr, rows)).encode(), name="reviews.json")
    assert table.frame["t"].tolist() == [row["t"] for row in rows]
    assert table.frame["ok"].tolist() == [True, False, True]
    assert "Python dictionaries" in " ".join(table.report.warnings)


def test_code_in_a_dictionary_is_left_out_and_never_run(tmp_path):
    mark = tmp_path / "ran"
    lines = ["{'a': 'one'}", f"{{'a': open({str(mark)!r}, 'w')}}", "{'a': 'two'}"]
    table = read_table("\n".join(lines).encode(), name="x.json")
    assert table.frame["a"].tolist() == ["one", "two"]
    assert table.report.dropped_count == 1
    assert not mark.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[\n{"a": 1},\n{"a": 2', "line 3: this is not valid JSON"),
        ('[{"a": 1}, 2]', "other things than objects"),
        ('{\n"a": 1,\n"b": 2}', "its rows were not found"),
        ('[{"a": ' + "[" * 100_000, "this is not valid JSON|nested too deeply"),
    ],
)
def test_a_document_that_holds_no_rows_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(DataError, match=sentence):
        read_table(text.encode(), name="d.json")


def test_a_preview_of_a_document_is_all_of_it():
    text = json.dumps([{"a": i} for i in range(5000)])
    table = read_table(text.encode(), name="d.json", limit_bytes=1000)
    assert len(table.frame) == 5000


def test_labels_as_fasttext_writes_them():
    text = "__label__pos so good\n__label__neg __label__bad never again\n__label__pos fine\n"
    frame = read_table(text.encode(), name="train.txt").frame
    assert frame["text"].tolist() == ["so good", "never again", "fine"]
    assert frame["label"].tolist() == ["pos", "neg bad", "pos"]


def test_json_in_one_piece_is_distinguished_from_lines_and_from_text():
    assert looks_like_document('[{"a": 1},\n {"a": 2}]')
    assert looks_like_document('{\n  "a": [1, 2]\n}')
    assert not looks_like_document('{"a": 1}\n{"a": 2}')
    assert not looks_like_document('{"a": [1]}\n{"a": [2]}')
    assert not looks_like_document("[1] A footnote")
