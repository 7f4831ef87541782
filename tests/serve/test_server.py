"""`embedviz serve` as a process of its own: a real socket, signals, exit codes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


class Serving:
    """A server of a file of vectors, and its address."""

    def __init__(self, file: Path, *flags: str, **environment: str):
        command = [sys.executable, "-m", "embedviz", "serve", str(file), "--port", "0", *flags]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stderr.readline()
        self.address = re.search(r"http://\S+?(?=;)", line)[0]

    def get(self, path: str, **headers: str):
        request = urllib.request.Request(f"{self.address}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@pytest.fixture(scope="module")
def vectors(space, tmp_path_factory):
    path = tmp_path_factory.mktemp("served") / "words.vec"
    space.save(path)
    return path


@pytest.fixture
def serving(vectors):
    server = Serving(vectors, "--max-k", "5", EMBEDVIZ_SERVE_TOKEN="secret")
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.end()


def refusal(serving, path, **headers):
    """The status of a request that is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        serving.get(path, **headers)
    refused.value.close()
    return refused.value.code


def test_a_server_answers_keeps_its_limits_and_ends_on_sigterm(serving):
    assert serving.get("/health") == {"status": "ok"}
    assert refusal(serving, "/neighbors?label=word1") == 401
    answer = serving.get("/neighbors?label=word1&k=5", Authorization="Bearer secret")
    assert len(answer["neighbors"]) == 5
    assert refusal(serving, "/neighbors?label=word1&k=6", Authorization="Bearer secret") == 422
    # a chunked body is cut off at the limit while it arrives, and the connection with it
    host, port = serving.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = "POST /neighbors HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        sent = 0
        try:
            while sent < 200:  # 13 MB, where 4 MB may come
                connection.sendall(chunk)
                sent += 1
        except ConnectionError:
            pass
        try:
            answered = connection.recv(200)
        except ConnectionError:
            answered = b""
    assert answered.startswith(b"HTTP/1.1 413") or (not answered and sent < 200)
    assert serving.end() == 0


def test_requests_under_way_are_answered_after_sigterm(serving):
    """A body that is still arriving when the signal comes is read to its end, and answered."""
    host, port = serving.address.removeprefix("http://").split(":")
    body = json.dumps({"labels": ["word1"], "k": 5}).encode()
    head = f"POST /neighbors HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode() + body[:5])
        assert serving.get("/health") == {"status": "ok"}  # the head was read before this was answered
        serving.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(body[5:])
        answered = connection.recv(65_536)
    assert answered.startswith(b"HTTP/1.1 200")
    assert serving.end() == 0


def test_ctrl_c_ends_the_server(vectors):
    server = Serving(vectors)
    assert server.get("/health") == {"status": "ok"}
    assert server.end(signal.SIGINT) == 130


def test_a_port_that_is_taken_is_one_sentence(vectors):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "embedviz", "serve", str(vectors), "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert re.fullmatch(
        rf"Cannot listen at 127.0.0.1:{port} \([^()]+\)\. Name another address by --host and --port\.", said
    )
    assert "Traceback" not in done.stderr
