"""Parsing and tokenising once: the first reading of a sample beside the second.

python benchmarks/parsed_once.py [REPEATS]

The first reading parses the file, tokenises its text and keeps both; the second one, by another job, reads what was
kept. Medians.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from embedviz.core.generators import result_of
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.text.tokens import tokens_of

SAMPLES = {"kjv": "text", "movie_reviews": "text", "ratings": None, "bird_strikes": None}  # sample -> column of texts


def main(repeats: int) -> None:
    for sample, column in SAMPLES.items():
        turns = [seconds(sample, column) for _ in range(repeats)]
        first, second = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
        print(
            f"{sample:14} first {first * 1e3:7.1f} ms, again {second * 1e3:6.1f} ms, {first / second:.0f} x", flush=True
        )


def seconds(sample: str, column: str | None) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EMBEDVIZ_HOME"] = folder
        dataset = Dataset.sample(Path(folder) / "uploads", sample)
        return read(dataset, column), read(dataset, column)


def read(dataset: Dataset, column: str | None) -> float:
    started = time.perf_counter()
    table = read_reference(dataset.reference(), dataset.folder)
    if column is not None:
        result_of(tokens_of(table, column))
    return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
