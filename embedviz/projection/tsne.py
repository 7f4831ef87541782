"""t-SNE by openTSNE (Poličar, Stražar and Zupan 2024, Journal of Statistical Software 109), from exact neighbours.

Started from PCA, as Kobak and Berens 2019 (Nature Communications 10) recommend: the broad shape is then kept.
"""

from __future__ import annotations

import time

import numpy as np

from embedviz.core.generators import map_yields
from embedviz.core.progress import Progress
from embedviz.projection.initial_layout import initial_layout
from embedviz.projection.neighbor_search import find_neighbors, recall_progress
from embedviz.projection.partial_layout import LayoutSteps, Pace, PartialLayout
from embedviz.projection.settings import ProjectionSettings

EARLY_EPOCHS, EARLY_EXAGGERATION = 250, 12  # in which groups are drawn together (van der Maaten 2014, section 5)
EPOCHS_PER_STEP = 10  # between two chances to stop
NEIGHBORS_PER_PERPLEXITY = 3
MIN_FFT_POINTS = 3_000  # from which the Fourier transform is quicker than the tree


def tsne(
    vectors: np.ndarray, settings: ProjectionSettings, device: str = "cpu", init: np.ndarray | None = None
) -> LayoutSteps:
    """Lay out vectors by t-SNE.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite, N > 3.
    settings : ProjectionSettings
        For perplexity, epochs, metric, start and seed.
    device : str
        Where neighbours are found, as torch names it.
    init : np.ndarray, optional
        (N, 2) coordinates of an earlier map, NaN for points that are new.

    Yields
    ------
    Progress or PartialLayout
        In epochs.

    Returns
    -------
    np.ndarray
        (N, 2) float32.
    """
    from openTSNE import TSNEEmbedding, initialization
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    n = len(vectors)
    perplexity = settings.perplexity_for(n)
    k = min(n - 1, max(1, int(NEIGHBORS_PER_PERPLEXITY * perplexity)))
    searching = Progress(message=" ".join([*settings.notes(n), "Finding nearest neighbours"]))
    near = yield from map_yields(find_neighbors(vectors, k, settings, device), lambda share: searching)
    if near.recall < 1:
        yield recall_progress(near)
    index = PrecomputedNeighbors(near.indices, near.distances.astype(np.float64))
    affinities = PerplexityBasedNN(perplexity=perplexity, knn_index=index, n_jobs=1)
    placed = initialization.rescale(initial_layout(vectors, settings, init, near.indices).astype(np.float64))
    points = TSNEEmbedding(
        placed,
        affinities,
        negative_gradient_method="fft" if n >= MIN_FFT_POINTS else "bh",
        n_jobs=1,  # the other cores are for trainings and for the pages
        random_state=settings.seed,
    )
    total = settings.epochs_for(n)
    early, done, begun, pace = min(EARLY_EPOCHS, total // 3), 0, time.monotonic(), Pace()
    while done < total:
        epochs = min(EPOCHS_PER_STEP, (early if done < early else total) - done)
        exaggeration, momentum = (EARLY_EXAGGERATION, 0.5) if done < early else (None, 0.8)
        points.optimize(epochs, exaggeration=exaggeration, momentum=momentum, inplace=True, propagate_exception=True)
        done += epochs
        yield Progress(
            done,
            total,
            epoch=done,
            seconds_left=(time.monotonic() - begun) * (total / done - 1),
            message=f"Optimising layout, epoch {done}/{total}",
        )
        if pace.is_due():
            yield PartialLayout(np.array(points, np.float32))
    return np.asarray(points, np.float32)
