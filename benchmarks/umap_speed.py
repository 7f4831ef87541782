"""UMAP beside umap-learn: 10,000 x 100 in a fresh process and warm, 50,000 warm, 200,000 ours alone with its memory.

    python benchmarks/umap_speed.py [repeats]

The peer is umap.UMAP(metric="cosine").fit_transform, left to itself. 10,000 are the bundled GloVe vectors; larger sets
are made of them: each new vector lies between a word and one of its ten nearest, with a little noise. Every figure of a
fresh process is of a process of its own; medians of the repeats, ours and the peer's in turn.
"""

import statistics
import subprocess
import sys

import numpy as np

CHILD = """
import resource, sys, time
sys.path.insert(0, "benchmarks")
from umap_speed import once, vectors_of
who, n, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
vectors = vectors_of(n)
for _ in range(rounds):
    begun = time.perf_counter()
    coords = once(vectors, who)
    print(time.perf_counter() - begun)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
from embedviz.projection.fidelity import fidelity
quality = fidelity(vectors, coords)
print(quality["trustworthiness@15"])
print(quality["neighbors_kept@15"])
"""
NOISE = 0.15  # of a word's own length


def vectors_of(n: int) -> np.ndarray:
    """(n, 100): the most frequent bundled vectors, and past 20,000 mixtures of near ones."""
    from embedviz.data.samples import SAMPLES
    from embedviz.formats import load_vectors

    given = load_vectors(SAMPLES["glove"].path)
    if n <= len(given):
        return given.vectors[:n]
    rng = np.random.default_rng(0)
    near = given.neighbor_indices(given.vectors, 11)[:, 1:]
    extra = n - len(given)
    first = rng.integers(0, len(given), extra)
    second = near[first, rng.integers(0, 10, extra)]
    share = rng.random((extra, 1), np.float32)
    mixed = share * given.vectors[first] + (1 - share) * given.vectors[second]
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True) / np.sqrt(given.dim)
    mixed += rng.normal(0, NOISE, mixed.shape).astype(np.float32) * lengths
    return np.concatenate([given.vectors, mixed]).astype(np.float32)


def once(vectors: np.ndarray, who: str) -> np.ndarray:
    if who == "umap-learn":
        import umap

        return umap.UMAP(metric="cosine").fit_transform(vectors)
    from embedviz.core.generators import result_of
    from embedviz.projection.projecting import steps
    from embedviz.projection.settings import ProjectionSettings

    return result_of(steps(vectors, ProjectionSettings()))


def measured(who: str, n: int, rounds: int) -> tuple[list[float], float, float, float]:
    """Seconds of each round, GB at the most, trustworthiness and neighbours kept, from a process of its own."""
    command = [sys.executable, "-W", "ignore", "-c", CHILD, who, str(n), str(rounds)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    *seconds, memory, trust, kept = map(float, out)
    return seconds, memory, trust, kept


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    cold, warm, trust = {}, {}, {}
    for who in ("umap-learn", "embedviz"):
        found = [measured(who, 10_000, 2) for _ in range(repeats)]
        cold[who], warm[who] = (statistics.median(seconds[k] for seconds, *_ in found) for k in (0, 1))
        trust[who] = statistics.median(t for _, _, t, _ in found)
        kept = statistics.median(k for *_, k in found)
        print(
            f"10,000  {who:10} fresh process {cold[who]:5.1f} s, warm {warm[who]:5.1f} s, trustworthiness {trust[who]:.3f}, kept@15 {kept:.3f}",
            flush=True,
        )
    print(
        f"        {cold['umap-learn'] / cold['embedviz']:.1f} x as fast fresh (aim 10), {warm['umap-learn'] / warm['embedviz']:.1f} x warm (aim 3), trustworthiness {trust['embedviz'] - trust['umap-learn']:+.3f} (aim -0.005)",
        flush=True,
    )
    for who in ("umap-learn", "embedviz"):
        seconds, memory, trust[who], kept = measured(who, 50_000, 2)
        warm[who] = seconds[1]
        print(
            f"50,000  {who:10} warm {warm[who]:5.1f} s, trustworthiness {trust[who]:.3f}, kept@15 {kept:.3f}, {memory:.1f} GB",
            flush=True,
        )
    print(f"        {warm['umap-learn'] / warm['embedviz']:.1f} x as fast (aim 2)", flush=True)
    (seconds,), memory, trusted, kept = measured("embedviz", 200_000, 1)
    print(
        f"200,000 embedviz   {seconds:.0f} s (aim 600), {memory:.1f} GB (aim 4), trustworthiness {trusted:.3f}, kept@15 {kept:.3f}"
    )


if __name__ == "__main__":
    main()
