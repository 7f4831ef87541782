"""How far a map can be trusted: whether those who are near on it are near in the original space, and the reverse.

Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods" (ICANN), for trustworthiness.
Letters: N points, D dimensions, S rows looked at, R of them at a time, k neighbours.

NumPy alone: its sort is vectorised, and one sorted row of distances answers every question of rank by bisection.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embedviz.errors import DataError, SettingsError

WHOLE = 12_000  # points up to which every row is looked at
FEWEST_ROWS = 500  # looked at, however many points there are: the shares are then right to about 0.01
BLOCK_ENTRIES = 2_000_000  # distances held at a time: 8 MB, which stays near the processor


def fidelity(
    vectors: np.ndarray,
    coords: np.ndarray,
    ks: Sequence[int] = (15, 50, 150),
    metric: str = "cosine",
    sample: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Scores by name, of coords (N, 2 or 3) against vectors (N, D), all of them finite.

    "neighbors_kept@k": the mean share of a point's k nearest that are among its k nearest on the map.
    "chance@k": what a random picture has. "trustworthiness@k" for the smallest k: 1 when no stranger is among the
    map's nearest. "points" N and "rows" S. A k that the points do not allow (k >= N / 2) is left out.

    sample: rows to look at, each compared with all points. None looks at every row up to 12,000 points, and beyond at
    as many as take the same time. DataError when the arrays do not fit each other, SettingsError for a sample below 1.
    """
    n = len(vectors)
    if len(coords) != n:
        raise DataError(f"A map needs a place for each vector; got {n:,} vectors and {len(coords):,} places.")
    if sample is not None and sample < 1:
        raise SettingsError(f"sample has to be at least 1 row, got {sample}.")
    ks = sorted(k for k in ks if k < n / 2)
    if not ks:
        return {"points": n, "rows": 0}
    rows = _rows_to_look_at(n, sample, seed)
    space, picture = _prepared(vectors, metric), _prepared(coords, "euclidean")
    kept, penalty, widest, narrowest = dict.fromkeys(ks, 0.0), 0.0, ks[-1], ks[0]
    for own in np.array_split(rows, -(-len(rows) * n // BLOCK_ENTRIES)):
        shown = _nearest(_distances(picture, own, "euclidean"), widest)
        distances = _distances(space, own, metric)
        of_shown = np.take_along_axis(distances, shown, axis=1)
        distances.sort(axis=1)
        for k in ks:
            kept[k] += _kept(of_shown[:, :k], distances, k)
        penalty += _strangeness(of_shown[:, :narrowest], distances)
    s, k = len(rows), narrowest
    scores = {f"neighbors_kept@{k}": kept[k] / (s * k) for k in ks} | {f"chance@{k}": k / (n - 1) for k in ks}
    scores[f"trustworthiness@{k}"] = 1 - penalty * 2 / (s * k * (2 * n - 3 * k - 1))
    return scores | {"points": n, "rows": s}


def fidelity_sentence(quality: dict[str, float]) -> str:
    """The scores in words, for under the map."""
    ks = [int(name.split("@")[1]) for name in quality if name.startswith("neighbors_kept@")]
    if not ks:
        return "There are too few points to say how faithful this map is."
    k = ks[0]
    kept = ", ".join(f"{quality[f'neighbors_kept@{k}']:.0%} of {k}" for k in ks)
    sampled = f" Measured on {quality['rows']:,.0f} points." if quality["rows"] < quality["points"] else ""
    return (
        f"Of a point's {k} nearest, {quality[f'neighbors_kept@{k}']:.0%} are among its {k} nearest here; "
        f"a random picture has {quality[f'chance@{k}']:.1%}. Neighbours kept: {kept}. "
        f"Trustworthiness {quality[f'trustworthiness@{k}']:.3f} (1 is perfect).{sampled}"
    )


def _rows_to_look_at(n: int, sample: int | None, seed: int) -> np.ndarray:
    size = min(n, sample or max(FEWEST_ROWS, WHOLE * WHOLE // n))
    return np.sort(np.random.default_rng(seed).permutation(n)[:size])


def _prepared(vectors: np.ndarray, metric: str) -> np.ndarray:
    """cosine: rows of length 1, a zero row stays zero. euclidean: around their mean and at the scale of 1, where
    distances that come from dot products keep their digits."""
    vectors = np.asarray(vectors, np.float32)
    largest = np.abs(vectors).max(axis=1 if metric == "cosine" else None, keepdims=True)
    scaled = vectors / np.where(largest > 0, largest, 1)
    if metric == "euclidean":
        return scaled - scaled.mean(axis=0)
    lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
    return scaled / np.where(lengths > 0, lengths, 1)


def _distances(vectors: np.ndarray, rows: np.ndarray, metric: str) -> np.ndarray:
    """Entry [r, n] orders the points by how far vectors[n] is from vectors[rows[r]]: 1 - cosine, or Euclid's squared;
    infinite for the row itself. (N, D), (R,) -> (R, N) float32."""
    apart = vectors[rows] @ vectors.T
    if metric == "euclidean":
        squares = np.einsum("nd,nd->n", vectors, vectors)
        apart *= -2
        apart += squares
        apart += squares[rows, None]
    else:
        np.subtract(1, apart, out=apart)
    apart[np.arange(len(rows)), rows] = np.inf
    return apart


def _nearest(distances: np.ndarray, k: int) -> np.ndarray:
    """Columns of the k smallest of each row, the smallest first: (R, N) -> (R, k)."""
    found = np.argpartition(distances, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(distances, found, axis=1), axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)


def _kept(of_shown: np.ndarray, ascending: np.ndarray, k: int) -> float:
    """How many of the shown (R, k) are among the k nearest, by the rows' sorted distances (R, N). Where several are
    as far as the k-th, they share the places that are left among them."""
    kth = ascending[:, k - 1]
    nearer = np.count_nonzero(ascending[:, :k] < kth[:, None], axis=1)
    as_far = k - nearer
    for row in np.flatnonzero(ascending[:, k] == kth):  # rare: the tie goes on past the k-th
        as_far[row] = np.searchsorted(ascending[row], kth[row], "right") - nearer[row]
    shown_nearer = np.count_nonzero(of_shown < kth[:, None], axis=1)
    shown_as_far = np.count_nonzero(of_shown == kth[:, None], axis=1)
    return float((shown_nearer + shown_as_far * (k - nearer) / as_far).sum())


def _strangeness(of_shown: np.ndarray, ascending: np.ndarray) -> float:
    """Sum over the shown (R, k) of how far past k their rank lies; a rank is one more than how many are nearer."""
    ranks = np.array([np.searchsorted(line, shown) for line, shown in zip(ascending, of_shown, strict=True)]) + 1
    return float(np.maximum(ranks - of_shown.shape[1], 0).sum())
