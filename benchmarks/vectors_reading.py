"""Reading of vector files, ours beside gensim: GloVe text, word2vec binary, fastText models, and reopening what is kept.

python benchmarks/vectors_reading.py [--words 341479] [--dim 100] [--repeats 3]

Synthetic files of the size of GloVe 6B, written into a temporary folder. Ours and the peer read the same file in turns, each
in a process of its own; printed are medians of seconds, their ratio, and the most memory. The peers come with
requirements-bench.txt; what is not installed is left out. Another format is a line in `FILES` and its readers in `READERS`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import read_space, write_space
from embedviz.space.subwords import Subwords

KEPT = "kept"  # the space in our own store
BUCKETS = 20_000  # of n-grams
FASTTEXT_SHARE = 10  # one of so many words is in the fastText model: gensim reads it for minutes otherwise


def main() -> None:
    """Write the files, and time every reader of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=341_479)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(*given.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        space = made(given.words, given.dim)
        for title, (file_name, write) in FILES.items():
            path = Path(folder) / file_name
            write(space, path)
            report(title, path, given.repeats)


def made(words: int, dim: int) -> EmbeddingSpace:
    """Return normal vectors of five digits, as GloVe's files have them."""
    random = np.random.default_rng(0)
    vectors = np.round(random.normal(0, 0.4, (words, dim)), 5).astype(np.float32)
    return EmbeddingSpace([f"word{i}" for i in range(words)], vectors)


def report(title: str, path: Path, repeats: int) -> None:
    """Print the medians of each reader of a file, in turns."""
    readers = {name: [] for name in READERS[title] if name == "ours" or importlib.util.find_spec(name)}
    for _ in range(repeats):
        for name, turns in readers.items():
            command = [sys.executable, __file__, "--one", title, name, str(path)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            turns.append(json.loads(answer.splitlines()[-1]))
    median = {name: statistics.median(turn["seconds"] for turn in turns) for name, turns in readers.items()}
    memory = {name: statistics.median(turn["peak_mb"] for turn in turns) for name, turns in readers.items()}
    parts = [f"{name} {median[name]:.2f} s and {memory[name]:,.0f} MB" for name in readers]
    ratios = [f"{median[name] / median['ours']:.1f} x the speed of {name}" for name in readers if name != "ours"]
    print(f"{title:24} {', '.join(parts)}{': ' if ratios else ''}{', '.join(ratios)}", flush=True)


def measured(title: str, name: str, path: str) -> dict[str, float]:
    """Return the seconds of one reading, and the most memory of this process."""
    read = READERS[title][name]
    if name == "gensim":
        import gensim  # noqa: F401  # its import is not its reading
    started = time.perf_counter()
    read(Path(path))
    return {
        "seconds": time.perf_counter() - started,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Return the most memory of this process (Linux). getrusage would count what the parent held when it forked."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e3


def with_gensim(**options: bool) -> Callable[[Path], object]:
    """Return gensim's reader of word2vec's formats."""

    def read(path: Path) -> object:
        from gensim.models import KeyedVectors

        return KeyedVectors.load_word2vec_format(str(path), **options)

    return read


def with_gensim_fasttext(path: Path) -> object:
    """Read a fastText model by gensim."""
    from gensim.models.fasttext import load_facebook_vectors

    return load_facebook_vectors(str(path))


def save_as(format: str) -> Callable[[EmbeddingSpace, Path], None]:
    """Return a writer of one of our formats."""
    return lambda space, path: space.save(path, format=format)


def save_fasttext(space: EmbeddingSpace, path: Path) -> None:
    """Write a model of a tenth of the words, with n-grams."""
    ngrams = np.random.default_rng(1).normal(0, 0.1, (BUCKETS, space.dim)).astype(np.float32)
    labels, vectors = space.labels[::FASTTEXT_SHARE], space.vectors[::FASTTEXT_SHARE]
    EmbeddingSpace(labels, vectors, subwords=Subwords(ngrams, 3, 6)).save(path, format="fasttext")


def save_titles(space: EmbeddingSpace, path: Path) -> None:
    """Write word2vec text whose labels are titles of several words, which other readers refuse."""
    space.save(path, format="word2vec")
    path.write_bytes(path.read_bytes().replace(b"\nword", b"\nThe Story of "))


# title -> the file's name, and what writes it
FILES: dict[str, tuple[str, Callable[[EmbeddingSpace, Path], None]]] = {
    "GloVe text": ("vectors.txt", save_as("glove")),
    "word2vec binary": ("vectors.bin", save_as("word2vec-binary")),
    "fastText model": ("model.bin", save_fasttext),
    "titles as word2vec text": ("titles.vec", save_titles),
    "reopened from the store": (KEPT, lambda space, path: write_space(space, path, "word")),
}
# title -> name -> what reads it; the names of peers are those of their packages
READERS: dict[str, dict[str, Callable[[Path], object]]] = {
    "GloVe text": {"ours": load_vectors, "gensim": with_gensim(no_header=True)},
    "word2vec binary": {"ours": load_vectors, "gensim": with_gensim(binary=True)},
    "fastText model": {"ours": load_vectors, "gensim": with_gensim_fasttext},
    "titles as word2vec text": {"ours": load_vectors},
    "reopened from the store": {"ours": lambda path: read_space(path, "word")},
}


if __name__ == "__main__":
    main()
