"""This version beside an earlier one: seconds of the same trainings.

python benchmarks/versions.py FOLDER [--repeats N] [--only TEXT]

FOLDER is a checkout of the earlier version (git worktree add FOLDER REV). Each training runs in a process of its own,
the two versions in turns, on the samples that come with embedviz. "whole" is the first training in a process, with all
that is imported, read, tokenised and measured; "again" is the second one, when everything is imported and compiled.
Medians, and the median of the ratios of neighbouring turns: above 1 this version is the slower one. The scores of both
are compared too: where they differ, the first that does is printed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
CLOCKS = ("whole", "again")

# title -> model, sample, column roles, settings
TRAININGS = {
    "skip-gram, King James text, 3 epochs": ("skipgram", "kjv", {}, {"epochs": 3}),
    "sentiment, film reviews, 3 epochs": ("sentiment", "movie_reviews", {}, {"epochs": 3}),
    "ratings, least squares": ("ratings", "ratings", {}, {"method": "als"}),
    "ratings, gradient, 10 epochs": ("ratings", "ratings", {}, {"method": "gradient", "epochs": 10}),
    "categories, bird strikes, 10 epochs": (
        "categories",
        "bird_strikes",
        {"target": "Phase of flight"},
        {"epochs": 10},
    ),
}

CHILD = """
import json, sys, time
started = time.perf_counter()
import embedviz as ev
model, data, columns, settings = json.loads(sys.argv[1])
def train(name):
    return ev.train(model, data, columns=columns, out=f"{sys.argv[2]}/{name}", seed=0, **settings)
train("first")
whole = time.perf_counter() - started
started = time.perf_counter()
run = train("second")
again = time.perf_counter() - started
assert ev.__file__.startswith(sys.argv[3]), ev.__file__
print(json.dumps({"whole": whole, "again": again, "metrics": run.metrics}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("earlier", type=Path, metavar="FOLDER")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="trainings whose title holds this")
    arguments = parser.parse_args()
    for title, training in TRAININGS.items():
        if arguments.only in title:
            compare(title, training, arguments.earlier.resolve(), arguments.repeats)


def compare(title: str, training: tuple, earlier: Path, repeats: int) -> None:
    turns = [(trained(training, earlier), trained(training, HERE)) for _ in range(repeats)]
    for clock in CLOCKS:
        before, now = (statistics.median(turn[side][clock] for turn in turns) for side in (0, 1))
        ratio = statistics.median(turn[1][clock] / turn[0][clock] for turn in turns)
        print(f"{title:38} {clock:9} {before:7.2f} s before, {now:7.2f} s now, {ratio:.3f} x", flush=True)
    print(f"{title:38} {difference(turns[0][0]['metrics'], turns[0][1]['metrics'])}", flush=True)


def trained(training: tuple, root: Path) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(root), "EMBEDVIZ_HOME": f"{folder}/home"}
        done = subprocess.run(
            [sys.executable, "-c", CHILD, json.dumps(training), folder, str(root)],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{root}: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])


def difference(before: dict[str, float], now: dict[str, float]) -> str:
    for name in sorted(before.keys() & now.keys()):
        if before[name] != now[name]:
            return f"{name}: {before[name]:.6g} before, {now[name]:.6g} now"
    return f"{len(before.keys() & now.keys())} scores, all equal"


if __name__ == "__main__":
    main()
