"""t-SNE by openTSNE (Poličar, Stražar and Zupan 2024, Journal of Statistical Software 109), from exact neighbours.

Started from PCA, as Kobak and Berens 2019 (Nature Communications 10) recommend: the broad shape is then kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from embedviz.core.progress import Progress
from embedviz.projection.forming import Forming, Pace
from embedviz.projection.nearest import Nearest
from embedviz.projection.neighbor_search import neighbor_search, recall_progress
from embedviz.projection.settings import ProjectionSettings
from embedviz.projection.start import start

EARLY, EARLY_EXAGGERATION = 250, 12  # rounds in which groups are drawn together (van der Maaten 2014, section 5)
ROUNDS = 10  # between two looks at whether to stop
NEIGHBORS_PER_PERPLEXITY = 3
FFT_FROM = 3_000  # points from which the Fourier transform is quicker than the tree


def tsne(
    vectors: np.ndarray, settings: ProjectionSettings, device: str = "cpu", begin: np.ndarray | None = None
) -> Iterator[Progress | Forming | np.ndarray]:
    """Yields progress and the layout on its way, and last the coordinates (N, 2) float32. vectors (N, D) are finite,
    N > 3; begin (N, 2): an earlier map, NaN for points that are new."""
    from openTSNE import TSNEEmbedding, initialization
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    n = len(vectors)
    perplexity = settings.perplexity_for(n)
    k = min(n - 1, max(1, int(NEIGHBORS_PER_PERPLEXITY * perplexity)))
    near = None
    for found in neighbor_search(vectors, k, settings, device):
        if isinstance(found, Nearest):
            near = found
        else:
            yield Progress(message=" ".join([*settings.notes(n), "Finding each point's neighbours"]))
    if near.recall < 1:
        yield recall_progress(near)
    index = PrecomputedNeighbors(near.indices.cpu().numpy(), near.distances.cpu().numpy().astype(np.float64))
    affinities = PerplexityBasedNN(perplexity=perplexity, knn_index=index, n_jobs=1)
    placed = initialization.rescale(start(vectors, settings, begin, near.indices.cpu().numpy()).astype(np.float64))
    points = TSNEEmbedding(
        placed,
        affinities,
        negative_gradient_method="fft" if n >= FFT_FROM else "bh",
        n_jobs=1,  # the other cores are for trainings and for the pages
        random_state=settings.seed,
    )
    total = settings.epochs_for(n)
    early, done, begun, pace = min(EARLY, total // 3), 0, time.monotonic(), Pace()
    while done < total:
        rounds = min(ROUNDS, (early if done < early else total) - done)
        exaggeration, momentum = (EARLY_EXAGGERATION, 0.5) if done < early else (None, 0.8)
        points.optimize(rounds, exaggeration=exaggeration, momentum=momentum, inplace=True, propagate_exception=True)
        done += rounds
        yield Progress(
            done,
            total,
            epoch=done,
            seconds_left=(time.monotonic() - begun) * (total / done - 1),
            message=f"Moving the points, round {done} of {total}",
        )
        if pace.is_due():
            yield Forming(np.array(points, np.float32))
    yield np.asarray(points, np.float32)
