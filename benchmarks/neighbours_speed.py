"""The ten nearest of a label beside gensim's most_similar: one query, 64 at once, and whether they are brute force's.

    python benchmarks/neighbours_speed.py [vectors.txt | vectors.bin]

Without a file 341,000 x 100 vectors are made of the bundled 20,000: each new one lies between a word and one of its ten
nearest, with a little noise, so that spectrum and neighbourhoods are like theirs. Medians of interleaved repeats.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors
from umap_speed import vectors_of

from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace
from embedviz.space.search.cosine_bounds import CosineBounds
from embedviz.space.storage import read_space, write_space

N, K, REPEATS, CHECKED, TOGETHER = 341_000, 10, 200, 300, 64
RUN = 20  # queries one after the other, before the other's turn


def main() -> None:
    space = load_vectors(sys.argv[1]) if len(sys.argv) > 1 else made()
    print(f"{len(space):,} x {space.dim}")
    with tempfile.TemporaryDirectory() as folder:
        compare(kept(space, Path(folder)))


def kept(space: EmbeddingSpace, folder: Path) -> EmbeddingSpace:
    """The space as the app has it: written by a worker, its cosine bounds with it, and mapped from disk."""
    begun = time.perf_counter()
    bounds = CosineBounds.build(space.vectors)
    took = time.perf_counter() - begun
    size = f"{bounds.rows.nbytes / 1e6:.0f} MB on disk, {bounds.rows.shape[1]} columns" if bounds else "none pays here"
    print(f"cosine bounds: {took:.2f} s to make, {size}")
    write_space(space, folder, "word")
    return read_space(folder, "word")


def compare(space: EmbeddingSpace) -> None:
    theirs = KeyedVectors(space.dim)
    theirs.add_vectors(space.labels, space.vectors)
    theirs.fill_norms()
    rng = np.random.default_rng(0)
    space.neighbors(space.labels[0], K)
    theirs.most_similar(space.labels[0], topn=K)
    queries = rng.permutation(len(space))
    for name, run in (("query after query", RUN), ("turn about, out of each other's cache", 1)):
        ours_ms, theirs_ms = [], []
        for start in range(0, REPEATS, run):
            labels = [space.labels[row] for row in queries[start : start + run]]
            ours_ms += [timed(lambda label=label: space.neighbors(label, K)) for label in labels]
            theirs_ms += [timed(lambda label=label: theirs.most_similar(label, topn=K)) for label in labels]
        ours, gensim = float(np.median(ours_ms)), float(np.median(theirs_ms))
        print(f"{name}: {ours:.2f} ms, gensim {gensim:.2f} ms, {ours / gensim:.2f} x (aim 0.6)", end="; ")
        print(f"{np.percentile(ours_ms, 90):.2f} ms at the 90th percentile")
    together_ms = []
    for _ in range(9):
        rows = rng.permutation(len(space))[:TOGETHER]
        together_ms.append(timed(lambda rows=rows: space.neighbor_indices(space.vectors[rows], K)))
    together = float(np.median(together_ms))
    print(f"{TOGETHER} at once: {together:.1f} ms, {together / ours:.1f} x one (aim 10)", end=", ")
    print(f"{together / (TOGETHER * gensim):.2f} x gensim one by one")
    print(
        f"the {K} best cosines are those of brute force in double precision, to 3e-7, for {agreement(space, queries[:CHECKED]):.1%} of {CHECKED} queries"
    )


def made() -> EmbeddingSpace:
    """The bundled vectors and mixtures of near ones, N in all."""
    given = load_vectors(SAMPLES["glove"].path)
    labels = [*given.labels, *(f"between {i}" for i in range(N - len(given)))]
    return EmbeddingSpace(labels, vectors_of(N))


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def agreement(space: EmbeddingSpace, rows: np.ndarray) -> float:
    """The share of queries whose answer is that of cosines in double precision, but for pairs that float32 cannot part."""
    units = space.vectors.astype(np.float64)
    units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-300)
    same = 0
    for row in rows:
        cosines = units @ units[row]
        cosines[row] = -np.inf
        best = np.sort(cosines)[::-1][:K]
        found = [space.index(label) for label in space.neighbors(space.labels[row], K)["label"]]
        same += np.allclose(cosines[found], best, rtol=0, atol=3e-7)
    return same / len(rows)


if __name__ == "__main__":
    main()
