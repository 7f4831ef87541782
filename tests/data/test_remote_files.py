"""Addresses of files, against a server on this machine that plays a web server and the hub."""

import gzip
import http.server
import json
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

import embedviz as ev
from embedviz.data.hugging_face_hub import resolve
from embedviz.data.remote_files import address_of, local_file, local_files

CSV = b"film,stars\nAlien,5\nBrazil,4\n"
COMMIT = "c0ffee" * 6


class Server:
    """Answers by path: bytes, (status, headers, bytes), or a function of the request's headers."""

    def __init__(self):
        self.answers, self.asked, self.seen = {}, Counter(), []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked[self.path] += 1
                server.seen.append((self.path, dict(self.headers)))
                answer = server.answers.get(urlsplit(self.path).path, (404, {}, b""))
                answer = (200, {}, answer) if isinstance(answer, bytes) else answer
                status, headers, body = answer
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, body = 304, b""
                if headers.get("Last-Modified") and self.headers.get("If-Modified-Since") == headers["Last-Modified"]:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    if value is not None:
                        self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"
        self.thread = threading.Thread(target=self.httpd.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()

    def serve_dataset(self, name, files, revision="main", commit=COMMIT):
        """Play the hub for a data set: path -> content."""
        listing = {"sha": commit, "siblings": [{"rfilename": file} for file in [".gitattributes", "README.md", *files]]}
        self.answers[f"/api/datasets/{name}/revision/{revision}"] = json.dumps(listing).encode()
        for file, content in files.items():
            self.answers[f"/datasets/{name}/resolve/{commit}/{file}"] = content


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("embedviz.core.downloads.RETRY_INTERVAL_S", 0.01)
    server = Server()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    yield server
    server.close()


def parquet_of(frame, tmp_path):
    frame.to_parquet(tmp_path / "frame.parquet")
    return (tmp_path / "frame.parquet").read_bytes()


def test_an_address_is_told_from_a_path(tmp_path):
    assert address_of(tmp_path / "https.csv") is None
    assert address_of(b"https://example.org") is None
    assert address_of("HTTPS://example.org/a.csv") == "https://example.org/a.csv"


@pytest.mark.parametrize("name", ["films.csv", "films.csv.gz", "films.jsonl", "films.parquet"])
def test_files_are_read_by_their_address(server, tmp_path, name):
    frame = pd.DataFrame({"film": ["Alien", "Brazil"], "stars": [5, 4]})
    contents = {
        "films.csv": CSV,
        "films.csv.gz": gzip.compress(CSV),
        "films.jsonl": frame.to_json(orient="records", lines=True).encode(),
        "films.parquet": parquet_of(frame, tmp_path),
    }
    server.answers[f"/{name}"] = contents[name]
    for address in (f"{server.url}/{name}?download=true", Path(f"{server.url}/{name}")):
        table = ev.read_table(address)
        assert table.frame["stars"].tolist() == [5, 4]
        assert table.report.name == name.removesuffix(".gz")


@pytest.mark.parametrize(
    "headers", [{"ETag": '"one"'}, {"ETag": 'W/"one"'}, {"Last-Modified": "Sat, 01 Jan 2022 00:00:00 GMT"}]
)
def test_a_version_is_downloaded_once(server, headers):
    server.answers["/a.csv"] = (200, headers, CSV)
    path = local_file(f"{server.url}/a.csv")
    before = path.stat()
    n = len(server.seen)
    assert local_file(f"{server.url}/a.csv") == path
    assert len(server.seen) == n + 1  # asked for news alone
    assert path.stat().st_mtime == before.st_mtime


def test_another_version_has_another_path_and_the_first_stays(server):
    server.answers["/a.csv"] = (200, {"ETag": '"one"'}, CSV)
    first = local_file(f"{server.url}/a.csv")
    server.answers["/a.csv"] = (200, {"ETag": '"two"'}, CSV + b"Gilda,3\n")
    second = local_file(f"{server.url}/a.csv")
    assert first != second
    assert first.read_bytes() == CSV
    assert second.read_bytes().endswith(b"Gilda,3\n")


def test_without_an_etag_the_same_content_keeps_its_path(server):
    server.answers["/a.csv"] = CSV
    first = local_file(f"{server.url}/a.csv")
    before = first.stat().st_mtime_ns
    assert local_file(f"{server.url}/a.csv") == first
    assert first.stat().st_mtime_ns == before
    server.answers["/a.csv"] = CSV + b"Gilda,3\n"
    assert local_file(f"{server.url}/a.csv") != first


def test_without_a_network_the_last_version_is_taken(server):
    server.answers["/a.csv"] = CSV
    server.serve_dataset("owner/name", {"data.csv": CSV})
    paths = [local_file(f"{server.url}/a.csv"), local_file("hf://datasets/owner/name")]
    server.close()
    server.close = lambda: None
    said = []
    assert [
        local_file(f"{server.url}/a.csv", said.append),
        local_file("hf://datasets/owner/name", said.append),
    ] == paths
    assert all("before" in progress.message for progress in said[:1])
    for address in (f"{server.url}/b.csv", "hf://datasets/owner/other"):
        with pytest.raises(ev.EmbedvizError, match=r"could not be downloaded from 127.0.0.1: no connection"):
            local_file(address)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, {}, b""), r"There is no file at .*a.csv \(status 404\)"),
        ((403, {}, b""), r"refuses .* \(status 403\): it is private"),
        ((503, {}, b""), r"could not send .* \(status 503\). Try again later"),
        ((200, {"Content-Type": "text/html; charset=utf-8"}, b"a"), "is a page of HTML and not a file of data"),
        (b"\n<!DOCTYPE html><html><body>Log in</body></html>", "is a page of HTML and not a file of data"),
        ((302, {"Location": "http://example.org/a.csv"}, b""), "http://example.org/a.csv is not an https address"),
        ((302, {"Location": "ftp://127.0.0.1/a.csv"}, b""), "is not an https address"),
        ((302, {"Location": "/a.csv"}, b""), "leads from address to address without an end"),
    ],
)  # fmt: skip
def test_each_failure_is_a_sentence(server, answer, message):
    server.answers["/a.csv"] = answer
    with pytest.raises(ev.EmbedvizError, match=message):
        ev.read_table(f"{server.url}/a.csv")


def test_http_is_refused_before_anything_is_asked(server):
    with pytest.raises(ev.EmbedvizError, match="not an https address"):
        ev.read_table("http://example.org/a.csv")


def test_a_redirect_on_this_machine_is_followed_and_the_name_is_the_address_s(server):
    server.answers["/films.csv"] = (302, {"Location": f"{server.url}/blob/9f"}, b"")
    server.answers["/blob/9f"] = CSV
    assert ev.read_table(f"{server.url}/films.csv").report.name == "films.csv"


@pytest.mark.parametrize("headers", [{}, {"Content-Length": None}], ids=["announced", "while it arrives"])
def test_a_file_over_the_limit_is_refused(server, tmp_path, monkeypatch, headers):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_DATA_MB", "0.00001")
    server.answers["/a.csv"] = (200, headers, CSV)
    with pytest.raises(ev.EmbedvizError, match=r"the limit here\. EMBEDVIZ_LIMIT_DATA_MB"):
        ev.read_table(f"{server.url}/a.csv")
    assert server.asked["/a.csv"] == 1 + bool(headers)
    assert not [
        path
        for path in (tmp_path / "home").rglob("*")
        if path.suffix in (".csv", ".part") and path.parent.name != "locks"
    ]


def test_a_shared_server_opens_none(server, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    for address in (f"{server.url}/a.csv", "hf://datasets/a/b"):
        with pytest.raises(ev.EmbedvizError, match="shared server opens no addresses"):
            ev.read_table(address)
    assert not server.seen


@pytest.mark.parametrize(
    ("address", "name", "revision"),
    [
        ("hf://datasets/owner/name/data/films.csv", "owner/name", "main"),
        ("hf://datasets/owner/name@v1/data/films.csv", "owner/name", "v1"),
        ("hf://datasets/squad/data/films.csv", "squad", "main"),
        ("hf://datasets/squad@v1/data/films.csv", "squad", "v1"),
        ("hf://datasets/owner/name", "owner/name", "main"),
        ("hf://datasets/owner/name@v1", "owner/name", "v1"),
        ("hf://datasets/squad", "squad", "main"),
        ("hf://datasets/owner/name/data", "owner/name", "main"),
    ],
)
def test_addresses_of_the_hub(server, address, name, revision):
    server.serve_dataset(name, {"data/films.csv": CSV}, revision)
    path = local_file(address)
    assert path.name == "films.csv"
    assert path.read_bytes() == CSV
    asked = sum(server.asked.values())
    assert local_file(address) == path
    assert (
        server.asked[f"/datasets/{name}/resolve/{COMMIT}/data/films.csv"] == 2
    )  # once for its head, once for all of it
    assert sum(server.asked.values()) <= asked * 2


def test_one_file_for_each_part_is_the_split(server, tmp_path):
    files = {
        f"data/{part}-00000-of-00001.parquet": parquet_of(pd.DataFrame({"n": [i]}), tmp_path)
        for i, part in enumerate(("train", "test", "validation"))
    }
    server.serve_dataset("owner/name", files)
    found = local_files("hf://datasets/owner/name")
    assert sorted(found.parts) == ["test", "validation"]
    table = ev.read_table("hf://datasets/owner/name")
    assert dict(zip(table.frame["split"], table.frame["n"], strict=True)) == {"train": 0, "test": 1, "validation": 2}
    with pytest.raises(ev.EmbedvizError, match="has a file for each part of a split"):
        local_file("hf://datasets/owner/name")


@pytest.mark.parametrize(
    ("address", "files", "message"),
    [
        ("hf://datasets/owner/name", ["a.csv", "b.csv"], r"stands for 2 files. Name one after hf://datasets/NAME/: a.csv and b.csv"),
        ("hf://datasets/owner/name", ["model.bin"], "names no file of data. The data set's files are"),
        ("hf://datasets/owner/name/none.csv", ["a.csv"], "names no file of data"),
        ("hf://datasets/other/none", ["a.csv"], "The hub has no public data set and revision other/none"),
        ("hf://datasets/owner/name@v9", ["a.csv"], "The hub has no public data set and revision owner/name@v9"),
        ("hf://models/owner/name", ["a.csv"], "does not name a data set of the hub"),
        ("hf://datasets/", ["a.csv"], "does not name a data set of the hub"),
    ],
)  # fmt: skip
def test_what_the_hub_does_not_have(server, address, files, message):
    server.serve_dataset("owner/name", dict.fromkeys(files, CSV))
    with pytest.raises(ev.EmbedvizError, match=message):
        ev.read_table(address)


def test_a_server_that_is_no_hub_is_named(server):
    server.answers["/api/datasets/a/b/revision/main"] = b"<html>"
    with pytest.raises(ev.EmbedvizError, match="Is HF_ENDPOINT right"):
        ev.read_table("hf://datasets/a/b")


def test_the_public_hub_is_the_default(monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    asked = []
    found = resolve(
        "hf://datasets/a/b@x/c d.csv",
        lambda url: asked.append(url) or {"sha": "1", "siblings": [{"rfilename": "c d.csv"}]},
    )
    assert asked == ["https://huggingface.co/api/datasets/a/b/revision/x"]
    assert found.files["train"].url == "https://huggingface.co/datasets/a/b/resolve/1/c%20d.csv"


@pytest.mark.slow
def test_a_training_by_address_is_repeated_and_named_after_its_file(server, tmp_path, tweets):
    for name, part in (("train.csv", tweets[:400]), ("test.csv", tweets[400:])):
        server.answers[f"/{name}"] = part.to_csv(index=False).encode()
    settings = {"preset": "fast", "vectors": "none", "columns": {"text": "tweet", "label": "mood"}}
    run = ev.train("sentiment", f"{server.url}/train.csv", test=f"{server.url}/test.csv", **settings)
    assert run.data["title"] == "train.csv"
    assert run.protocol.sizes["test"] == 200
    assert len(run.repeat(seeds=2)) == 4


@pytest.mark.slow
def test_the_command_line_takes_addresses(server, tmp_path, tweets):
    from embedviz.cli import app
    from embedviz.cli.arguments import repeated

    server.answers["/films.csv"] = CSV
    server.serve_dataset("owner/name", {"tweets.csv": tweets.to_csv(index=False).encode()})
    for words in (
        ["profile", f"{server.url}/films.csv"],
        ["train", "sentiment", "hf://datasets/owner/name", "--columns", "text=tweet", "label=mood", "--preset", "fast", "--vectors", "none", "--out", str(tmp_path / "run")],
        ["predict", str(tmp_path / "run"), "hf://datasets/owner/name/tweets.csv", "--out", str(tmp_path / "answers.csv")],
    ):  # fmt: skip
        app(args=repeated(words), standalone_mode=False)
    assert len(pd.read_csv(tmp_path / "answers.csv")) == len(tweets)


def test_vectors_are_opened_by_their_address(server):
    server.answers["/words.txt"] = b"king 0.5 1\nqueen 0.25 2\n"
    assert ev.load_vectors(f"{server.url}/words.txt").labels == ["king", "queen"]
    assert ev.open_space(f"{server.url}/words.txt").labels == ["king", "queen"]


@pytest.mark.parametrize("address", ["https://[::1/x.csv", "https://example.org:99999/x.csv", "https:///x.csv"])
def test_what_is_no_address_is_one_sentence(server, address):
    with pytest.raises(ev.EmbedvizError, match=r"is not an address|the address is not valid|is not an https address"):
        local_file(address)


def test_a_redirect_to_what_is_no_address_is_one_sentence(server):
    server.answers["/film.csv"] = (302, {"Location": "https://[::1/x.csv"}, b"")
    with pytest.raises(ev.EmbedvizError, match="leads to what is no address"):
        local_file(f"{server.url}/film.csv")


def test_a_length_that_is_no_number_is_none(server):
    server.answers["/film.csv"] = (200, {"Content-Length": "many", "Connection": "close"}, CSV)
    assert local_file(f"{server.url}/film.csv").read_bytes() == CSV
