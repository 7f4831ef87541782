"""Groups of points for colouring a map, by HDBSCAN (Campello, Moulavi and Sander 2013) on a UMAP layout in 5 dimensions.

Which space: distances among vectors of many dimensions are too much alike for HDBSCAN, which calls nine points of ten
noise there. So the groups are those of a layout, made anew from the vectors' neighbours for this alone, as in BERTopic
(Grootendorst 2022). They are not groups of the picture: in its two dimensions more neighbours are torn apart, and they
stay the same by whatever method the map is drawn. Vectors of at most 5 dimensions are taken as they are. On 10,000
GloVe vectors there are then 14 groups, 0.36 of the points are in none, and of the 10 nearest of the others 0.78 are
in the point's own group (chance 0.06); HDBSCAN on the vectors themselves leaves nine of ten or all in none and takes
five times as long. What is far from every group is not always left out of all: with one seed in ten a few dozen strays
were all drawn into groups.

Letters: N points, D dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError

if TYPE_CHECKING:
    import torch

NO_GROUP = "in no group"
FITTED_ON = 10_000  # points drawn: a few seconds; the rest go where the nearest of them is
LAYOUT: dict[str, float] = {"n_components": 5, "min_dist": 0.0, "epochs": 100, "negative_samples": 5}
SMALLEST = 5  # members of a group
PARTS = 50  # a group has a 50th of the points at least, so there are 50 at most: a byte holds its number
LARGE = 4  # a group of more than a 4th of the points is looked into for groups of its own
MIN_SAMPLES = 5  # neighbours that make a place dense
TENDENCY = 0.51  # from which points are taken to come in groups: one cloud has 0.5, from 10 dimensions on within 0.005
BLOCK_ENTRIES = 10_000_000  # distances held at a time: 40 MB
SUREST = 0.5  # of the members, among whom the most typical are


@dataclass(frozen=True)
class Clusters:
    """of (N,) uint8: a point's group, 0 the largest, len(names) for a point in no group; names: one a group."""

    of: np.ndarray
    names: list[str]

    def column(self) -> pd.Categorical:
        """(N,) "1: king, queen, throne" and so on, points in no group as such, which is the last category."""
        numbered = [f"{i:,}: {name}" for i, name in enumerate(self.names, start=1)]
        return pd.Categorical.from_codes(self.of, [*numbered, NO_GROUP])


def clusters(vectors: np.ndarray, labels: Sequence[str], metric: str = "cosine", seed: int = 0) -> Clusters:
    """Groups of vectors (N, D) finite, each of a 50th of the points at least, found on 10,000 of them; the order of the
    rows does not matter as long as no label occurs twice.

    Every point is in no group where the vectors are one cloud (embedviz.projection.clustering_tendency) or fewer than
    10, and by cosine a zero vector is, for it has no direction. DataError when there is not a label for each vector.
    """
    if len(vectors) != len(labels):
        raise DataError(f"Groups need a label for each point; got {len(vectors):,} vectors, {len(labels):,} labels.")
    import torch

    from embedviz.projection.group_names import group_names
    from embedviz.projection.nearest import prepared

    of = np.full(len(vectors), -1)
    order = np.array(sorted(range(len(labels)), key=labels.__getitem__), int)
    if metric == "cosine":
        order = order[np.any(vectors[order] != 0, axis=1)]
    if len(order) < 2 * SMALLEST:
        return Clusters(np.zeros(len(vectors), np.uint8), [])
    rng = np.random.default_rng(seed)
    drawn = np.zeros(len(order), bool)
    drawn[rng.permutation(len(order))[:FITTED_ON]] = True
    rows, rest = order[drawn], order[~drawn]
    x = prepared(torch.from_numpy(np.asarray(vectors[order], np.float32)), metric)
    fitted = x[torch.from_numpy(drawn)]
    found, sureness = _found(np.asarray(vectors[rows], np.float32), fitted, metric, seed)
    of[rows] = found
    of[rest] = _of_the_nearest(x[torch.from_numpy(~drawn)], fitted, found, metric)
    sizes = np.bincount(of[of >= 0])
    largest_first = np.argsort(-sizes, kind="stable")
    typical = [
        [labels[rows[i]] for i in _typical(np.flatnonzero(found == group), sureness, fitted)] for group in largest_first
    ]
    names = group_names(typical, others=[labels[i] for i in rows[found < 0]], taken=[NO_GROUP])
    place = np.full(len(sizes) + 1, len(sizes), np.uint8)  # the last is that of -1
    place[largest_first] = np.arange(len(sizes))
    return Clusters(place[of], names)


def _found(vectors: np.ndarray, x: torch.Tensor, metric: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The group of each of vectors (N, D), which are x prepared, -1 for none, and how sure HDBSCAN is of it: (N,), (N,)."""
    from embedviz.projection.clustering_tendency import clustering_tendency
    from embedviz.projection.settings import ProjectionSettings
    from embedviz.projection.umap_torch import umap_torch

    if clustering_tendency(x, metric, seed) < TENDENCY:
        return np.full(len(x), -1), np.zeros(len(x))
    layout = x.numpy()
    if x.shape[1] > LAYOUT["n_components"]:
        settings = ProjectionSettings(metric=metric, seed=seed).model_copy(update=LAYOUT)  # a person may ask for 2 or 3
        for step in umap_torch(vectors, settings):
            layout = step
    of, sureness = _dense(layout, x, metric, seed, max(SMALLEST, len(x) // PARTS), len(x) // LARGE)
    # Strays have nobody near but each other, and a layout makes a heap of them: they are no group, being all over.
    for group in range(of.max() + 1):
        if _spread(x[of == group]) >= _spread(x):
            of[of == group] = -1
    return _numbered(of), sureness


def _dense(
    layout: np.ndarray, x: torch.Tensor, metric: str, seed: int, smallest: int, large: int
) -> tuple[np.ndarray, np.ndarray]:
    """Dense places of the layout (N, 5) of x (N, D) with at least `smallest` points: as _found gives them.

    HDBSCAN prefers the groups that last, and those may be most of the points and some specks beside them. What holds
    more than `large` points is therefore looked into again, and replaced by its own groups when it comes in groups and
    they hold half of it.
    """
    from sklearn.cluster import HDBSCAN

    from embedviz.projection.clustering_tendency import clustering_tendency

    fit = HDBSCAN(min_cluster_size=smallest, min_samples=MIN_SAMPLES, n_jobs=1, copy=True).fit(layout)
    of, sureness = fit.labels_.copy(), fit.probabilities_.copy()
    for group in range(fit.labels_.max() + 1):
        members = np.flatnonzero(fit.labels_ == group)
        if len(members) <= max(large, 2 * smallest) or clustering_tendency(x[members], metric, seed) < TENDENCY:
            continue
        inner, inner_sureness = _dense(layout[members], x[members], metric, seed, smallest, large)
        if inner.max() > 0 and (inner >= 0).mean() >= 0.5:
            of[members] = np.where(inner >= 0, inner + of.max() + 1, -1)
            sureness[members] = inner_sureness
    return _numbered(of), sureness


def _numbered(of: np.ndarray) -> np.ndarray:
    """The groups (N,) numbered from 0 without a gap, -1 as it is."""
    return np.where(of < 0, -1, np.searchsorted(np.unique(of[of >= 0]), of))


def _spread(x: torch.Tensor) -> float:
    """Mean squared distance of x (N, D) from its mean."""
    return float((x - x.mean(dim=0)).square().sum(dim=1).mean())


def _of_the_nearest(queries: torch.Tensor, x: torch.Tensor, of: np.ndarray, metric: str) -> np.ndarray:
    """The group of the nearest of x (N, D) for each of queries (Q, D), both prepared together: (Q,)."""
    from embedviz.projection.nearest import distances_to

    found = [distances_to(part, x, metric).argmin(dim=1) for part in queries.split(max(1, BLOCK_ENTRIES // len(x)))]
    return np.concatenate([of[part.numpy()] for part in found]) if len(queries) else np.array([], int)


def _typical(members: np.ndarray, sureness: np.ndarray, x: torch.Tensor) -> np.ndarray:
    """The members (M,) in the order of their distance from the group's mean in x, those first that HDBSCAN is sure of."""
    own = x[members]
    far = (own - own.mean(dim=0)).norm(dim=1).numpy()
    sure = sureness[members] >= np.quantile(sureness[members], SUREST)
    return members[np.lexsort((far, ~sure))]
