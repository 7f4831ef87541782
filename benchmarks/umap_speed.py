"""UMAP of 10,000 x 100 beside umap-learn: seconds in a fresh process and warm, trustworthiness, neighbours kept.

python benchmarks/umap_speed.py
"""

import subprocess
import sys

import numpy as np

N = 10_000
CHILD = """
import sys, time
sys.path.insert(0, "benchmarks")
from umap_speed import first_vectors, once
vectors = first_vectors()
begun = time.perf_counter()
once(vectors, sys.argv[1])
print(time.perf_counter() - begun)
begun = time.perf_counter()
coords = once(vectors, sys.argv[1])
print(time.perf_counter() - begun)
from embedviz.projection.fidelity import fidelity
quality = fidelity(vectors, coords)
print(quality["trustworthiness@15"])
print(quality["neighbors_kept@15"])
"""


def first_vectors() -> np.ndarray:
    from embedviz.data.samples import SAMPLES
    from embedviz.formats import load_vectors

    return load_vectors(SAMPLES["glove"].path, limit=N).vectors


WAYS = {
    "torch": {},
    "umap-learn": {"engine": "umap-learn", "negative_samples": 5},  # 500 epochs: its own defaults
    "umap-learn as ours": {"engine": "umap-learn", "negative_samples": 8, "epochs": 200},
}


def once(vectors: np.ndarray, way: str) -> np.ndarray:
    from embedviz.projection.projecting import steps
    from embedviz.projection.settings import ProjectionSettings

    found = list(steps(vectors, ProjectionSettings(**WAYS[way])))
    return found[-1]


def main() -> None:
    rows = {}
    for way in WAYS:
        out = subprocess.run([sys.executable, "-c", CHILD, way], capture_output=True, text=True, check=True).stdout
        rows[way] = [float(line) for line in out.split()]
        cold, warm, trust, kept = rows[way]
        print(
            f"{way:18} cold {cold:6.1f} s  warm {warm:6.1f} s  trustworthiness {trust:.3f}  kept@15 {kept:.3f}",
            flush=True,
        )
    ours = rows["torch"]
    for way in list(WAYS)[1:]:
        theirs = rows[way]
        print(f"{way} takes {theirs[0] / ours[0]:.1f} x as long cold, {theirs[1] / ours[1]:.1f} x warm", end=", ")
        print(f"trustworthiness {ours[2] - theirs[2]:+.3f} for ours")


if __name__ == "__main__":
    main()
