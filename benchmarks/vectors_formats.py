"""Reading a Parquet column of float32 lists as a space, beside pyarrow.parquet.read_table of the same file.

python benchmarks/vectors_formats.py [ROWS] [DIM]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from embedviz.formats import FORMATS, load_vectors, write_vectors
from embedviz.space import EmbeddingSpace

ROUNDS = 5


def main() -> None:
    """Write the same vectors in each format, and print how long reading takes."""
    given = [int(word) for word in sys.argv[1:]]
    rows, dim = (*given, *(100_000, 300)[len(given) :])
    vectors = np.random.default_rng(0).normal(size=(rows, dim)).astype(np.float32)
    space = EmbeddingSpace([f"word {i}" for i in range(rows)], vectors)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.parquet"
        space.save(path)
        ours, theirs = (fastest(read, path) for read in (load_vectors, pq.read_table))
        print(f"Parquet, {rows:,} x {dim}: {ours:.2f} s; read_table {theirs:.2f} s; ratio {ours / theirs:.2f}")
        for name in FORMATS:
            path = Path(folder) / f"vectors.{name}"
            with open(path, "wb") as file:
                write_vectors(space, file, name)
            seconds = fastest(load_vectors, path, rounds=1)
            print(f"{name}: {path.stat().st_size / 1e6:,.0f} MB, read in {seconds:.2f} s")
            path.unlink()


def fastest(read: Callable[[Path], object], path: Path, rounds: int = ROUNDS) -> float:
    """Return the seconds of the fastest of several rounds."""
    seconds: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        read(path)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
