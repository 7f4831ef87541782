"""Against a local HTTP server that can cut connections, refuse and lie."""

import hashlib
import http.server
import io
import socket
import tarfile
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embedviz.core import downloads
from embedviz.core.errors import DataError, SettingsError
from embedviz.formats.character_ngrams import composed, holds_character_ngrams
from embedviz.formats.pretrained import Pretrained, find_pretrained, open_pretrained, pretrained_names

ROWS = [f"word{i} {i} {i / 2} {-i}" for i in range(1, 40_001)]  # 1 MB: several of downloads.CHUNK
TEXT = "\n".join(ROWS).encode() + b"\n"


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


class Server:
    """files: path -> bytes, or the address that it leads to. cuts: connections still to be cut after that many bytes. ranges: asked for, in order."""

    def __init__(self):
        self.files, self.cuts, self.requests, self.tag = {}, [], [], '"one"'
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                served.requests.append(self.headers.get("Range"))
                content = served.files.get(self.path)
                if isinstance(content, str):
                    self.send_response(302)
                    self.send_header("Location", content)
                    self.end_headers()
                    return
                if content is None:
                    self.send_error(404)
                    return
                start = 0
                if (asked := self.headers.get("Range")) and self.headers.get("If-Range") == served.tag:
                    start = int(asked.removeprefix("bytes=").rstrip("-"))
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
                self.send_header("Content-Length", str(len(content) - start))
                if served.tag:
                    self.send_header("ETag", served.tag)
                self.end_headers()
                end = len(content)
                if served.cuts:
                    end = min(end, start + served.cuts.pop(0))
                self.wfile.write(content[start:end])

            def log_message(self, *values):
                """Nothing on standard error."""

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.http.server_port}{path}"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(downloads, "RETRY_INTERVAL_S", 0.01)
    served = Server()
    yield served
    served.http.shutdown()
    served.http.server_close()


@pytest.fixture
def packed(server):
    """A zip of two files of vectors on the server, and what is wanted of it."""
    content = zipped({"small.3d.txt": TEXT, "small.2d.txt": b"a 1 2\nb 3 4\n"})
    server.files["/small.zip"] = content
    sha256 = hashlib.sha256(content).hexdigest()
    return Pretrained("Small 3", server.url("/small.zip"), "small.3d.txt", sha256, shared=True)


def test_the_second_opening_asks_for_nothing(server, packed, tmp_path):
    events = []
    first = open_pretrained(packed, tmp_path, events.append)
    assert first.labels[:2] == ["word1", "word2"]
    assert first.vector("word2").tolist() == [2, 1, -2]
    assert any("Downloaded Small 3" in event.message and event.fraction == 1 for event in events)
    second = open_pretrained(packed, tmp_path)
    assert len(server.requests) == 1
    assert np.array_equal(first.vectors, second.vectors)


def test_an_archive_of_several_is_kept_for_the_others(server, packed, tmp_path):
    open_pretrained(packed, tmp_path)
    other = Pretrained("Small 2", packed.url, "small.2d.txt", packed.sha256, shared=True)
    assert open_pretrained(other, tmp_path).vector("b").tolist() == [3, 4]
    assert len(server.requests) == 1
    alone = Pretrained("Alone", packed.url, "small.2d.txt", packed.sha256)
    open_pretrained(alone, tmp_path)
    assert not (tmp_path / "small.zip").exists()


def test_a_cut_connection_goes_on_where_it_was_cut(server, packed, tmp_path):
    server.cuts = [700_000, 300_000]
    assert len(open_pretrained(packed, tmp_path)) == 40_000
    assert server.requests == [None, f"bytes={2 * downloads.CHUNK}-", f"bytes={3 * downloads.CHUNK}-"]


def test_a_given_up_download_is_taken_up_by_the_next(server, packed, tmp_path):
    server.cuts = [700_000, 0, 0, 0, 0]
    with pytest.raises(DataError, match=r"no connection, or it was cut. The part that arrived is kept"):
        open_pretrained(packed, tmp_path)
    assert len(open_pretrained(packed, tmp_path)) == 40_000
    assert server.requests[-1] == f"bytes={2 * downloads.CHUNK}-"


def test_another_version_of_the_file_starts_over(server, packed, tmp_path):
    server.cuts = [700_000, 0, 0, 0, 0]
    with pytest.raises(DataError):
        open_pretrained(packed, tmp_path)
    server.tag = '"two"'
    assert len(open_pretrained(packed, tmp_path)) == 40_000


def test_a_server_without_tags_starts_over_after_a_cut(server, packed, tmp_path):
    server.tag = ""
    server.cuts = [700_000]
    assert len(open_pretrained(packed, tmp_path)) == 40_000
    assert server.requests == [None, None]


def test_a_wrong_sum_is_refused_and_deleted(server, packed, tmp_path):
    server.files["/small.zip"] = zipped({"small.3d.txt": b"evil 1 2 3\n"})
    with pytest.raises(DataError, match="SHA-256 checksum differs"):
        open_pretrained(packed, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_those_that_open_the_same_vectors_at_once_take_turns_and_they_are_fetched_once(server, tmp_path):
    server.files["/file.txt"] = TEXT
    wanted = Pretrained("Vectors", server.url("/file.txt"))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: open_pretrained(wanted, tmp_path), range(4)))
    assert [len(space) for space in found] == [len(ROWS)] * 4
    assert len(server.requests) == 1


def test_a_folder_that_cannot_be_written_is_reported(server, tmp_path):
    server.files["/file.txt"] = TEXT
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="could not be written"):
        open_pretrained(Pretrained("Vectors", server.url("/file.txt")), tmp_path / "taken")


def test_a_file_that_is_not_there_is_reported(server, tmp_path):
    with pytest.raises(DataError, match=r"refused Gone \(status 404\)"):
        open_pretrained(Pretrained("Gone", server.url("/gone.zip")), tmp_path)


def test_without_a_network_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(downloads, "RETRY_INTERVAL_S", 0.01)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DataError, match="check the network"):
        open_pretrained(Pretrained("Far", f"http://127.0.0.1:{port}/far.vec"), tmp_path)


@pytest.mark.parametrize("elsewhere", ["http://example.org/file.txt", "ftp://127.0.0.1/file.txt", "file:///etc/passwd"])
def test_an_address_without_encryption_is_asked_for_nothing(server, tmp_path, elsewhere):
    server.files["/file.txt"] = elsewhere
    for url in (elsewhere, server.url("/file.txt")):
        with pytest.raises(DataError, match="not an https address"):
            open_pretrained(Pretrained("Vectors", url), tmp_path)
    server.files |= {"/moved.txt": "/here.txt", "/here.txt": TEXT}
    assert len(open_pretrained(Pretrained("Moved", server.url("/moved.txt")), tmp_path)) == len(ROWS)


def test_vectors_of_character_ngrams_come_out_of_a_tar(server, tmp_path):
    rows = b"1gram-a 1 1\n2gram-#BEGIN#c 2 0\n2gram-ca 4 0\n3gram-cat 0 3\n4gram-cats 9 9\n"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        info = tarfile.TarInfo("folder/charNgram.txt")
        info.size = len(rows)
        archive.addfile(info, io.BytesIO(rows))
    server.files["/jmt.tar.gz"] = packed.getvalue()
    space = open_pretrained(Pretrained("Grams", server.url("/jmt.tar.gz"), "charNgram.txt"), tmp_path)
    assert holds_character_ngrams(space)
    assert composed(space, "cat").tolist() == [2, 1]  # the mean of #BEGIN#c, ca and cat
    assert composed(space, "xyz") is None
    assert [path.suffix for path in tmp_path.iterdir() if "tar" in path.name] == []


@pytest.mark.parametrize(
    ("name", "url", "member"),
    [
        ("GloVe 6B 100", "https://nlp.stanford.edu/data/glove.6B.zip", "glove.6B.100d.txt"),
        ("glove.6B.50d", "https://nlp.stanford.edu/data/glove.6B.zip", "glove.6B.50d.txt"),
        ("glove 840b", "https://nlp.stanford.edu/data/glove.840B.300d.zip", "glove.840B.300d.txt"),
        ("glove.twitter.27B.25d", "https://nlp.stanford.edu/data/glove.twitter.27B.zip", "glove.twitter.27B.25d.txt"),
        ("GloVe twitter 200", "https://nlp.stanford.edu/data/glove.twitter.27B.zip", "glove.twitter.27B.200d.txt"),
        ("FastText en", "https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.en.vec", None),
        ("fasttext.simple.300d", "https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.simple.vec", None),
    ],
)
def test_names_are_torchtexts(name, url, member):
    found = find_pretrained(name)
    assert (found.url, found.member) == (url, member)


def test_the_names_agree_with_torchtext():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torchtext.vocab import FastText, GloVe, pretrained_aliases
    for alias in pretrained_aliases:
        assert find_pretrained(alias).url.startswith("https://")
    for name, url in GloVe.url.items():
        assert find_pretrained(f"GloVe {name}").url == url.replace("http://", "https://")
    assert find_pretrained("FastText de").url == FastText.url_base.format("de")


def test_every_name_offered_is_known():
    assert all(find_pretrained(name).name == name for name in pretrained_names())


@pytest.mark.parametrize("name", ["", "GloVe", "GloVe 6B 77", "word2vec", "FastText ../../etc", "GloVe 7B 100"])
def test_an_unknown_name_is_refused_with_the_names_there_are(name):
    with pytest.raises(SettingsError, match="GloVe 6B 100"):
        find_pretrained(name)
