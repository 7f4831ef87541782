"""How far a map can be trusted: whether those who are near on it are near in the original space, and the reverse.

Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods" (ICANN), for trustworthiness and
continuity.
Letters: N points, D dimensions, S rows looked at, R of them at a time, k neighbours.

NumPy alone: its sort is vectorised, and one sorted row of distances answers every question of rank by bisection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import DataError, SettingsError

WHOLE = 12_000  # points up to which every row is looked at
FEWEST_ROWS = 500  # looked at, however many points there are: the shares are then right to about 0.01
NEIGHBOR_RECALL = "neighbor_recall@"  # and k: of how many of the true neighbours a map was made, unless of all
BLOCK_ENTRIES = 2_000_000  # distances held at a time: 8 MB, which stays near the processor


@dataclass(frozen=True)
class Fidelity:
    """scores by name, as fidelity gives them; rows (S,) int64: the points looked at; kept (S,) float32: the share of
    each one's nearest, at the smallest k, that are among its nearest on the map."""

    scores: dict[str, float]
    rows: np.ndarray
    kept: np.ndarray


def fidelity(vectors: np.ndarray, coords: np.ndarray, *args, **more) -> dict[str, float]:
    """The scores alone; takes what `measured` takes."""
    return measured(vectors, coords, *args, **more).scores


def measured(
    vectors: np.ndarray,
    coords: np.ndarray,
    ks: Sequence[int] = (15, 50, 150),
    metric: str = "cosine",
    sample: int | None = None,
    seed: int = 0,
) -> Fidelity:
    """How well coords (N, 2 or 3) keep the neighbourhoods of vectors (N, D), all of them finite.

    "neighbors_kept@k": the mean share of a point's k nearest that are among its k nearest on the map; "chance@k": what
    a random picture has. For the smallest k "trustworthiness@k": 1 when no stranger is among the map's nearest, and
    "continuity@k": 1 when none of the true nearest was torn away; "chance_trustworthiness@k": what a random picture has
    of either. "points" N and "rows" S. A k that the points do not allow (k >= N / 2) is left out.

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
        return Fidelity({"points": n, "rows": 0}, np.array([], np.int64), np.array([], np.float32))
    rows = _rows_to_look_at(n, sample, seed)
    space, picture = _prepared(vectors, metric), _prepared(coords, "euclidean")
    kept: dict[int, list[np.ndarray]] = {k: [] for k in ks}
    strangers = torn = 0.0
    widest, narrowest = ks[-1], ks[0]
    for own in np.array_split(rows, -(-len(rows) * n // BLOCK_ENTRIES)):
        on_map, distances = _distances(picture, own, "euclidean"), _distances(space, own, metric)
        shown, near = _nearest(on_map, widest), _nearest(distances, narrowest)
        of_shown = np.take_along_axis(distances, shown, axis=1)
        of_near = np.take_along_axis(on_map, near, axis=1)
        distances.sort(axis=1)
        on_map.sort(axis=1)
        for k in ks:
            kept[k].append(_kept(of_shown[:, :k], distances, k) / k)
        strangers += _strangeness(of_shown[:, :narrowest], distances)
        torn += _strangeness(of_near, on_map)
    s, k = len(rows), narrowest
    each = {k: np.concatenate(parts) for k, parts in kept.items()}
    scores = {f"neighbors_kept@{k}": float(each[k].mean()) for k in ks} | {f"chance@{k}": k / (n - 1) for k in ks}
    worst = k * (2 * n - 3 * k - 1) / 2  # a point's penalty when its nearest are the farthest
    scores[f"trustworthiness@{k}"] = 1 - strangers / (s * worst)
    scores[f"continuity@{k}"] = 1 - torn / (s * worst)
    # at random each of the k has one of n - 1 ranks, and is past k by (n - k - 1) (n - k) / 2 / (n - 1) on average
    scores[f"chance_trustworthiness@{k}"] = 1 - k * (n - k - 1) * (n - k) / 2 / (n - 1) / worst
    return Fidelity(scores | {"points": n, "rows": s}, rows, each[k].astype(np.float32))


def fidelity_sentence(quality: dict[str, float]) -> str:
    """The scores in words, for under the map, and how many of the true neighbours it was made from, unless all."""
    ks = [int(name.split("@")[1]) for name in quality if name.startswith("neighbors_kept@")]
    if not ks:
        return "There are too few points to say how faithful this map is."
    k = ks[0]
    wider = ", ".join(f"{quality[f'neighbors_kept@{k}']:.0%} of {k} ({quality[f'chance@{k}']:.1%})" for k in ks[1:])
    wider = f" Of more: {wider}." if wider else ""
    sampled = f" Measured on {quality['rows']:,.0f} points." if quality["rows"] < quality["points"] else ""
    recall = next((value for name, value in quality.items() if name.startswith(NEIGHBOR_RECALL)), 1)
    found = f" Its neighbours were found approximately: {recall:.0%} of the true ones." if recall < 1 else ""
    return (
        f"Of a point's {k} nearest, {quality[f'neighbors_kept@{k}']:.0%} are among its {k} nearest here; "
        f"a random picture has {quality[f'chance@{k}']:.1%}.{wider} "
        f"Trustworthiness {quality[f'trustworthiness@{k}']:.3f} (no strangers beside it), "
        f"continuity {quality[f'continuity@{k}']:.3f} (none of its own torn away); 1 is perfect, a random picture has "
        f"{quality[f'chance_trustworthiness@{k}']:.2f}.{sampled}{found}"
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


def _kept(of_shown: np.ndarray, ascending: np.ndarray, k: int) -> np.ndarray:
    """How many of a row's shown (R, k) are among its k nearest, by the rows' sorted distances (R, N): (R,). Where several are
    as far as the k-th, they share the places that are left among them."""
    kth = ascending[:, k - 1]
    nearer = np.count_nonzero(ascending[:, :k] < kth[:, None], axis=1)
    as_far = k - nearer
    for row in np.flatnonzero(ascending[:, k] == kth):  # rare: the tie goes on past the k-th
        as_far[row] = np.searchsorted(ascending[row], kth[row], "right") - nearer[row]
    shown_nearer = np.count_nonzero(of_shown < kth[:, None], axis=1)
    shown_as_far = np.count_nonzero(of_shown == kth[:, None], axis=1)
    return shown_nearer + shown_as_far * (k - nearer) / as_far


def _strangeness(of_shown: np.ndarray, ascending: np.ndarray) -> float:
    """Sum over the shown (R, k) of how far past k their rank lies; a rank is one more than how many are nearer. The
    other way round, with the nearest in the space and distances on the map, it is what the map tears apart."""
    ranks = np.array([np.searchsorted(line, shown) for line, shown in zip(ascending, of_shown, strict=True)]) + 1
    return float(np.maximum(ranks - of_shown.shape[1], 0).sum())
