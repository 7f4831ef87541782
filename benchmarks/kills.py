"""kill -9 at random moments: worker, server, or all of them, while four models are trained, maps drawn and uploads written.

    python benchmarks/kills.py [kills]

A server process trains runs of the four models, draws maps and keeps uploads, all at once; what it has finished it prints. It or
its workers are killed at moments drawn at random, and a new server resumes what was interrupted. Printed are the runs that were
resumed, whether each ended with the scores of a run that nobody disturbed, whether anything finished was lost or changed, and the
temporary files that are left a minute after the last kill.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import psutil

from embedviz.core.torn_files import is_temporary
from embedviz.projection.map_folder import Map
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store

ROOT = Path(__file__).resolve().parents[1]
MODELS = {
    "skipgram": ("kjv", {"epochs": 4, "dim": 50}),
    "sentiment": ("movie_reviews", {"epochs": 6}),
    "ratings": ("ratings", {"epochs": 40}),
    "categories": ("bird_strikes", {"epochs": 20}),
}
EXACT = {"deterministic": True, "seed": 1}
UNFINISHED = 4  # runs that wait or are trained
UPLOAD_BYTES, PART_BYTES = 4_000_000, 1 << 15
LONGEST_S = 6.0  # between the beginning of a training and a kill
RESUMED_S = 30.0


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "EMBEDVIZ_HOME": home,
            "EMBEDVIZ_LIMIT_WAITING": "none",
            "EMBEDVIZ_LIMIT_VISITOR_WAITING": "none",
        }
        os.environ |= {"EMBEDVIZ_LIMIT_VISITOR_MB": "none"}
        Trial(Path(home)).run(kills)


class Trial:
    """The runs, what was finished, and what was found."""

    def __init__(self, home: Path) -> None:
        self.home, self.store, self.rng = home, Store(), random.Random(0)
        self.references = {model: new_run(self.store, model) for model in MODELS}
        self.runs: list[tuple[str, RunFolder]] = []
        self.finished: dict[str, dict[str, str]] = {}  # run -> its files' digests when it was first seen done
        self.uploads: dict[str, str] = {}
        self.maps: list[tuple[str, str]] = []  # of which run
        self.at_work: Counter[str] = Counter()  # what was under way at the moment of a kill
        self.resumed = self.not_resumed = 0
        self.changed: list[str] = []

    def run(self, kills: int) -> None:
        with Server(self) as server:
            wait_until(lambda: all(run.status == "done" for run in self.references.values()), 600, "the references")
            server.end()
        for number in range(kills):
            self.top_up()
            with Server(self) as server:
                self.wait_until_resumed()
                wait_until(lambda: any(run.status == "running" for _, run in self.runs), 60, "a training")
                time.sleep(self.rng.uniform(0, LONGEST_S))
                under_way = [(model, run) for model, run in self.runs if run.status == "running"]
                self.at_work.update({"uploads": 1, "maps": 1, **Counter(model for model, _ in under_way)})
                server.kill(("worker", "server", "all")[number % 3])
                if number % 3 == 0:  # the server lives, and resumes by itself what its worker left
                    self.wait_until_resumed()
            self.look_at_finished()
        with Server(self) as server:
            ended = time.monotonic()
            wait_until(lambda: all(run.status == "done" for _, run in self.runs), 1200, "the last runs")
            self.look_at_finished()
            time.sleep(max(0.0, 60 - (time.monotonic() - ended)))
            server.pause()
            left = [str(path.relative_to(self.home)) for path in self.home.rglob("*") if is_temporary(path.name)]
            server.end()
        self.report(kills, left)

    def top_up(self) -> None:
        """Have a run of each model that is not done."""
        while sum(run.status != "done" for _, run in self.runs) < UNFINISHED:
            model = list(MODELS)[len(self.runs) % len(MODELS)]
            self.runs.append((model, new_run(self.store, model)))

    def wait_until_resumed(self) -> None:
        """Wait until each run that was interrupted is trained again, waits for its turn, or is done."""
        interrupted = [run for _, run in self.runs if run.status == "interrupted" and run.last_event()]
        until = time.monotonic() + RESUMED_S
        while any(run.status == "interrupted" for run in interrupted) and time.monotonic() < until:
            time.sleep(0.05)
        lost = sum(run.status not in ("queued", "running", "done") for run in interrupted)
        self.not_resumed += lost
        self.resumed += len(interrupted) - lost

    def look_at_finished(self) -> None:
        """Compare what was finished before with what is there now."""
        for _, run in self.runs:
            if run.id in self.finished:
                if run.status != "done" or results(run) != self.finished[run.id]:
                    self.changed.append(f"run {run.id}")
            elif run.status == "done":
                self.finished[run.id] = results(run)
        for upload, digest in list(self.uploads.items()):
            dataset = Dataset.open(self.store.uploads_folder / upload)
            if hashlib.sha256(dataset.path.read_bytes()).hexdigest() != digest:
                self.changed.append(f"upload {upload}")
        for run, each in list(self.maps):
            drawn = Map(self.store.runs_folder / run / "maps" / each)
            if drawn.status != "done" or len(drawn.coords) != len(drawn.points):
                self.changed.append(f"map {each}")

    def report(self, kills: int, left: list[str]) -> None:
        other = [model for model, run in self.runs if run.metrics != self.references[model].metrics]
        print(f"{kills} kills; under way at that moment: {dict(self.at_work)}")
        print(f"interrupted runs that were resumed: {self.resumed} of {self.resumed + self.not_resumed}")
        n_runs = len(self.runs)
        print(f"runs with the scores of one that nobody disturbed: {n_runs - len(other)} of {n_runs} {other or ''}")
        for model, run in self.runs:
            if model in other[:1]:
                print(run.metrics, self.references[model].metrics)
        finished = len(self.finished) + len(self.uploads) + len(self.maps)
        print(
            f"finished: {len(self.finished)} runs, {len(self.uploads)} uploads, {len(self.maps)} maps; lost or changed: "
            f"{len(set(self.changed))} of {finished} {sorted(set(self.changed))[:5] if self.changed else ''}"
        )
        print(f"temporary files a minute after the last kill: {len(left)} {left[:5] if left else ''}")


def new_run(store: Store, model: str) -> RunFolder:
    sample, settings = MODELS[model]
    dataset = Dataset.sample(store.uploads_folder, sample)
    return store.create_training(model, dataset, {**settings, **EXACT})


def results(run: RunFolder) -> dict[str, str]:
    """Return the digests of a run's files, those aside that say who worked on it."""
    return {
        str(path.relative_to(run.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(run.folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith((".", "lease"))
        and path.relative_to(run.folder).parts[0] != "maps"
    }


class Server:
    """A server process: `python benchmarks/kills.py serve`."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def __enter__(self) -> Server:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill("all")
        self._thread.join()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            kind, *words = line.split()
            if kind == "upload":
                self.trial.uploads[words[0]] = words[1]
            elif kind == "map":
                self.trial.maps.append((words[0], words[1]))

    def kill(self, what: str) -> None:
        try:
            server = psutil.Process(self.process.pid)
            below = server.children(recursive=True)
        except psutil.NoSuchProcess:
            return
        victims = {"worker": [p for p in below if p.name().startswith("ev-")], "server": [server]}
        for process in victims.get(what, [server, *below]):
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if what != "worker":
            self.process.wait()

    def pause(self) -> None:
        """Stop new maps and uploads."""
        self.process.stdin.write("pause\n")
        self.process.stdin.flush()
        time.sleep(5)

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(60)


def wait_until(condition: object, seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} took more than {seconds:.0f} s")
        time.sleep(0.1)


def serve() -> None:
    """Train what is not done, draw maps and keep uploads, until standard input ends."""
    from embedviz.jobs.local_executor import LocalExecutor

    store, executor, paused = Store(), LocalExecutor().start(), threading.Event()

    def train() -> None:
        while True:
            for run in store.runs():
                if run.status == "interrupted":
                    executor.submit(run)
            time.sleep(0.2)

    def upload() -> None:
        rng = random.Random()
        while not paused.is_set():
            parts = [rng.randbytes(PART_BYTES) for _ in range(UPLOAD_BYTES // PART_BYTES)]
            dataset = Dataset.upload(store.uploads_folder, "upload.bin", slowly(parts))
            print("upload", dataset.id, hashlib.sha256(b"".join(parts)).hexdigest(), flush=True)

    def draw() -> None:
        from embedviz.projection.settings import ProjectionSettings
        from embedviz.store.maps import map_of

        run = next((run for run in store.runs() if run.model == "skipgram" and run.status == "done"), None)
        seed = random.randrange(1 << 30)
        while run is not None and not paused.is_set():
            drawn = map_of(run, next(iter(run.space_kinds)), ProjectionSettings(n_points=1500, seed=seed))
            executor.submit(drawn)
            if drawn.wait(600) == "done":
                print("map", run.id, drawn.id, flush=True)
            seed += 1

    for work in (train, upload, draw):
        threading.Thread(target=work, daemon=True).start()
    for _ in sys.stdin:
        paused.set()
    executor.close()


def slowly(parts: list[bytes]) -> object:
    for part in parts:
        time.sleep(0.01)
        yield part


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
