"""Hostile files uploaded to a shared server: what becomes of each, what it costs, and what others notice meanwhile.

    python benchmarks/hostile.py [files]

A visitor uploads files that are cut, damaged, far larger once they are unpacked, or hold code, and waits for what the page says of
each; another one turns pages all the while, and did so before. Printed are tracebacks, code that ran, the time and the memory of
the worker (above what it held before), and how long the other's pages took.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import os
import pickle
import random
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from load import BUG, ROOT, serve
from visitor import Visitor

sys.path.insert(0, str(ROOT))
from tests.data.test_broken_files import HOSTILE, WHOLE
from tests.formats.test_broken_files import broken_files

UPLOAD = "Upload a text, a table or vectors"
GOALS = {"seconds": 5.0, "megabytes": 500.0, "others": 1.2}
USUAL_S = 30
HARMLESS = 40  # files
MAX_UPLOAD = 25_000_000
WAIT_S = 60.0
NAMES = (
    '<img src=x onerror="alert(1)">.csv',
    "../../../etc/passwd",
    "a\nb.csv",
    "‮vsc.exe",
    "x" * 300 + ".csv",
    ".",
    "con.csv",
)


class Code:
    """An object that makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as home:
        mark = Path(home) / "ran"
        files = hostile_files(mark)[:wanted]
        os.environ |= {f"EMBEDVIZ_LIMIT_{name}": "none" for name in ("VISITOR_MB", "UPLOADS", "STORE_MB")}
        server, address = serve(home)
        try:
            measured = asyncio.run(visits(address, server.pid, files))
        finally:
            server.terminate()
            server.wait(30)
        ran = mark.exists()
    outcomes = measured.outcomes
    print(f"{len(outcomes)} hostile files, {os.cpu_count()} cores")
    bad = [(name, text) for name, text, _, _ in outcomes if BUG in text or "Traceback" in text or not text]
    print(f"tracebacks, bugs or no answer: {len(bad)} (goal 0) {bad[:5] if bad else ''}")
    print(f"code that ran: {int(ran)} (goal 0)")
    slow = sorted(outcomes, key=lambda one: -one[2])[:3]
    large = sorted(outcomes, key=lambda one: -one[3])[:3]
    print(f"slowest: {[(name, round(s, 1)) for name, _, s, _ in slow]} s (goal {GOALS['seconds']})")
    print(f"largest: {[(name, round(mb)) for name, _, _, mb in large]} MB (goal {GOALS['megabytes']})")
    idle, harmless, hostile = map(statistics.median, (measured.idle, measured.harmless, measured.hostile))
    print(
        f"pages of others: median {idle:.3f} s with nobody else there, {harmless:.3f} s while somebody uploads harmless files, "
        f"{hostile:.3f} s while hostile ones: {hostile / harmless:.2f} x the harmless (goal {GOALS['others']}), {hostile / idle:.2f} x alone"
    )


def hostile_files(mark: Path) -> list[tuple[str, bytes]]:
    """Return names and contents, in an order of their own."""
    code = pickle.dumps(Code(mark))
    objects = io.BytesIO()
    np.save(objects, np.array([Code(mark)], dtype=object), allow_pickle=True)  # only written: the app has to refuse it
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("archive/data.pkl", code)
        file.writestr("archive/version", "3")
    files = [
        *HOSTILE.items(),
        *[(f"{name}.vec", data) for name, data in broken_files().items()],
        *[(name, WHOLE["t.csv"]) for name in NAMES],
        ("model.pt", archive.getvalue()),
        ("old.pt", code),
        ("objects.npy", objects.getvalue()),
        ("frame.pkl", code),
        ("formula.csv", b"user,text\n1,=cmd|'/c calc'!A1\n2,<script>alert(1)</script>\n3,{{7*7}}\n" * 50),
        ("header.csv", b"<script>alert(1)</script>,b\n1,2\n2,3\n" * 30),
        ("laughs.xml", b'<!DOCTYPE l [<!ENTITY a "ha">' + b'<!ENTITY b "&a;&a;">' * 1000 + b"]><l>&b;</l>"),
        ("huge.safetensors", b"\xff" * 8 + b"{" * 1000),
        ("null.parquet", b"PAR1" + bytes(100_000) + b"PAR1"),
    ]
    rng = random.Random(0)
    for name, data in WHOLE.items():
        for number in range(15):
            places = bytearray(data)
            for _ in range(1 + number):
                places[rng.randrange(len(places))] ^= 1 << rng.randrange(8)
            files.append((f"{number} {name}", bytes(places[: rng.randrange(1, len(places) + 1)])))
    rng.shuffle(files)
    return [(name, data) for name, data in files if len(data) <= MAX_UPLOAD]


async def visits(address: str, server: int, files: list[tuple[str, bytes]]) -> Measured:
    """Upload harmless files, then hostile ones, while somebody else turns pages; and have them turn pages before, for comparison."""
    async with Visitor(address) as visitor:
        await visitor.visit("data")
        await visitor.upload(UPLOAD, "first.csv", WHOLE["t.csv"])  # the worker has imported what it needs
        await visitor.follow_end(WAIT_S)
        async with PagesOfAnother(address):  # the server has imported what it needs
            await asyncio.sleep(10)
        async with PagesOfAnother(address) as idle:
            await asyncio.sleep(USUAL_S)
        async with PagesOfAnother(address) as harmless:
            for number in range(HARMLESS):
                await outcome_of(visitor, server, f"{number}.csv", WHOLE["t.csv"])
        async with PagesOfAnother(address) as hostile:
            outcomes = [await outcome_of(visitor, server, name, data) for name, data in files]
    return Measured(outcomes, idle.seconds, harmless.seconds, hostile.seconds)


@dataclass(frozen=True)
class Measured:
    """What became of each file: its name, what the page said, seconds, megabytes; and the seconds of another's pages."""

    outcomes: list[tuple[str, str, float, float]]
    idle: list[float]
    harmless: list[float]
    hostile: list[float]


class PagesOfAnother:
    """Another visitor, in a process of their own: `python benchmarks/hostile.py pages ADDRESS`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.seconds: list[float] = []

    async def __aenter__(self) -> PagesOfAnother:
        command = [sys.executable, __file__, "pages", self.address]
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        answer, _ = await self._process.communicate(b"")
        self.seconds = json.loads(answer)


async def turn_pages(address: str) -> list[float]:
    """Turn pages until standard input ends; the seconds of each."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    async with Visitor(address) as visitor:
        await visitor.visit("")
        visitor.answers.clear()
        for name in itertools.cycle(("", "data", "runs", "help")):
            if ended.is_set():
                return [answer.seconds for answer in visitor.answers]
            await visitor.visit(name)
            await asyncio.sleep(0.5)
    return []


async def outcome_of(visitor: Visitor, server: int, name: str, data: bytes) -> tuple[str, str, float, float]:
    """Upload a file; what the page says of it, the seconds until then, and the megabytes of the worker."""
    await visitor.visit("data")
    with WorkersPeak(server) as peak:
        begun = time.perf_counter()
        status = await visitor.upload(UPLOAD, name, data)
        if status >= 300:
            return name, f"refused with status {status}", time.perf_counter() - begun, peak.megabytes
        is_answered = await visitor.follow_end(WAIT_S)
        seconds = time.perf_counter() - begun
    return name, visitor.shown() if is_answered and not visitor.has_exception() else "", seconds, peak.megabytes


class WorkersPeak:
    """The most memory of any worker above what it held at first, by a thread that looks every 10 ms."""

    def __init__(self, server: int) -> None:
        self.megabytes = 0.0
        self._workers = [p for p in psutil.Process(server).children(recursive=True) if p.name().startswith("ev-inter")]

    def __enter__(self) -> WorkersPeak:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        before: dict[int, int] = {}
        while not self._ended.wait(0.01):
            for worker in self._workers:
                try:
                    held = worker.memory_info().rss
                except psutil.Error:
                    continue
                self.megabytes = max(self.megabytes, (held - before.setdefault(worker.pid, held)) / 1e6)


if __name__ == "__main__":
    if sys.argv[1:2] == ["pages"]:
        print(json.dumps(asyncio.run(turn_pages(sys.argv[2]))))
    else:
        main()
