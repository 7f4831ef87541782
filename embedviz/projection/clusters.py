"""Groups of points in the original space, for colouring a map, named by the labels at their centres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

FITTED_ON = 20_000


class Clusters(NamedTuple):
    """of (N,): a point's group, 0 the largest; names: the three labels nearest each group's centre."""

    of: np.ndarray
    names: list[str]


def clusters(vectors: np.ndarray, labels: Sequence[str], n: int = 8, seed: int = 0) -> Clusters:
    """k-means on vectors (N, D) taken at length 1, fitted on at most 20,000 of them."""
    from sklearn.cluster import KMeans

    x = np.array(vectors, np.float32)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    n = min(n, len(np.unique(x[:1000], axis=0)))
    fitted = KMeans(n, n_init=1, max_iter=50, random_state=seed).fit(x[:FITTED_ON])
    of = fitted.predict(x)
    order = np.argsort(-np.bincount(of, minlength=n), kind="stable")
    place = np.argsort(order)
    closeness = x @ fitted.cluster_centers_[order].T
    closeness[place[of][:, None] != np.arange(n)] = -np.inf
    names = [", ".join(labels[i] for i in np.argsort(-closeness[:, c], kind="stable")[:3]) for c in range(n)]
    return Clusters(place[of].astype(np.uint8), names)
