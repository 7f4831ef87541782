"""Neighbours in a space larger than people keep in memory: exact from disk, and by faiss, beside plain NumPy and faiss' IndexFlat.

    python benchmarks/large_spaces.py [--n 10_000_000] [--dim 100] [--folder FOLDER] [--keep]

The vectors are made: a mixture of N / 500 clusters whose sizes follow a power law (exponent 0.8), around topics of a hundred
clusters each, with a spectrum that falls as 1 / sqrt(i) and a spread of its own a cluster. Of a million of them the nearest
neighbour lies at a cosine of 0.93 and the tenth at 0.91 (medians). Files of about 7.5 bytes a number are written into FOLDER (by default a temporary one), and removed. Memory is what the process has beyond mapped files
(RssAnon); the vectors themselves are in the page cache.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from embedviz.space.search.faiss_index import index_path
from embedviz.space.search.in_parts import exact_index
from embedviz.space.storage import Described, read_space, write_blocks
from embedviz.space.stored_labels import StoredLabels

BLOCK, NAME, K = 65_536, "made", 10
N_EXACT, N_APPROXIMATE, N_PEER = 20, 500, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000_000)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true", help="leave the files, and use those that are there")
    parser.add_argument("--step", choices=("write", "exact", "build", "approximate", "peers"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        STEPS[asked.step](asked.folder, asked.n, asked.dim)
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as temporary:
        folder = asked.folder if asked.keep and asked.folder else Path(temporary)
        for step in STEPS:  # each in a process of its own, so that its memory is its own
            if step == "write" and (folder / f"{NAME}.safetensors").exists():
                continue
            command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
            subprocess.run([*command, "--n", str(asked.n), "--dim", str(asked.dim)], check=True)


def write(folder: Path, n: int, dim: int) -> None:
    def describe() -> Described:
        labels = StoredLabels.build(pa.array((f"label {row}" for row in range(n)), pa.large_string(), size=n))
        return Described(labels, pd.DataFrame({"count": np.arange(n, 0, -1)}))

    with AnonymousMemory() as memory:
        seconds = timed(lambda: write_blocks(folder, NAME, made(n, dim), describe))
    size = sum(path.stat().st_size for path in folder.glob(f"{NAME}.*"))
    print(
        f"{n:,} x {dim}: made and written in {seconds:.0f} s, {size / n:.0f} bytes a vector, {memory.peak} above start"
    )


def exact(folder: Path, n: int, dim: int) -> None:
    with AnonymousMemory() as memory:
        space = None

        def opened() -> None:
            nonlocal space
            space = read_space(folder, NAME)
            space.vector("label 7")

        seconds = timed(opened)
        assert space is not None
        print(f"opened, and one label found, in {seconds:.2f} s")
        labels = [f"label {row}" for row in np.random.default_rng(1).integers(0, n, N_EXACT + 1)]
        first = timed(lambda: space.neighbors(labels[0], K))
        taken = [timed(lambda label=label: space.neighbors(label, K)) for label in labels[1:]]
        rows = np.random.default_rng(2).integers(0, n, 64)
        space.neighbor_indices(space.vectors[rows], K)
        together = timed(lambda: space.neighbor_indices(space.vectors[rows], K))
    median = float(np.median(taken))
    print(
        f"exact, from disk: {median:.2f} s a query, median of {N_EXACT} (slowest {max(taken):.2f} s, first {first:.2f} s; aim 4 s), "
        f"{together / 64:.3f} s for each of 64 at once; {memory.peak} beyond the page cache (aim 1 GB)"
    )
    columns = dim if space.cosine_bounds is None else space.cosine_bounds.rows.shape[1]
    print(
        f"  {1e9 * median / n:.0f} ns a vector; {columns} columns are read: {4 * columns * n / median / 1e9:.1f} GB/s"
    )
    index = exact_index(space.vectors, "cosine", space.lengths)
    without = float(np.median([timed(lambda row=row: index.nearest(space.vectors[row], K)) for row in rows[:7]]))
    print(
        f"  without cosine bounds, all {dim} columns: {without:.2f} s a query, {4 * dim * n / without / 1e9:.1f} GB/s"
    )
    size = sum(path.stat().st_size for path in folder.glob(f"{NAME}.*") if ".faiss" not in path.name) / n
    for more in (100_000_000, 1_000_000_000):
        seconds, held = median * more / n, 4 * columns * more / 1e9
        print(
            f"  {more:,}: {size * more / 1e9:,.0f} GB on disk, {seconds:,.1f} s a query where {held:,.0f} GB fit the page cache"
        )


def build(folder: Path, n: int, dim: int) -> None:
    space = read_space(folder, NAME)
    with AnonymousMemory() as memory:
        report = space.build_index()
    size = index_path(folder / NAME, "cosine").stat().st_size
    print(
        f"faiss {report.kind}: built and measured in {report.seconds:.0f} s, {size / n:.0f} bytes a vector on disk, {memory.peak} meanwhile; "
        f"visits {report.n_probe} lists; recall@10 {report.recall:.3f} on {report.n_queries} queries against exact (aim 0.95)"
    )
    for more in (100_000_000, 1_000_000_000):
        print(
            f"  {more:,} vectors: {size * more / n / 1e9:,.0f} GB, and half as much again in memory while it is built"
        )


def approximate(folder: Path, n: int, dim: int) -> None:
    with AnonymousMemory() as memory:
        space = read_space(folder, NAME)
        labels = [f"label {row}" for row in np.random.default_rng(3).integers(0, n, N_APPROXIMATE + 20)]
        for label in labels[:20]:
            space.neighbors(label, K, exact=False)
        taken = [1e3 * timed(lambda label=label: space.neighbors(label, K, exact=False)) for label in labels[20:]]
    print(
        f"faiss: {np.median(taken):.2f} ms a query, median of {N_APPROXIMATE} (95th percentile {np.percentile(taken, 95):.2f} ms; aim 10 ms); "
        f"{memory.peak} beyond mapped files"
    )


def peers(folder: Path, n: int, dim: int) -> None:
    """Plain NumPy, and faiss' IndexFlat on as many vectors as 4 GB hold, its time scaled to N."""
    import faiss

    space = read_space(folder, NAME)
    vectors, lengths = np.asarray(space.vectors), np.asarray(space.lengths)
    rows = np.random.default_rng(1).integers(0, n, N_PEER + 1).tolist()

    def plain(row: int) -> np.ndarray:
        closeness = vectors @ vectors[row] / (lengths * lengths[row])
        best = np.argpartition(-closeness, K + 1)[: K + 1]
        return best[np.argsort(-closeness[best])]

    ours, theirs = [], []
    plain(rows[0])
    for row in rows[1:]:
        ours.append(timed(lambda row=row: space.neighbors(f"label {row}", K)))
        theirs.append(timed(lambda row=row: plain(row)))
        near = [space.labels.index(label) for label in space.neighbors(f"label {row}", K)["label"]]
        assert near == [each for each in plain(row).tolist() if each != row][:K], row
    mine, numpy = float(np.median(ours)), float(np.median(theirs))
    print(
        f"NumPy, matrix times vector and argpartition: {numpy:.2f} s a query beside {mine:.2f} s, {mine / numpy:.2f} x; the same neighbours"
    )
    held = min(n, 10**9 // dim)
    flat = faiss.IndexFlatIP(dim)
    for start in range(0, held, BLOCK):
        part = slice(start, min(held, start + BLOCK))
        flat.add(vectors[part] / lengths[part, None])
    units = [vectors[row][None] / lengths[row] for row in rows]
    flat.search(units[0], K + 1)
    taken = float(np.median([timed(lambda unit=unit: flat.search(unit, K + 1)) for unit in units[1:]])) * n / held
    print(
        f"faiss IndexFlat, all in memory: {taken:.2f} s a query beside {mine:.2f} s, {mine / taken:.2f} x (measured on {held:,} vectors)"
    )


STEPS: dict[str, Callable[[Path, int, int], None]] = {
    "write": write, "exact": exact, "build": build, "approximate": approximate, "peers": peers,
}  # fmt: skip


def made(n: int, dim: int, seed: int = 0) -> Iterator[np.ndarray]:
    """The mixture, in blocks of (at most BLOCK, dim) float32."""
    rng = np.random.default_rng(seed)
    n_clusters = max(20, n // 500)
    spectrum = ((1 + np.arange(dim)) ** -0.5).astype(np.float32)
    topics = rng.normal(size=(max(5, n_clusters // 100), dim)) * spectrum
    centres = topics[rng.integers(0, len(topics), n_clusters)] + 0.8 * rng.normal(size=(n_clusters, dim)) * spectrum
    centres = centres.astype(np.float32)
    weights = (1 + rng.permutation(n_clusters)) ** -0.8
    spread = rng.lognormal(-0.6, 0.4, n_clusters).astype(np.float32)
    cumulative = np.cumsum(weights / weights.sum())
    for start in range(0, n, BLOCK):
        rows = min(BLOCK, n - start)
        of = np.minimum(np.searchsorted(cumulative, rng.random(rows)), n_clusters - 1)
        noise = rng.standard_normal((rows, dim), np.float32) * spectrum
        lengths = rng.lognormal(0, 0.3, (rows, 1)).astype(np.float32)
        yield (centres[of] + spread[of, None] * noise) * lengths


class AnonymousMemory:
    """The most memory that this process had that is no file's, above that at the beginning."""

    def __enter__(self) -> "AnonymousMemory":
        self._begun, self._most, self._done = _anonymous(), 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def peak(self) -> str:
        return f"{max(0, self._most - self._begun) / 1e6:,.0f} MB"

    def _watch(self) -> None:
        while not self._done.wait(0.01):
            self._most = max(self._most, _anonymous())


def _anonymous() -> int:
    with open(f"/proc/{os.getpid()}/status", encoding="ascii") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("RssAnon"))


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
