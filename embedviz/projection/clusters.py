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
MAX_NAMING = 200  # members of a cluster from which its name is made
BLOCK_ENTRIES = 1_000_000  # distances held at a time: 4 MB


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


def clusters(
    vectors: np.ndarray,
    labels: Sequence[str],
    metric: TorchMetric = "cosine",
    seed: int = 0,
    importance: np.ndarray | None = None,
) -> Clusters:
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
    importance : np.ndarray, optional
        (N,) from 0 on: what a label counts as part of a name, all the same by default.

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
    codes[rows] = found
    codes[rest] = _cluster_by_vote(x[torch.from_numpy(~drawn)], fitted, found, metric)
    sizes = np.bincount(codes[codes >= 0])
    largest_first = np.argsort(-sizes, kind="stable")
    weights = np.ones(len(labels)) if importance is None else importance
    x_of, codes_of = x.numpy(), codes[order]
    members = [np.flatnonzero(codes_of == cluster) for cluster in largest_first]
    leading = [own[_by_typicality(x_of[own], weights[order[own]])][:MAX_NAMING] for own in members]
    typical = [[labels[int(row)] for row in order[own]] for own in leading]
    others = [labels[int(row)] for row in rows[found < 0]]
    names = cluster_names(typical, others, taken=[NO_CLUSTER])
    place = np.full(len(sizes) + 1, len(sizes), np.uint8)  # the last is that of -1
    place[largest_first] = np.arange(len(sizes))
    return Clusters(place[codes], names)


def _find_clusters(vectors: np.ndarray, x: torch.Tensor, metric: TorchMetric, seed: int) -> np.ndarray:
    """Return the cluster of each of vectors (N, D), which are x when prepared, -1 for none: (N,) int64."""
    from embedviz.projection.clustering_tendency import clustering_tendency
    from embedviz.projection.umap_torch import umap_torch

    if clustering_tendency(x, metric, seed) < MIN_TENDENCY:
        return np.full(len(x), -1)
    layout = x.numpy()
    if x.shape[1] > LAYOUT["n_components"]:
        settings = ProjectionSettings(metric=metric, seed=seed).model_copy(update=LAYOUT)  # a form offers 2 or 3
        layout = result_of(umap_torch(vectors, settings))
    codes = _dense(layout, x, metric, seed, max(MIN_CLUSTER_SIZE, len(x) // MAX_CLUSTERS), len(x) // LARGE_FRACTION)
    # Outliers have nobody near but each other, and a layout clumps them: they are no cluster, being everywhere.
    for cluster in range(codes.max() + 1):
        if _spread(x[codes == cluster]) >= _spread(x):
            codes[codes == cluster] = -1
    return _renumbered(codes)


def _dense(
    layout: np.ndarray, x: torch.Tensor, metric: TorchMetric, seed: int, min_size: int, large: int
) -> np.ndarray:
    """Return which dense place of the layout (N, 5) of x (N, D), of at least min_size points, each point is in: (N,) int64.

    HDBSCAN prefers the clusters that persist, and those may be most of the points and some specks beside them. A cluster of
    more than `large` points is therefore searched again, and replaced by its own clusters when it comes in clusters and they
    hold half of it.
    """
    from sklearn.cluster import HDBSCAN

    from embedviz.projection.clustering_tendency import clustering_tendency

    found = HDBSCAN(min_cluster_size=min_size, min_samples=MIN_SAMPLES, n_jobs=1, copy=True).fit(layout).labels_
    codes = found.copy()
    for cluster in range(found.max() + 1):
        members = np.flatnonzero(found == cluster)
        if len(members) <= max(large, 2 * min_size) or clustering_tendency(x[members], metric, seed) < MIN_TENDENCY:
            continue
        inner = _dense(layout[members], x[members], metric, seed, min_size, large)
        if inner.max() > 0 and (inner >= 0).mean() >= 0.5:
            codes[members] = np.where(inner >= 0, inner + codes.max() + 1, -1)
    return _renumbered(codes)


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


def _by_typicality(x: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """Return the places of a cluster's members x (M, D), the important ones near its mean first: (M,) int64.

    Importance (M,) counts the less the farther a member is from the mean, by a bell curve as wide as the cluster.
    """
    squares = np.square(x - x.mean(axis=0)).sum(axis=1)
    return np.argsort(-importance * np.exp(-squares / max(squares.mean(), np.finfo(np.float32).tiny)), kind="stable")
