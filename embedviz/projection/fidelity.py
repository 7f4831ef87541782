"""Fidelity of a map: neighbours kept, trustworthiness and continuity.

Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods" (ICANN), for trustworthiness and
continuity.
Letters: N points, D dimensions, S rows measured, R of them at a time, k neighbours.

NumPy alone: its comparisons are vectorised, and counting the smaller distances takes a tenth of the time of sorting them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from embedviz.core.errors import DataError, SettingsError
from embedviz.projection.ranks import nearest_columns, rank_excess

MAX_FULL_POINTS = 12_000  # up to which every row is measured
MIN_ROWS = 500  # measured, however many points there are: the shares are then right to about 0.01
NEIGHBOR_RECALL = "neighbor_recall@"  # and k: the share of the true neighbours that a map was made from
BLOCK_ENTRIES = 1_000_000  # distances that a thread holds at a time: 4 MB, which stays near the processor


@dataclass(frozen=True)
class Fidelity:
    """Fidelity of a map, as a whole and point by point.

    Attributes
    ----------
    scores : dict of str to float
        As `measure_fidelity` names them.
    rows : np.ndarray
        (S,) int64: the points measured.
    kept : np.ndarray
        (S,) float32: the share of each one's nearest, at the smallest k, that are among its nearest on the map.
    """

    scores: dict[str, float]
    rows: np.ndarray
    kept: np.ndarray


def fidelity(
    vectors: np.ndarray,
    coords: np.ndarray,
    ks: Sequence[int] = (15, 50, 150),
    metric: str = "cosine",
    sample: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Return the scores of `measure_fidelity` alone."""
    return measure_fidelity(vectors, coords, ks, metric, sample, seed).scores


def measure_fidelity(
    vectors: np.ndarray,
    coords: np.ndarray,
    ks: Sequence[int] = (15, 50, 150),
    metric: str = "cosine",
    sample: int | None = None,
    seed: int = 0,
) -> Fidelity:
    """Measure how well a map keeps the neighbourhoods of the original space.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite.
    coords : np.ndarray
        (N, 2 or 3), finite.
    ks : sequence of int
        Sizes of the neighbourhoods; those that the points do not allow (k >= N / 2) are left out.
    metric : {"cosine", "euclidean"}
        Of the original space; distances on the map are Euclidean.
    sample : int, optional
        Rows to measure, each compared with all points. By default every row up to 12,000 points, and beyond as many as
        take the same time.
    seed : int
        Of the sample.

    Returns
    -------
    Fidelity
        Its scores are "neighbors_kept@k", the mean share of a point's k nearest that are among its k nearest on the map,
        and "chance@k", that of a random map. For the smallest k "trustworthiness@k", 1 when all points shown as
        neighbours really are, "continuity@k", 1 when all true neighbours stay together, and "chance_trustworthiness@k",
        what a random map has of either. "points" is N and "rows" S.

    Raises
    ------
    DataError
        When the arrays do not fit each other.
    SettingsError
        For a sample below 1.
    """
    n = len(vectors)
    if len(coords) != n:
        raise DataError(f"A map needs coordinates for each vector; got {n:,} vectors and {len(coords):,} coordinates.")
    if sample is not None and sample < 1:
        raise SettingsError(f"sample has to be at least 1 row, got {sample}.")
    ks = sorted(k for k in ks if k < n / 2)
    if not ks:
        return Fidelity({"points": n, "rows": 0}, np.array([], np.int64), np.array([], np.float32))
    rows = _sampled_rows(n, sample, seed)
    space, picture = _Points.of(vectors, metric), _Points.of(coords, "euclidean")
    blocks = np.array_split(rows, -(-len(rows) * n // BLOCK_ENTRIES))
    # a thread for each block, on which BLAS takes no threads of its own: those would wait for each other
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda own: _compare(space, picture, own, ks), blocks))
    s, k = len(rows), ks[0]
    each = {k: np.concatenate([block.kept[k] for block in found]) for k in ks}
    scores = {f"neighbors_kept@{k}": float(each[k].mean()) for k in ks} | {f"chance@{k}": k / (n - 1) for k in ks}
    worst = k * (2 * n - 3 * k - 1) / 2  # a point's penalty when its nearest are the farthest
    scores[f"trustworthiness@{k}"] = 1 - sum(block.false_ranks for block in found) / (s * worst)
    scores[f"continuity@{k}"] = 1 - sum(block.missing_ranks for block in found) / (s * worst)
    # at random each of the k has one of n - 1 ranks, and is past k by (n - k - 1) (n - k) / 2 / (n - 1) on average
    scores[f"chance_trustworthiness@{k}"] = 1 - k * (n - k - 1) * (n - k) / 2 / (n - 1) / worst
    return Fidelity(scores | {"points": n, "rows": s}, rows, each[k].astype(np.float32))


def fidelity_sentence(quality: dict[str, float]) -> str:
    """Describe the scores, for under the map."""
    ks = [int(name.split("@")[1]) for name in quality if name.startswith("neighbors_kept@")]
    if not ks:
        return "There are too few points to measure how faithful this map is."
    k = ks[0]
    wider = ", ".join(f"{quality[f'neighbors_kept@{k}']:.0%} of {k} ({quality[f'chance@{k}']:.1%})" for k in ks[1:])
    wider = f" For more neighbours: {wider}." if wider else ""
    sampled = f" Measured on {quality['rows']:,.0f} points." if quality["rows"] < quality["points"] else ""
    recall = next((value for name, value in quality.items() if name.startswith(NEIGHBOR_RECALL)), 1)
    found = f" Neighbours were found approximately: {recall:.0%} of the true ones." if recall < 1 else ""
    return (
        f"Neighbours kept: {quality[f'neighbors_kept@{k}']:.0%} of a point's {k} nearest are among its {k} nearest on the "
        f"map; on a random map {quality[f'chance@{k}']:.1%}.{wider} "
        f"Trustworthiness {quality[f'trustworthiness@{k}']:.3f} (points shown as neighbours really are), "
        f"continuity {quality[f'continuity@{k}']:.3f} (true neighbours stay together); 1 is perfect, a random map has "
        f"{quality[f'chance_trustworthiness@{k}']:.2f}.{sampled}{found}"
    )


def _sampled_rows(n: int, sample: int | None, seed: int) -> np.ndarray:
    size = min(n, sample or max(MIN_ROWS, MAX_FULL_POINTS * MAX_FULL_POINTS // n))
    return np.sort(np.random.default_rng(seed).permutation(n)[:size])


@dataclass(frozen=True)
class _Points:
    """Points (N, D) by whose products distances are computed, and their squared lengths (N,); none for the cosine."""

    vectors: np.ndarray
    squares: np.ndarray | None

    @classmethod
    def of(cls, vectors: np.ndarray, metric: str) -> _Points:
        """Prepare vectors so that distances keep their digits when they come from dot products.

        cosine: rows at length 1, a zero row stays zero. euclidean: centred, at a largest entry of 1.
        """
        vectors = np.asarray(vectors, np.float32)
        largest = np.abs(vectors).max(axis=1 if metric == "cosine" else None, keepdims=True)
        scaled = vectors / np.where(largest > 0, largest, 1)
        if metric == "euclidean":
            scaled -= scaled.mean(axis=0)
            return cls(scaled, np.einsum("nd,nd->n", scaled, scaled))
        lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
        return cls(scaled / np.where(lengths > 0, lengths, 1), None)

    def distances(self, rows: np.ndarray) -> np.ndarray:
        """Return 1 - cosine or squared Euclidean distances of rows and all points: (R,) -> (R, N) float32.

        Infinite for the row itself.
        """
        apart = self.vectors[rows] @ self.vectors.T
        if self.squares is None:
            np.subtract(1, apart, out=apart)
        else:
            apart *= -2
            apart += self.squares
            apart += self.squares[rows, None]
        apart[np.arange(len(rows)), rows] = np.inf
        return apart


@dataclass(frozen=True)
class _Comparison:
    """Of a block of rows: the neighbours kept at each k, (R,), and the ranks past the smallest k, summed up."""

    kept: dict[int, np.ndarray]
    false_ranks: int
    missing_ranks: int


def _compare(space: _Points, picture: _Points, rows: np.ndarray, ks: Sequence[int]) -> _Comparison:
    """Compare the neighbours of rows (R,) in the space with those on the map. ks ascend."""
    distances, on_map = space.distances(rows), picture.distances(rows)
    near, shown = nearest_columns(distances, ks[-1] + 1), nearest_columns(on_map, ks[-1] + 1)
    k = ks[0]
    of_shown = np.take_along_axis(distances, shown.columns, axis=1)
    of_near = np.take_along_axis(on_map, near.columns[:, :k], axis=1)
    return _Comparison(
        kept={k: _kept(of_shown[:, :k], distances, near.distances) / k for k in ks},
        false_ranks=rank_excess(distances, of_shown[:, :k], near.distances[:, k - 1]),
        missing_ranks=rank_excess(on_map, of_near, shown.distances[:, k - 1]),
    )


def _kept(of_shown: np.ndarray, distances: np.ndarray, ascending: np.ndarray) -> np.ndarray:
    """Return how many of the points shown as a row's neighbours are among its k nearest, (R,).

    of_shown (R, k) are their distances in the space, distances (R, N) all of the row's, ascending the k + 1 smallest or
    more. Where several are as far as the k-th, they share the places that are left.
    """
    k = of_shown.shape[1]
    kth = ascending[:, k - 1]
    nearer = np.count_nonzero(ascending[:, :k] < kth[:, None], axis=1)
    as_far = k - nearer
    for row in np.flatnonzero(ascending[:, k] == kth):  # rare: the tie goes on past the k-th
        as_far[row] = np.count_nonzero(distances[row] == kth[row])
    shown_nearer = np.count_nonzero(of_shown < kth[:, None], axis=1)
    shown_as_far = np.count_nonzero(of_shown == kth[:, None], axis=1)
    return shown_nearer + shown_as_far * (k - nearer) / as_far
