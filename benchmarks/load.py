"""Visitors of a shared server at once, with mixed work: how long pages take, what goes wrong, and what memory it takes.

    python benchmarks/load.py [visitors] [seconds]

Each visitor has a cookie and a connection of their own and goes through the app at a person's pace: samples, trainings of four
models, maps, neighbours, lists of runs. Printed are the time of a page (in all, by page and by minute), errors, runs that others
saw, the visitors without a run, and the memory of all processes (proportional set size: what is shared counts once).
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import psutil
from visitor import Answer, Visitor

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ("King James Bible", "Film reviews", "Ratings (generated)", "Bird strikes")
PAGES = ("", "runs", "neighbours", "map", "predict", "evaluate", "compare", "help")
CLICK_S, LOOK_S = (1.0, 3.0), (2.0, 8.0)  # until a button is found and pressed; that a page is looked at
GOALS = {"p95": 2.0, "memory": 1600.0}
BUG = "Something went wrong"


def main() -> None:
    visitors = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 600.0
    with tempfile.TemporaryDirectory() as home:
        server, address = serve(home)
        memory = Memory(server.pid)
        try:
            outcomes = asyncio.run(all_at_once(address, visitors, seconds))
        finally:
            peak, shares = memory.end()
            server.terminate()
            server.wait(30)
    answers = [answer for outcome in outcomes for answer in outcome.answers]
    pages = sorted(answer.seconds for answer in answers)
    errors = Counter(error for outcome in outcomes for error in outcome.errors)
    print(f"{visitors} visitors, {seconds:.0f} s, {os.cpu_count()} cores, {len(pages):,} pages")
    p95 = pages[int(0.95 * len(pages))]
    print(
        f"page: median {statistics.median(pages):.2f} s, p95 {p95:.2f} s (goal {GOALS['p95']}), slowest {pages[-1]:.1f} s"
    )
    print(f"errors: {sum(errors.values())} (goal 0) {dict(errors.most_common(5)) if errors else ''}")
    print(f"runs of others seen: {sum(outcome.strangers for outcome in outcomes)} (goal 0)")
    with_run = sum(outcome.runs > 0 for outcome in outcomes)
    print(f"visitors with a run: {with_run} of {visitors}; runs: {sum(outcome.runs for outcome in outcomes)}")
    print(f"refused with a sentence: {sum(outcome.refused for outcome in outcomes)}")
    print(f"memory of all processes: {peak:.0f} MB at most (goal {GOALS['memory']:.0f}): {shares}")
    for page in sorted({answer.page for answer in answers}):
        show(page or "home", [answer for answer in answers if answer.page == page])
    first = min(answer.at for answer in answers)
    for minute in range(math.ceil(seconds / 60)):
        show(f"minute {minute + 1}", [answer for answer in answers if (answer.at - first) // 60 == minute])


def show(what: str, answers: list[Answer]) -> None:
    if answers:
        seconds, begun = [answer.seconds for answer in answers], [answer.begun for answer in answers]
        print(
            f"  {what:<12} {len(answers):>5} pages, median {statistics.median(seconds):.2f} s, "
            f"p95 {sorted(seconds)[int(0.95 * len(seconds))]:.2f} s, begun after {statistics.median(begun):.2f} s"
        )


class Outcome:
    """What a visitor met."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.errors: list[str] = []
        self.runs = self.strangers = self.refused = 0


async def all_at_once(address: str, visitors: int, seconds: float) -> list[Outcome]:
    until = time.monotonic() + seconds
    return await asyncio.gather(*[one(address, number, until) for number in range(visitors)])


async def one(address: str, number: int, until: float) -> Outcome:
    """A visitor: comes within the first half minute, and does one thing after the other."""
    rng, outcome = random.Random(number), Outcome()
    await asyncio.sleep(rng.uniform(0, 30))
    try:
        async with Visitor(address) as visitor:
            await visitor.visit("")
            await train(visitor, SAMPLES[number % len(SAMPLES)], rng, outcome, until)
            while time.monotonic() < until:
                await rng.choice((look_around, draw_map, look_around, train_again))(visitor, rng, outcome, until)
            outcome.answers = visitor.answers
    except Exception as error:  # counted: the benchmark is to see all of them
        outcome.errors.append(f"{type(error).__name__}: {str(error)[:200]}")
    return outcome


async def train(visitor: Visitor, sample: str, rng: random.Random, outcome: Outcome, until: float) -> None:
    await visitor.visit("data")
    await visitor.stay(rng.uniform(*CLICK_S))
    await visitor.press(sample)
    if not await visitor.follow_button("Train on this", 120):
        return check(visitor, outcome)
    await visitor.stay(rng.uniform(*CLICK_S))
    await visitor.press("Train on this")
    await visitor.stay(rng.uniform(*CLICK_S))
    await visitor.press("Train")
    if "waiting already" in visitor.shown():
        outcome.refused += 1
        return await visitor.stay(rng.uniform(*LOOK_S))
    check(visitor, outcome)
    await visitor.follow_end(min(120, max(1, until - time.monotonic())))
    outcome.runs = max(outcome.runs, len(visitor.options("Open run")))
    check(visitor, outcome)
    await visitor.stay(rng.uniform(*LOOK_S))


async def train_again(visitor: Visitor, rng: random.Random, outcome: Outcome, until: float) -> None:
    if outcome.runs < 3:
        await train(visitor, rng.choice(SAMPLES), rng, outcome, until)


async def look_around(visitor: Visitor, rng: random.Random, outcome: Outcome, until: float) -> None:
    await visitor.visit(rng.choice(PAGES), visitor.query)
    check(visitor, outcome)
    await visitor.stay(rng.uniform(*LOOK_S))


async def draw_map(visitor: Visitor, rng: random.Random, outcome: Outcome, until: float) -> None:
    await visitor.visit("map", visitor.query)
    if visitor.has_button("Draw the map"):
        await visitor.press("Draw the map")
        await visitor.follow("Trustworthiness", min(60, max(1, until - time.monotonic())))
    check(visitor, outcome)
    await visitor.stay(rng.uniform(*LOOK_S))


def check(visitor: Visitor, outcome: Outcome) -> None:
    """Count bugs, and runs in the menu that this visitor did not make: nobody makes more than three."""
    if BUG in visitor.shown() or visitor.has_exception():
        outcome.errors.append(visitor.shown()[:300])
    outcome.strangers += max(0, len(visitor.options("Open run")) - 4)


class Memory:
    """Memory of a process and all its descendants, measured every 2 s by a thread."""

    def __init__(self, pid: int) -> None:
        self._root, self._peak, self._shares = psutil.Process(pid), 0.0, ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)
        self._thread.start()

    def end(self) -> tuple[float, str]:
        self._ended.set()
        self._thread.join()
        return self._peak, self._shares

    def _measure(self) -> None:
        while not self._ended.wait(2):
            sizes: Counter[str] = Counter()
            for process in [self._root, *self._root.children(recursive=True)]:
                try:
                    sizes[process.name()] += process.memory_full_info().pss / 1e6
                except psutil.Error:
                    continue
            if sum(sizes.values()) > self._peak:
                self._peak = sum(sizes.values())
                self._shares = ", ".join(f"{name} {size:.0f}" for name, size in sizes.most_common())


def serve(home: str) -> tuple[subprocess.Popen, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "EMBEDVIZ_HOME": home, "EMBEDVIZ_MODE": "shared", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    with open(Path(home) / "server.log", "wb") as log:
        server = subprocess.Popen(
            [*command, "--server.fileWatcherType=none"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}/"
    while True:
        try:
            urllib.request.urlopen(f"{address}_stcore/health", timeout=1).close()
            return server, address
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)


if __name__ == "__main__":
    main()
