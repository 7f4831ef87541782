"""Groups of points in the original space, for colouring a map, named by the labels at their centres.

k-means by Lloyd's rounds from k-means++ starts (Arthur and Vassilvitskii 2007). In NumPy: importing scikit-learn takes
longer than finding the groups. Letters: N points, D dimensions, C groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedviz.errors import DataError, SettingsError

FITTED_ON = 5_000  # points drawn: plenty for the centres of a few groups
STARTS = 3  # the tightest of them is taken
ROUNDS = 50
TWINS = 1e-6  # squared distance below which two vectors of length 1 are one, for float32 cannot tell them apart
MOST = 255  # groups: a point's group is a byte


@dataclass(frozen=True)
class Clusters:
    """of (N,) uint8: a point's group, 0 the largest; names: the three labels nearest each group's centre."""

    of: np.ndarray
    names: list[str]


def clusters(vectors: np.ndarray, labels: Sequence[str], n: int = 8, seed: int = 0) -> Clusters:
    """At most n groups, none of them empty, of vectors (N, D) finite, taken at length 1; fitted on 5,000 drawn.

    DataError when there are no vectors or not a label for each; SettingsError when n is not from 1 to 255.
    """
    if not len(vectors) or len(vectors) != len(labels):
        raise DataError(f"Groups need points, a label for each; got {len(vectors):,} vectors, {len(labels):,} labels.")
    if not 1 <= n <= MOST:
        raise SettingsError(f"There can be 1 to {MOST} groups, got {n}.")
    x = np.asarray(vectors, np.float32)
    x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-30)
    rng = np.random.default_rng(seed)
    part = x[np.sort(rng.permutation(len(x))[:FITTED_ON])]
    fits = [_lloyd(part, _start(part, n, rng)) for _ in range(STARTS)]
    centres = min(fits, key=lambda c: _to_centres(part, c).min(axis=1).sum(dtype=np.float64))
    far = _to_centres(x, centres)
    of = far.argmin(axis=1)
    sizes = np.bincount(of, minlength=len(centres))
    order = [c for c in np.argsort(-sizes, kind="stable") if sizes[c]]
    names = []
    for c in order:
        members = np.flatnonzero(of == c)
        names.append(", ".join(labels[i] for i in members[np.argsort(far[members, c], kind="stable")[:3]]))
    place = np.zeros(len(centres), np.uint8)
    place[order] = np.arange(len(order))
    return Clusters(place[of], names)


def _start(x: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """k-means++: each centre is a point drawn by its squared distance from those before. Fewer than n when the points
    are fewer places: (N, D) -> (C, D)."""
    centres = x[rng.integers(len(x), size=1)]
    nearest = _to_centres(x, centres)[:, 0]
    while len(centres) < n and nearest.max() > TWINS:
        weights = np.where(nearest > TWINS, nearest, 0).astype(np.float64)
        drawn = x[rng.choice(len(x), size=1, p=weights / weights.sum())]
        centres = np.concatenate([centres, drawn])
        nearest = np.minimum(nearest, _to_centres(x, drawn)[:, 0])
    return centres


def _lloyd(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Centres move to the means of their points until no point changes sides; one that loses all its points stays."""
    before = None
    for _ in range(ROUNDS):
        of = _to_centres(x, centres).argmin(axis=1)
        if before is not None and np.array_equal(of, before):
            break
        before = of
        sides = (of[:, None] == np.arange(len(centres))).astype(np.float32)  # (N, C)
        sizes = sides.sum(axis=0)[:, None]
        centres = np.where(sizes > 0, sides.T @ x / np.maximum(sizes, 1), centres)
    return centres


def _to_centres(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Entry [n, c] is the squared distance from x[n] to centres[c]: (N, D), (C, D) -> (N, C) float32."""
    apart = (x * x).sum(axis=1)[:, None] + (centres * centres).sum(axis=1) - 2 * (x @ centres.T)
    return np.maximum(apart, 0, out=apart)
