"""Clusters of points for colouring a map, by HDBSCAN (Campello, Moulavi and Sander 2013) on a UMAP layout in 5 dimensions.

Which space: distances among vectors of many dimensions are too similar for HDBSCAN, which calls nine points of ten noise
there. So the clusters are those of a layout made from the vectors' neighbours for this alone, as in BERTopic (Grootendorst
2022). They are not clusters of the map: its two dimensions separate more neighbours, and the clusters stay the same by
whatever method the map is drawn. Vectors of at most 5 dimensions are taken as they are. On 10,000
GloVe vectors there are then 13 clusters, 0.33 of the points are in none, and of the 10 nearest of the others 0.77 are
in the point's own cluster (chance 0.06); HDBSCAN on the vectors themselves leaves nine of ten or all in none and takes
five times as long. Outliers are not always left out of every cluster: with one seed in ten a few dozen of them were all
drawn into clusters.

Letters: N points, D dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.generators import result_of
from embedviz.projection.cluster_names import cluster_names
from embedviz.projection.settings import ProjectionSettings

if TYPE_CHECKING:
    import torch

    from embedviz.space.search.torch_metrics import TorchMetric

NO_CLUSTER = "no cluster"
MAX_FITTED = 5_000  # points drawn, a second; the rest go where most of the nearest of them are
VOTERS = 5  # nearest drawn points that decide on the cluster of another one
LAYOUT: dict[str, float] = {"n_components": 5, "min_dist": 0.0, "epochs": 100, "negative_samples": 5}
MIN_CLUSTER_SIZE = 5
MAX_CLUSTERS = 50  # a cluster has a 50th of the points at least, so a byte holds its number
LARGE_FRACTION = 4  # a cluster of more than a 4th of the points is searched for clusters of its own
MIN_SAMPLES = 5  # neighbours that make a place dense
MIN_TENDENCY = 0.51  # from which points come in clusters: one cloud has 0.5, from 10 dimensions on within 0.005
BLOCK_ENTRIES = 10_000_000  # distances held at a time: 40 MB
CORE_QUANTILE = 0.5  # of HDBSCAN's probabilities: the members above it are typical ones


@dataclass(frozen=True)
class Clusters:
    """Clusters of points.

    Attributes
    ----------
    codes : np.ndarray
        (N,) uint8: a point's cluster, 0 the largest, len(names) for a point in no cluster.
    names : list of str
        One for each cluster.
    """

    codes: np.ndarray
    names: list[str]

    def column(self) -> pd.Categorical:
        """Return (N,) "1: king, queen, throne" and so on; the last category is that of points in no cluster."""
        numbered = [f"{i:,}: {name}" for i, name in enumerate(self.names, start=1)]
        return pd.Categorical.from_codes(self.codes, [*numbered, NO_CLUSTER])


def clusters(vectors: np.ndarray, labels: Sequence[str], metric: TorchMetric = "cosine", seed: int = 0) -> Clusters:
    """Find clusters of vectors, on at most 5,000 of them.

    Every point is in no cluster where the vectors are one cloud (`clustering_tendency`) or fewer than 10; by cosine a zero
    vector is, for it has no direction. The order of the rows does not matter.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite.
    labels : sequence of str
        N labels, each once.
    metric : {"cosine", "euclidean"}
        Distance metric.
    seed : int
        Of the sample and the layout.

    Returns
    -------
    Clusters
        Each of a 50th of the points at least.

    Raises
    ------
    DataError
        When there is not a label for each vector.
    """
    if len(vectors) != len(labels):
        raise DataError(f"Clusters need a label for each point; got {len(vectors):,} vectors, {len(labels):,} labels.")
    import torch

    from embedviz.space.search.torch_metrics import prepared

    codes = np.full(len(vectors), -1)
    order = np.array(sorted(range(len(labels)), key=labels.__getitem__), int)
    if metric == "cosine":
        order = order[np.any(vectors[order] != 0, axis=1)]
    if len(order) < 2 * MIN_CLUSTER_SIZE:
        return Clusters(np.zeros(len(vectors), np.uint8), [])
    rng = np.random.default_rng(seed)
    drawn = np.zeros(len(order), bool)
    drawn[rng.permutation(len(order))[:MAX_FITTED]] = True
    rows, rest = order[drawn], order[~drawn]
    x = prepared(torch.from_numpy(np.asarray(vectors[order], np.float32)), metric)
    fitted = x[torch.from_numpy(drawn)]
    found = _find_clusters(np.asarray(vectors[rows], np.float32), fitted, metric, seed)
    codes[rows] = found.codes
    codes[rest] = _cluster_by_vote(x[torch.from_numpy(~drawn)], fitted, found.codes, metric)
    sizes = np.bincount(codes[codes >= 0])
    largest_first = np.argsort(-sizes, kind="stable")
    typical = [
        [
            labels[int(row)]
            for row in rows[_typical(np.flatnonzero(found.codes == cluster), found.probabilities, fitted)]
        ]
        for cluster in largest_first
    ]
    names = cluster_names(typical, others=[labels[int(row)] for row in rows[found.codes < 0]], taken=[NO_CLUSTER])
    place = np.full(len(sizes) + 1, len(sizes), np.uint8)  # the last is that of -1
    place[largest_first] = np.arange(len(sizes))
    return Clusters(place[codes], names)


@dataclass(frozen=True)
class _FoundClusters:
    """codes (N,) int64: each point's cluster, -1 for none; probabilities (N,): HDBSCAN's strength of membership."""

    codes: np.ndarray
    probabilities: np.ndarray


def _find_clusters(vectors: np.ndarray, x: torch.Tensor, metric: TorchMetric, seed: int) -> _FoundClusters:
    """Find the clusters of vectors (N, D), which are x when prepared."""
    from embedviz.projection.clustering_tendency import clustering_tendency
    from embedviz.projection.umap_torch import umap_torch

    if clustering_tendency(x, metric, seed) < MIN_TENDENCY:
        return _FoundClusters(np.full(len(x), -1), np.zeros(len(x)))
    layout = x.numpy()
    if x.shape[1] > LAYOUT["n_components"]:
        settings = ProjectionSettings(metric=metric, seed=seed).model_copy(update=LAYOUT)  # a form offers 2 or 3
        layout = result_of(umap_torch(vectors, settings))
    found = _dense(layout, x, metric, seed, max(MIN_CLUSTER_SIZE, len(x) // MAX_CLUSTERS), len(x) // LARGE_FRACTION)
    # Outliers have nobody near but each other, and a layout clumps them: they are no cluster, being everywhere.
    codes = found.codes.copy()
    for cluster in range(codes.max() + 1):
        if _spread(x[codes == cluster]) >= _spread(x):
            codes[codes == cluster] = -1
    return _FoundClusters(_renumbered(codes), found.probabilities)


def _dense(
    layout: np.ndarray, x: torch.Tensor, metric: TorchMetric, seed: int, min_size: int, large: int
) -> _FoundClusters:
    """Find dense places of the layout (N, 5) of x (N, D) with at least min_size points.

    HDBSCAN prefers the clusters that persist, and those may be most of the points and some specks beside them. A cluster of
    more than `large` points is therefore searched again, and replaced by its own clusters when it comes in clusters and they
    hold half of it.
    """
    from sklearn.cluster import HDBSCAN

    from embedviz.projection.clustering_tendency import clustering_tendency

    fit = HDBSCAN(min_cluster_size=min_size, min_samples=MIN_SAMPLES, n_jobs=1, copy=True).fit(layout)
    codes, probabilities = fit.labels_.copy(), fit.probabilities_.copy()
    for cluster in range(fit.labels_.max() + 1):
        members = np.flatnonzero(fit.labels_ == cluster)
        if len(members) <= max(large, 2 * min_size) or clustering_tendency(x[members], metric, seed) < MIN_TENDENCY:
            continue
        inner = _dense(layout[members], x[members], metric, seed, min_size, large)
        if inner.codes.max() > 0 and (inner.codes >= 0).mean() >= 0.5:
            codes[members] = np.where(inner.codes >= 0, inner.codes + codes.max() + 1, -1)
            probabilities[members] = inner.probabilities
    return _FoundClusters(_renumbered(codes), probabilities)


def _renumbered(codes: np.ndarray) -> np.ndarray:
    """Return the clusters (N,) numbered from 0 without a gap, -1 as it is."""
    return np.where(codes < 0, -1, np.searchsorted(np.unique(codes[codes >= 0]), codes))


def _spread(x: torch.Tensor) -> float:
    """Return the mean squared distance of x (N, D) from its mean."""
    return float((x - x.mean(dim=0)).square().sum(dim=1).mean())


def _cluster_by_vote(queries: torch.Tensor, x: torch.Tensor, codes: np.ndarray, metric: TorchMetric) -> np.ndarray:
    """Return the cluster that most of the five nearest of x (N, D) have, for each of queries (Q, D): (Q,).

    Of clusters with as many votes the first is taken, none (-1) being the first of all. Queries and x are prepared together.
    """
    from embedviz.space.search.torch_metrics import pairwise_distances

    n_codes = codes.max(initial=-1) + 2
    parts: list[np.ndarray] = []
    for part in queries.split(max(1, BLOCK_ENTRIES // len(x))):
        nearest = pairwise_distances(part, x, metric).topk(min(VOTERS, len(x)), dim=1, largest=False).indices.numpy()
        ballots = np.arange(len(part))[:, None] * n_codes + codes[nearest] + 1
        votes = np.bincount(ballots.ravel(), minlength=len(part) * n_codes).reshape(len(part), n_codes)
        parts.append(votes.argmax(axis=1) - 1)
    return np.concatenate(parts) if parts else np.array([], int)


def _typical(members: np.ndarray, probabilities: np.ndarray, x: torch.Tensor) -> np.ndarray:
    """Return the members (M,) by their distance from the cluster's mean in x, those with a high probability first."""
    own = x[members]
    far = (own - own.mean(dim=0)).norm(dim=1).numpy()
    sure = probabilities[members] >= np.quantile(probabilities[members], CORE_QUANTILE)
    return members[np.lexsort((far, ~sure))]
