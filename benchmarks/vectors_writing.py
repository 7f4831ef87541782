"""Writing of vector files, ours beside gensim: GloVe text and word2vec binary.

python benchmarks/vectors_writing.py [--words 341479] [--dim 100] [--repeats 3] [--vectors FILE]

Random vectors of full float32 precision, as a training ends with, or those of a file. Ours and the peer write in turns, each in
a process of its own; printed are medians of seconds, their ratio, and the most memory above that of the vectors in memory.
Both write text in the fewest digits that give the same float32 back, and a last check reads ours with gensim. gensim comes
with requirements-bench.txt.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace

FORMATS = {"GloVe text": "glove", "word2vec binary": "word2vec-binary"}  # title -> the name of ours
WRITERS = ("ours", "gensim")


def main() -> None:
    """Write each format by each writer in turns, and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=341_479)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--vectors", type=Path, help="A file whose vectors are written.")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(*given.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "vectors.npz"
        (load_vectors(given.vectors) if given.vectors else made(given.words, given.dim)).save(kept)
        for title, format in FORMATS.items():
            report(title, format, kept, Path(folder), given.repeats)


def made(words: int, dim: int) -> EmbeddingSpace:
    """Return normal vectors in all digits of float32."""
    vectors = np.random.default_rng(0).normal(0, 0.4, (words, dim)).astype(np.float32)
    return EmbeddingSpace([f"word{i}" for i in range(words)], vectors)


def report(title: str, format: str, kept: Path, folder: Path, repeats: int) -> None:
    """Print the medians of both writers of a format."""
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in WRITERS}
    for _ in range(repeats):
        for name in WRITERS:
            command = [sys.executable, __file__, "--one", name, format, str(kept), str(folder / f"{name}.{format}")]
            answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            turns[name].append(json.loads(answer.splitlines()[-1]))
    median = {name: statistics.median(turn["seconds"] for turn in each) for name, each in turns.items()}
    memory = {name: statistics.median(turn["more_mb"] for turn in each) for name, each in turns.items()}
    parts = [f"{name} {median[name]:.2f} s and {memory[name]:,.0f} MB" for name in WRITERS]
    print(f"{title:16} {', '.join(parts)}: {median['gensim'] / median['ours']:.1f} x the speed of gensim", flush=True)
    check(format, kept, folder / f"ours.{format}")


def measured(name: str, format: str, kept: str, path: str) -> dict[str, float]:
    """Return the seconds of one writing, and how far it raised the most memory of this process."""
    space = load_vectors(kept)
    if name == "gensim":
        from gensim.models import KeyedVectors

        vectors = KeyedVectors(space.dim)
        vectors.add_vectors(space.labels, space.vectors)
    before, started = peak_mb(), time.perf_counter()
    if name == "gensim":
        vectors.save_word2vec_format(path, binary=format == "word2vec-binary", write_header=format != "glove")
    else:
        space.save(path, format=format)
    return {"seconds": time.perf_counter() - started, "more_mb": peak_mb() - before}


def check(format: str, kept: Path, path: Path) -> None:
    """Fail unless gensim reads the same numbers from the first lines of our file."""
    from gensim.models import KeyedVectors

    found = KeyedVectors.load_word2vec_format(
        str(path), binary=format == "word2vec-binary", no_header=format == "glove", limit=1000
    )
    np.testing.assert_array_equal(found.vectors, load_vectors(kept, limit=1000).vectors)


def peak_mb() -> float:
    """Return the most memory of this process (Linux). getrusage would count what the parent held when it forked."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e3


if __name__ == "__main__":
    main()
