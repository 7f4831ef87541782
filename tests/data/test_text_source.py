import gzip

import pytest

from embedviz.core.errors import DataError
from embedviz.data.text_source import TextFile, TextSource


def whole(file: TextFile, size: int = 7) -> bytes:
    return b"".join(file.blocks(size))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_any_encoding_gives_utf_8_with_unix_line_ends(tmp_path, encoding):
    text = "Élan vital, naïf et déjà vu.\r\nIl était une fois à la forêt\rça et là\n" * 20
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    given = None if encoding.startswith("utf") else encoding
    assert whole(TextFile.sniffed(tmp_path / "a.txt", given)).decode() == text.replace("\r\n", "\n").replace("\r", "\n")


def test_gzipped_files_are_unpacked(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"one two\nthree\n"))
    assert whole(TextFile.sniffed(tmp_path / "a.txt.gz")) == b"one two\nthree\n"


def test_blocks_end_at_line_ends_else_at_blanks_else_between_characters(tmp_path):
    (tmp_path / "a.txt").write_text("ab cd\nefgh ijkl\nmmmmmmmmmmééé", encoding="utf-8")
    blocks = list(TextFile.sniffed(tmp_path / "a.txt").blocks(7))
    assert [block.decode() for block in blocks] == ["ab cd\n", "efgh ", "ijkl\n", "mmmmmmm", "mmméé", "é"]


def test_zero_bytes_and_lost_signs_of_windows_are_mended(tmp_path):
    (tmp_path / "a.txt").write_bytes(
        "plain text on many lines\nit\x92s here\n".encode() + b"a\0b\n" + b"more text on the last lines\n" * 3
    )
    assert (
        whole(TextFile.sniffed(tmp_path / "a.txt"), 100).decode()
        == "plain text on many lines\nit’s here\nab\n" + 3 * "more text on the last lines\n"
    )


def test_bytes_that_are_not_utf_8_are_named_with_their_file_and_place(tmp_path):
    path = tmp_path / "late.txt"
    path.write_bytes(b"ascii line\n" * 30_000 + b"\xff\n")
    with pytest.raises(DataError, match=r"late\.txt, byte 330,001: this is not valid utf-8"):
        whole(TextFile.sniffed(path), 1000)


def test_a_file_that_ends_inside_a_character_is_refused(tmp_path):
    path = tmp_path / "cut.txt"
    path.write_bytes(b"ascii line\n" * 30_000 + b"\xc3")
    with pytest.raises(DataError, match="byte 330,001"):
        whole(TextFile.sniffed(path), 1000)


def test_units_are_guessed_for_each_file_and_can_be_given(tmp_path):
    (tmp_path / "lines.txt").write_text("one\ntwo\nthree\n")
    wrapped = "this line runs on to its margin and goes on in\nthe next one, which runs on to the margin also\n" * 5
    (tmp_path / "book.txt").write_text(f"{wrapped}\n" * 5)
    source = TextSource.of([tmp_path / "lines.txt", tmp_path / "book.txt"])
    assert [file.unit for file in source.files] == ["line", "paragraph"]
    assert source.size == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert TextSource.of([tmp_path / "book.txt"], unit="line").files[0].unit == "line"


def test_a_binary_file_is_refused_by_name(tmp_path):
    (tmp_path / "noise.bin").write_bytes(bytes(range(1, 30)) * 100)
    with pytest.raises(DataError, match=r"noise\.bin is a binary file"):
        TextSource.of([tmp_path / "noise.bin"])
