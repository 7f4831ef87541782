import gzip
import io
import json
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.core.errors import DataError, SeveralFilesError
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES

TABLE = "name,stars\nAnn,4\nBob,5\nCy,3\n"


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: zipped(t_csv=data)])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_tables_are_read_whatever_splits_and_packs_them(pack, delimiter):
    table = read_table(pack(TABLE.replace(",", delimiter).encode()), name="t.csv")
    assert list(table.frame["name"]) == ["Ann", "Bob", "Cy"]
    assert list(table.frame["stars"]) == [4, 5, 3]
    assert (table.report.delimiter, table.report.header) == (delimiter, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_encodings_are_found(encoding):
    text = "word,n\ncafé,1\nnaïve,2\nüber,3\n"
    assert list(read_table(text.encode(encoding), name="t.csv").frame["word"]) == ["café", "naïve", "über"]


def test_a_table_of_words_alone_has_its_first_line_as_header_unless_set_otherwise():
    data = b"color,animal\nred,cat\nblue,dog\nred,dog\n"
    assert list(read_table(data, name="t.csv").frame.columns) == ["color", "animal"]
    assert len(read_table(data, name="t.csv", header=False).frame) == 4


def test_ragged_rows_are_left_out_and_counted_with_their_line():
    report = read_table(b"a,b\n1,2\n3\n4,5,6\n7,8\n", name="t.csv").report
    assert report.rows == 2
    assert [(row.line, row.reason) for row in report.dropped] == [
        (3, "expected 2 fields, got 1"),
        (4, "expected 2 fields, got 3"),
    ]


def test_codes_with_leading_zeros_stay_text():
    assert list(read_table(b"code,n\n007,1\n010,2\n", name="t.csv").frame["code"]) == ["007", "010"]


def test_jsonl_keeps_what_parses_and_counts_the_rest():
    lines = ['{"text": "one", "n": 1}', "not json", '{"text": "two", "tags": ["a"]}', "[1]"]
    table = read_table("\n".join(lines).encode(), name="t.jsonl")
    assert list(table.frame["text"]) == ["one", "two"]
    assert [row.line for row in table.report.dropped] == [2, 4]
    assert json.loads(table.frame["tags"][1]) == ["a"]


def test_parquet_is_read_by_its_content_not_its_name():
    frame = pd.DataFrame({"text": ["a b c d e", "f g h i j"]})
    assert read_table(parquet(frame), name="wrong.csv").frame["text"].tolist() == frame["text"].tolist()


def test_units_of_text_are_guessed():
    verses = "In the beginning.\nAnd the earth.\nAnd God said.\nLet there be light.\n"
    assert read_table(verses.encode(), name="v.txt").report.unit == "line"
    wrapped = "\n\n".join(
        "This is a line that ends at the margin\nand that goes on below it until all of\nits words are said."
        for _ in range(5)
    )
    assert read_table(wrapped.encode(), name="b.txt").report.unit == "paragraph"
    assert len(read_table(wrapped.encode(), name="b.txt").frame) == 5
    one_line = "A sentence here. Another one there. " * 300
    assert read_table(one_line.encode(), name="o.txt").report.unit == "sentence"
    no_marks = "word " * 2000
    assert read_table(no_marks.encode(), name="n.txt").report.unit == "file"


def test_a_preview_ends_at_a_whole_row_and_says_so():
    data = b"a,b\n" + b"1,2\n" * 10_000
    table = read_table(data, name="t.csv", limit_bytes=1001)
    assert table.report.truncated
    assert table.report.dropped_count == 0
    assert 200 < len(table.frame) < 260


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"   \n \n", "white space"),
        (gzip.compress(b""), "empty once it is unpacked"),
        (gzip.compress(b"text " * 1000)[:30], "cannot be unpacked"),
        (bytes(range(256)) * 10, "binary file"),
        (b"PAR1 not really", "not a whole Parquet"),
        (zipped(), "without a file"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(DataError, match=sentence):
        read_table(data, name="bad.txt")


def test_the_wrong_encoding_is_named_with_the_line():
    with pytest.raises(DataError, match=r"t\.csv, line 2: byte .* is not valid utf-8"):
        read_table("a,b\ncafé,1\n".encode("latin-1"), name="t.csv", encoding="utf-8")


def test_a_zip_with_several_files_offers_them():
    data = zipped(a_csv=TABLE.encode(), b_csv=TABLE.encode())
    with pytest.raises(SeveralFilesError) as caught:
        read_table(data, name="z.zip")
    assert caught.value.names == ["a.csv", "b.csv"]
    assert len(read_table(data, name="z.zip", member="b.csv").frame) == 3


def test_a_zip_whose_file_has_no_name_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "some text")
    data = packed.getvalue()
    record = data.index(b"PK\x01\x02")
    nameless = data[: record + 28] + b"\0\0" + data[record + 30 : record + 46] + data[record + 47 :]
    with pytest.raises(DataError, match=r"z\.zip"):
        read_table(nameless, name="z.zip")


def test_a_bomb_is_refused(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_DATA_MB", "0.1")
    with pytest.raises(DataError, match="which is the limit here"):
        read_table(gzip.compress(b"a" * 10_000_000), name="bomb.txt.gz")


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x85\u2028\u2029", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20), st.integers(-999, 999)), min_size=3, max_size=20))  # fmt: skip
def test_what_csv_writes_is_read_back(rows):
    frame = pd.DataFrame(rows, columns=["text", "number"])
    frame["text"] = "x" + frame["text"]
    data = frame.to_csv(index=False).encode()
    read = read_table(data, name="t.csv", delimiter=",", header=True, encoding="utf-8").frame
    assert read["text"].tolist() == frame["text"].tolist()
    assert read["number"].tolist() == frame["number"].tolist()


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_but_never_break(data):
    try:
        table = read_table(data, name="any")
    except DataError as error:
        assert str(error)
    else:
        assert table.report.rows == len(table.frame) > 0


def test_the_samples_are_what_they_are_described_as():
    import hashlib

    for sample in SAMPLES.values():
        assert hashlib.sha256(sample.path.read_bytes()).hexdigest() == sample.sha256
        if sample.kind != "vectors":
            assert len(read_table(sample.path).frame) == sample.rows
