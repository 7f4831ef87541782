import gzip
import io
import zipfile

import pytest

from embedviz.core.errors import DataError, SeveralFilesError
from embedviz.data import containers
from embedviz.data.containers import opened


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def content(source, limit=None, **options) -> bytes:
    with opened(source, **options) as file:
        return bytes(file.read(limit)[0])


def test_content_decides_not_the_ending():
    packed = gzip.compress(b"a b c")
    assert content(b"a b c", name="a.gz") == b"a b c"
    assert content(packed, name="a.txt") == b"a b c"
    assert content(zipped(**{"a.txt": b"a b c"}), name="a.csv") == b"a b c"


def test_a_gzip_in_a_zip_is_unpacked_too():
    with opened(zipped(**{"a.csv.gz": gzip.compress(b"x,y")})) as file:
        assert file.read() == (b"x,y", False)
        assert (file.name, file.compression, file.member) == ("a.csv", "zip, gzip", "a.csv.gz")


def test_gzip_members_one_after_another_are_one_file():
    assert content(gzip.compress(b"one ") + gzip.compress(b"two")) == b"one two"


def test_the_head_is_read_again():
    with opened(gzip.compress(bytes(range(9)) * 200)) as file:
        assert file.head(3) == b"\0\1\2"
        assert file.read()[0] == bytes(range(9)) * 200


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: zipped(a=data)])
def test_a_limit_cuts_and_says_so(pack):
    with opened(pack(b"0123456789")) as file:
        assert file.read(4) == (b"0123", True)
    with opened(pack(b"0123456789")) as file:
        assert file.read(10) == (b"0123456789", False)


@pytest.mark.parametrize("data", [b"", gzip.compress(b""), zipped(a=b"")])
def test_nothing_inside_is_reported(data):
    with pytest.raises(DataError, match=r"is empty.*0 bytes"):
        content(data, name="a.txt")


def test_a_zero_byte_gzip_file_is_reported(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(b"")
    with pytest.raises(DataError, match=r"^a\.txt\.gz is empty: it has 0 bytes"):
        content(tmp_path / "a.txt.gz")


def test_a_cut_gzip_is_reported():
    with pytest.raises(DataError, match="cannot be unpacked"):
        content(gzip.compress(b"hello " * 1000)[:-20], name="a.gz")


def test_a_damaged_zip_is_reported():
    data = bytearray(zipped(a=b"hello world, hello world"))
    data[35] ^= 0xFF
    with pytest.raises(DataError, match="cannot be unpacked"):
        content(bytes(data), name="a.zip")
    with pytest.raises(DataError, match="cannot be unpacked"):
        content(b"PK\x03\x04" + b"x" * 60, name="a.zip")


def test_a_zip_with_a_password_is_reported():
    data = bytearray(zipped(a=b"hello"))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    with pytest.raises(DataError, match="password"):
        content(bytes(data), name="a.zip")


def test_several_files_are_offered_and_one_can_be_named():
    data = zipped(**{"one.txt": b"1", "two.txt": b"2", "__MACOSX/._one.txt": b"x"})
    with pytest.raises(SeveralFilesError, match="holds 2 files") as error:
        content(data)
    assert error.value.names == ["one.txt", "two.txt"]
    assert content(data, member="two.txt") == b"2"
    with pytest.raises(DataError, match=r"holds no file 'three.txt'. It holds: one.txt, two.txt."):
        content(data, member="three.txt")


def test_a_zip_without_files_is_reported():
    with pytest.raises(DataError, match="without a file"):
        content(zipped(**{"folder/": b""}))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\passwd"])
def test_a_path_in_a_zip_is_only_a_name(name):
    with opened(zipped(**{name: b"harmless"})) as file:
        assert file.name == "passwd"
        assert file.read()[0] == b"harmless"


def test_a_zip_of_zips_is_reported():
    with pytest.raises(DataError, match="packed several times"):
        content(zipped(a=zipped(a=b"x")))
    with pytest.raises(DataError, match="packed several times"):
        content(gzip.compress(gzip.compress(b"x")))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: zipped(a=data)])
def test_more_than_the_limit_of_the_house_is_refused(pack, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_DATA_MB", "0.001")
    assert len(content(pack(b"x" * 1000))) == 1000
    with pytest.raises(DataError, match="EMBEDVIZ_LIMIT_DATA_MB"):
        content(pack(b"x" * 1001))
    assert len(content(pack(b"x" * 5000), limit=2000)) == 1000


def test_what_unpacks_without_measure_is_not_opened(monkeypatch):
    monkeypatch.setattr(containers, "MIN_RATIO_BYTES", 1 << 20)
    bomb = gzip.compress(bytes(20_000_000))
    with pytest.raises(DataError, match="200 times its size"):
        content(bomb)
    assert len(content(bomb, limit=1000)) == 1000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7", "is a PDF document"),
        (b"\x80\x04\x95", "pickle, which is never opened"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\xd0\xcf\x11\xe0\xa1", "old Office"),
        (bytes(257) + b"ustar\0", "tar archive"),
        (zipped(**{"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "Excel workbook. Save the sheet as CSV"),
        (zipped(**{"[Content_Types].xml": b"", "word/document.xml": b""}), "Office document"),
        (zipped(**{"mimetype": b"", "content.xml": b""}), "OpenDocument"),
    ],
)
def test_foreign_formats_are_named(data, message):
    with pytest.raises(DataError, match=message):
        content(data)


def test_a_foreign_format_in_a_gzip_is_named_too():
    with pytest.raises(DataError, match="tar archive"):
        content(gzip.compress(bytes(257) + b"ustar\0"))


def test_what_is_not_there_is_reported(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        content(tmp_path / "missing.txt")
    with pytest.raises(DataError, match="is a folder"):
        content(tmp_path)


def test_an_open_file_is_read_from_its_beginning(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"hello")
    with open(tmp_path / "a.txt", "rb") as file:
        file.seek(3)
        with opened(file) as found:
            assert (found.name, bytes(found.read()[0])) == ("a.txt", b"hello")
