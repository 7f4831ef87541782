import gzip

import pytest

from embedviz.core.errors import DataError
from embedviz.data import corpus_reading
from embedviz.data.corpus_reading import files_in, is_large_text, read_corpus


def test_files_of_a_folder_come_in_order_without_hidden_ones(tmp_path):
    for name in ("b.txt", "a.txt", ".hidden", "more/c.txt", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text\n")
    assert [str(path.relative_to(tmp_path)) for path in files_in(tmp_path)] == ["a.txt", "b.txt", "more/c.txt"]


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(DataError, match="holds no files"):
        files_in(tmp_path)


def test_the_frame_is_the_beginning_and_the_source_is_all_of_it(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "b.txt").write_text("three\n")
    table = read_corpus([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert table.frame["text"].tolist() == ["one", "two"]
    assert table.source is not None
    assert [file.path.name for file in table.source.files] == ["a.txt", "b.txt"]
    assert table.report.truncated
    assert table.report.changes == ["The text is read from disk as it is needed: 2 files, 0.0 MB."]


def test_a_table_among_the_files_is_refused_by_name(tmp_path):
    with pytest.raises(DataError, match=r"b\.csv\.gz is no plain text"):
        read_corpus([tmp_path / "a.txt", tmp_path / "b.csv.gz"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the beginning was the word, and it was short.\n" * 30, True),
        ("short\n", False),
        ("a,1\nb,2\n" * 200, False),
        ('{"a": 1}\n' * 200, False),
        ("__label__x some text\n" * 80, False),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_only_large_plain_text_is_read_from_disk(tmp_path, monkeypatch, text, expected, packed):
    monkeypatch.setattr(corpus_reading, "STREAMED_BYTES", 1000)
    path = tmp_path / ("a.data.gz" if packed else "a.data")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert is_large_text(path) is expected
