"""Clustering tendency of vectors, by the statistic of Hopkins and Skellam 1954 (Annals of Botany 18, p. 213).

A layout by UMAP has clumps even where the vectors have none, so this is asked of the vectors themselves. Letters:
N points, D dimensions, Q probes.
"""

from __future__ import annotations

import numpy as np
import torch

from embedviz.space.search.torch_metrics import TorchMetric, pairwise_distances, prepared

N_PROBES = 500  # the statistic is then right to about 0.005
BLOCK_ENTRIES = 1_000_000  # distances held at a time: 4 MB
NEIGHBORS = 5  # more than the one of the paper, so that twins do not make a cluster
MIN_SPREAD = 1e-3  # spread, at lengths of 1, below which float32 cannot tell the distances


def clustering_tendency(vectors: torch.Tensor, metric: TorchMetric, seed: int) -> float:
    """Compare how far random places are from the points with how far points are from each other.

    Random places are drawn from the normal distribution with the points' mean and covariance, not from a box around
    them: a box of many dimensions is empty almost everywhere, and every cloud would seem to be a cluster in it.

    Parameters
    ----------
    vectors : torch.Tensor
        (N, D), finite.
    metric : {"cosine", "euclidean"}
        Distance metric.
    seed : int
        Of the probes.

    Returns
    -------
    float
        u / (u + w), each the mean distance to the 5 nearest: about 0.5 for one cloud without clusters, towards 1 the denser
        the clusters. 0.5 where all are one point or there are fewer than 3.
    """
    n = len(vectors)
    if n < 3:
        return 0.5
    x = prepared(vectors, metric)
    mean = x.mean(dim=0)
    if float((x - mean).norm(dim=1).max()) < MIN_SPREAD:
        return 0.5
    rng = np.random.default_rng(seed)
    rows = torch.from_numpy(rng.permutation(n)[:N_PROBES]).to(x.device)
    k = min(NEIGHBORS, n - 1)
    of_points: list[torch.Tensor] = []
    of_places: list[torch.Tensor] = []
    for part in rows.split(max(1, BLOCK_ENTRIES // n)):
        from_points = pairwise_distances(x[part], x, metric)
        from_points[torch.arange(len(part), device=x.device), part] = torch.inf
        of_points.append(from_points.topk(k, dim=1, largest=False).values)
        weights = torch.from_numpy(rng.normal(0, 1 / np.sqrt(n - 1), (len(part), n)).astype(np.float32)).to(x.device)
        places = weights @ (x - mean) + mean  # sums of points by normal weights have their covariance
        if metric == "cosine":
            places = torch.nn.functional.normalize(places)
        of_places.append(pairwise_distances(places, x, metric).topk(k, dim=1, largest=False).values)
    u, w = float(torch.cat(of_places).mean()), float(torch.cat(of_points).mean())
    return u / (u + w)
