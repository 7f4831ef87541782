"""Files that are opened or refused, and the messages, whatever the format."""

import gzip
import io
import zipfile

import numpy as np
import pytest

from embedviz.core.errors import DataError, SettingsError, SeveralFilesError, VectorFormatError
from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace

SPACE = EmbeddingSpace(["king", "queen"], np.array([[1, 2], [3, 4.5]], np.float32))


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("out.txt", b"king 1 2\n"),
        ("out.vec", b"2 2\nking 1 2\n"),
        ("out.bin", b"2 2\nking \0\0"),
        ("OUT.TXT", b"king 1 2\n"),
    ],
)
def test_the_ending_names_the_format_to_save_in(tmp_path, name, start):
    SPACE.save(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert load_vectors(tmp_path / name).labels == SPACE.labels


def test_a_named_format_goes_before_the_ending_and_gz_packs_the_same_bytes_each_time(tmp_path):
    SPACE.save(tmp_path / "out.bin", format="word2vec")
    assert (tmp_path / "out.bin").read_bytes() == b"2 2\nking 1 2\nqueen 3 4.5\n"
    for name in ("a.vec.gz", "b.vec.gz"):
        SPACE.save(tmp_path / name)
    assert gzip.decompress((tmp_path / "a.vec.gz").read_bytes()) == b"2 2\nking 1 2\nqueen 3 4.5\n"
    assert (tmp_path / "a.vec.gz").read_bytes() == (tmp_path / "b.vec.gz").read_bytes()


def test_an_ending_or_a_format_that_is_not_known_is_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(SettingsError, match=r"out\.xyz: the ending names no format"):
        SPACE.save(tmp_path / "out.xyz")
    with pytest.raises(SettingsError, match="word2vec-binary, word2vec, glove, not 'xyz'"):
        SPACE.save(tmp_path / "out.txt", format="xyz")
    with pytest.raises(SettingsError, match="no folder"):
        SPACE.save(tmp_path / "nowhere" / "out.txt")
    with pytest.raises(SettingsError, match="not 'xyz'"):
        load_vectors(b"king 1 2\n", format="xyz")
    with pytest.raises(SettingsError, match="limit has to be 1 or more"):
        load_vectors(b"king 1 2\n", limit=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"\n  \n", gzip.compress(b"")])
def test_an_empty_file_is_called_empty(data):
    with pytest.raises(VectorFormatError, match=r"v\.txt is empty"):
        load_vectors(data, name="v.txt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x80\x04\x95", "is a Python pickle.*save_word2vec_format"),
        (b"\xba\x16\x4f\x2f\x0c", "is a fastText model that breaks off in its header"),
        (b"\x93NUMPY\x01", r"is not a whole \.npy file"),
        ("king 1 2\n".encode("utf-16"), "UTF-16. Save it as UTF-8"),
        (b"In the beginning God created\n", "does not look like vectors"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "does not look like vectors"),
        (b'{"a": [1, 2]}', "does not look like vectors"),
    ],
)
def test_what_is_not_vectors_is_called_what_it_is(data, message):
    with pytest.raises(VectorFormatError, match=rf"^v\.bin .*{message}"):
        load_vectors(data, name="v.bin")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"There is no file .*nothing\.txt"):
        load_vectors(tmp_path / "nothing.txt")


def test_a_byte_order_mark_is_not_part_of_the_first_word():
    assert load_vectors(b"\xef\xbb\xbfking 1 2\nqueen 3 4\n").labels == ["king", "queen"]


def test_the_first_of_a_repeated_word_stays_and_the_notes_say_so():
    found = load_vectors(b"king 1 2\nking 3 4\nqueen 5 6\nking 7 8\n")
    assert found.labels == ["king", "queen"]
    assert found.vectors.tolist() == [[1, 2], [5, 6]]
    assert found.notes == ("2 labels are in the file before; the first vector of each was kept.",)


def test_labels_that_are_not_utf8_are_counted():
    found = load_vectors("café 1 2\nking 3 4\n".encode("latin-1"))
    assert found.labels == ["caf\ufffd", "king"]
    assert found.notes[0].startswith("1 label is not valid UTF-8")


@pytest.mark.parametrize("number", ["nan", "inf", "-Infinity", "1e16", "1e39", "1e400"])
def test_numbers_that_cannot_be_compared_are_left_out_with_their_line(number):
    found = load_vectors(f"king 1 2\nqueen 3 {number}\nman 5 6\n".encode())
    assert found.labels == ["king", "man"]
    assert found.vectors.tolist() == [[1, 2], [5, 6]]
    assert found.notes == ("2 of 3 lines were read; line 2: 'queen' holds NaN, infinity or a number past 1e15.",)


def test_a_binary_vector_that_cannot_be_compared_is_left_out_with_its_place():
    vectors = np.array([[1, 2], [3, np.nan], [5, 6]], "<f4")
    rows = b"".join(f"w{i} ".encode() + row.tobytes() for i, row in enumerate(vectors))
    found = load_vectors(b"3 2\n" + rows)
    assert found.labels == ["w0", "w2"]
    assert found.vectors.tolist() == [[1, 2], [5, 6]]
    assert found.notes == ("2 of 3 vectors were read; vector 2: 'w1' holds NaN, infinity or a number past 1e15.",)


def test_vectors_most_of_which_cannot_be_compared_are_refused():
    with pytest.raises(VectorFormatError, match=r"^v\.txt: only 1 of 3 lines could be read; line 1: 'king' holds NaN"):
        load_vectors(b"king nan 2\nqueen 3 inf\nman 5 6\n", name="v.txt")


def test_words_in_another_encoding_are_read_in_it():
    words = ["король", "королева", "мужчина", "женщина", "дом", "стол", "окно", "дверь", "город", "страна"]
    words += ["работа", "жизнь", "время", "человек", "ребёнок", "голова", "рука", "слово", "место", "лицо"]
    found = load_vectors("".join(f"{word} {i} 0.5\n" for i, word in enumerate(words)).encode("cp1251"))
    assert found.labels == words
    assert found.notes == ("20 labels are not valid UTF-8; they were read as cp1251.",)


def test_words_that_differ_only_in_what_is_not_utf8_both_stay():
    found = load_vectors(b"caf\xe9 1 2\ncaf\xe8 3 4\n")
    assert found.labels == ["caf\ufffd", "caf\\xe8"]


def test_a_cut_gzip_is_reported_as_cut():
    rng = np.random.default_rng(0)
    text = "".join(f"w{i} {rng.random()} {rng.random()}\n" for i in range(5000))
    packed = gzip.compress(text.encode())
    with pytest.raises(VectorFormatError, match=r"v cannot be unpacked .* cut off"):
        load_vectors(packed[: len(packed) // 2], name="v.gz")


def archive_of(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_a_zip_with_several_files_offers_them():
    data = archive_of({"a.txt": "king 1 2\n", "b.txt": "queen 3 4\n", "__MACOSX/b.txt": "x"})
    with pytest.raises(
        SeveralFilesError, match=r"glove\.zip holds 2 files; choose one of them: a.txt, b.txt"
    ) as caught:
        load_vectors(data, name="glove.zip")
    assert caught.value.names == ["a.txt", "b.txt"]
    assert load_vectors(data, member="b.txt").labels == ["queen"]
    with pytest.raises(DataError, match=r"no file 'c\.txt'"):
        load_vectors(data, member="c.txt")


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"PK\x05\x06" + bytes(18), archive_of({"a.txt": "k 1 2"})[:-30]])
def test_a_broken_or_empty_zip_gets_a_sentence(data):
    with pytest.raises(DataError, match=r"^v\.zip "):
        load_vectors(data, name="v.zip")


def test_a_zip_with_a_password_gets_a_sentence():
    data = bytearray(archive_of({"a.txt": "king 1 2\n"}))
    data[6] |= 1  # the flag "encrypted", in the file's own header and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(VectorFormatError, match=r"cannot be unpacked .*encrypted"):
        load_vectors(bytes(data), name="v.zip")


def test_a_file_past_the_limit_is_refused(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_DATA_MB", "0.00002")
    assert load_vectors(b"king 1 2\nqueen 3 4\n").labels == ["king", "queen"]
    with pytest.raises(VectorFormatError, match=r"more than 20 bytes\. EMBEDVIZ_LIMIT_DATA_MB allows more"):
        load_vectors(b"king 1 2\nqueen 3 4.25\n")


def test_a_bomb_is_not_unpacked_to_its_end(monkeypatch):
    monkeypatch.setattr("embedviz.formats.source.MAX_RATIO", 50)
    bomb = gzip.compress(b"king 1 2\n" * (8 << 20))
    with pytest.raises(VectorFormatError, match="unpacks to more than 50 times its size"):
        load_vectors(bomb, name="bomb.gz")
