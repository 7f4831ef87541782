"""Requests for neighbours answered by `embedviz serve`, beside gensim's KeyedVectors in a minimal FastAPI app.

    python benchmarks/serve.py [vectors.txt | vectors.bin] [--random] [--connections 4] [--seconds 10] [--rounds 3]

Without a file 341,000 x 100 vectors are made of the bundled 20,000 (`neighbours_speed.py`); --random draws unit vectors, which lie
in no narrower space, so that no bound leaves any vector out. Each server is one process with one worker, started again for each round; the
rounds alternate. Clients keep their connections: wrk where it is installed (apt-get install wrk), else asyncio streams in a
process of their own. Every request asks for the ten nearest of another label. Clients and server share the machine.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace

N, D, K, N_LABELS = 341_000, 100, 10, 2_000
PEER = """
import sys
import uvicorn
from fastapi import FastAPI
from gensim.models import KeyedVectors

vectors = KeyedVectors.load_word2vec_format(sys.argv[1], binary=True)
vectors.fill_norms()
app = FastAPI()

@app.get("/neighbors")
def neighbors(label: str, k: int = 10):
    return {"neighbors": [{"label": near, "similarity": value} for near, value in vectors.most_similar(label, topn=k)]}

uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""
LUA = """
local labels = {}
for line in io.lines("%s") do labels[#labels + 1] = line end
local next_label = math.random(#labels)
function setup(thread) thread:set("seed", math.random(1e6)) end
function init() math.randomseed(seed); next_label = math.random(#labels) end
request = function()
  next_label = next_label %% #labels + 1
  return wrk.format("GET", "/neighbors?k=%d&label=" .. labels[next_label])
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("\\nRESULT %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(95), errors.status + errors.timeout + errors.connect + errors.read))
end
"""


@dataclass(frozen=True)
class Load:
    """Requests a second, and milliseconds that half and 95 % of the answers took."""

    per_second: float
    p50: float
    p95: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        labels = write_vectors(asked.file, asked.random, folder / "vectors.bin")
        (folder / "labels.txt").write_text("\n".join(labels))
        (folder / "ask.lua").write_text(LUA % (folder / "labels.txt", K))
        (folder / "peer.py").write_text(PEER)
        print(
            f"clients: {'wrk' if shutil.which('wrk') else 'asyncio'}; {os.cpu_count()} cores; load before {os.getloadavg()[0]:.1f}"
        )
        for connections in asked.connections:
            loads: dict[str, list[Load]] = {"embedviz serve": [], "gensim": []}
            for _ in range(asked.rounds):
                for which in loads:
                    loads[which].append(measured(which, folder, labels, connections, asked.seconds))
            report(loads, connections)


def report(loads: dict[str, list[Load]], connections: int) -> None:
    median = {
        which: Load(
            *(statistics.median(getattr(load, name) for load in those) for name in ("per_second", "p50", "p95"))
        )
        for which, those in loads.items()
    }
    for which, load in median.items():
        print(
            f"{connections} connections, {which}: {load.per_second:.0f} requests/s, p50 {load.p50:.1f} ms, p95 {load.p95:.1f} ms"
        )
    ours, theirs = median.values()
    print(
        f"  {ours.per_second / theirs.per_second:.2f} x the requests, {ours.p95 / theirs.p95:.2f} x the p95", flush=True
    )


def write_vectors(file: str | None, is_random: bool, path: Path) -> list[str]:
    """Write the vectors as word2vec's binary, and return the labels that are asked for."""
    if file:
        space = load_vectors(file)
    elif is_random:
        vectors = np.random.default_rng(0).standard_normal((N, D), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        space = EmbeddingSpace([f"word{i}" for i in range(N)], vectors)
    else:
        from umap_speed import vectors_of

        space = EmbeddingSpace([f"word{i}" for i in range(N)], vectors_of(N))
    space.save(path, "word2vec-binary")
    print(f"{len(space):,} x {space.dim}")
    rows = np.random.default_rng(1).permutation(len(space))
    return [label for row in rows if re.fullmatch(r"\w+", label := space.labels[int(row)])][:N_LABELS]


def measured(which: str, folder: Path, labels: list[str], connections: int, seconds: float) -> Load:
    """Start a server, ask it for some seconds after a warm-up, and end it."""
    port = free_port()
    command = [sys.executable, "-m", "embedviz", "serve", str(folder / "vectors.bin"), "--port", port]
    if which == "gensim":
        command = [sys.executable, str(folder / "peer.py"), str(folder / "vectors.bin"), port]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/neighbors?label={labels[0]}", server)
            load(folder, labels, port, connections, 1)
            return load(folder, labels, port, connections, seconds)
        finally:
            server.terminate()


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def load(folder: Path, labels: list[str], port: str, connections: int, seconds: float) -> Load:
    if shutil.which("wrk") is None:
        command = [
            sys.executable,
            __file__,
            "--client",
            port,
            str(connections),
            str(seconds),
            str(folder / "labels.txt"),
        ]
        return Load(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds:g}s",
        "--timeout",
        "30s",
        "-s",
        str(folder / "ask.lua"),
        f"http://127.0.0.1:{port}",
    ]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    requests, microseconds, p50, p95, errors = map(
        int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", out).groups()
    )
    assert errors == 0, out
    return Load(requests / microseconds * 1e6, p50 / 1e3, p95 / 1e3)


def wait_for(address: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                answer.read()
                return
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server did not answer"
            time.sleep(0.2)


def client(port: str, connections: str, seconds: str, file: str) -> None:
    """Ask from one process over kept connections, and print a Load as JSON."""
    labels = Path(file).read_text().split()
    until = time.perf_counter() + float(seconds)
    took: list[float] = []

    async def ask(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        number = first
        while time.perf_counter() < until:
            begun = time.perf_counter()
            label = labels[number % len(labels)]
            writer.write(f"GET /neighbors?k={K}&label={label} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            await reader.readexactly(int(re.search(rb"content-length: (\d+)", head.lower())[1]))
            took.append(1e3 * (time.perf_counter() - begun))
            number += 1
        writer.close()

    async def ask_all() -> None:
        await asyncio.gather(*(ask(97 * i) for i in range(int(connections))))

    begun = time.perf_counter()
    asyncio.run(ask_all())
    p50, p95 = np.percentile(took, [50, 95])
    print(json.dumps({"per_second": len(took) / (time.perf_counter() - begun), "p50": p50, "p95": p95}))


if __name__ == "__main__":
    client(*sys.argv[2:]) if sys.argv[1:2] == ["--client"] else main()
