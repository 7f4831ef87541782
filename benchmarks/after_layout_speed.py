"""What follows a map's layout: fidelity and groups of 10,000 x 100 bundled GloVe vectors, in a process as warm as the one
that draws maps, and `ev.project` in a fresh process beside umap-learn's fit.

    python benchmarks/after_layout_speed.py [repeats]

The time of a processor is printed beside the seconds: on a busy machine it is what the same work takes.
"""

import statistics
import subprocess
import sys
import time

from umap_speed import vectors_of

N_POINTS = 10_000
PROJECT = """
import time
begun = time.perf_counter()
import sys
sys.path.insert(0, "benchmarks")
import embedviz as ev
from umap_speed import vectors_of
space = ev.EmbeddingSpace([str(i) for i in range(N_POINTS)], vectors_of(N_POINTS))
begun = time.perf_counter()
if sys.argv[1] == "umap-learn":
    import umap
    umap.UMAP(metric="cosine").fit_transform(space.vectors)
else:
    ev.project(space)
print(time.perf_counter() - begun)
""".replace("N_POINTS", str(N_POINTS))


def main() -> None:
    import torch

    from embedviz.core.generators import result_of
    from embedviz.projection.clusters import clusters
    from embedviz.projection.fidelity import measure_fidelity
    from embedviz.projection.projecting import steps
    from embedviz.projection.settings import ProjectionSettings

    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    vectors, labels = vectors_of(N_POINTS), [str(i) for i in range(N_POINTS)]
    coords = result_of(steps(vectors, ProjectionSettings()))
    torch.set_num_threads(max(1, torch.get_num_threads() // 2))  # as the worker that draws maps does
    clusters(vectors[:1000], labels[:1000])  # its imports
    wall: dict[str, list[float]] = {"fidelity": [], "groups": []}
    processor: dict[str, list[float]] = {"fidelity": [], "groups": []}
    for _ in range(repeats):
        for name, work in (
            ("fidelity", lambda: measure_fidelity(vectors, coords)),
            ("groups", lambda: clusters(vectors, labels)),
        ):
            begun, used = time.perf_counter(), time.process_time()
            work()
            wall[name].append(time.perf_counter() - begun)
            processor[name].append(time.process_time() - used)
    fidelity, groups = (statistics.median(wall[name]) for name in ("fidelity", "groups"))
    cores = {name: statistics.median(seconds) for name, seconds in processor.items()}
    print(f"fidelity {fidelity:.2f} s after the layout (aim 1), {cores['fidelity']:.2f} s of a processor", flush=True)
    print(f"groups   {fidelity + groups:.2f} s after the layout (aim 2), {cores['groups']:.2f} s of a processor")
    for who in ("umap-learn", "embedviz"):
        found = [
            float(subprocess.run([sys.executable, "-W", "ignore", "-c", PROJECT, who], capture_output=True, text=True, check=True).stdout)
            for _ in range(repeats)
        ]  # fmt: skip
        print(
            f"{who:10} {statistics.median(found):.1f} s in a fresh process{', fidelity included' * (who == 'embedviz')}",
            flush=True,
        )


if __name__ == "__main__":
    main()
