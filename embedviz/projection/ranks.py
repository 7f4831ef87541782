"""Nearest neighbours and ranks in blocks of distances, without sorting the rows.

Letters: R rows of distances to N points, k neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GROUPS_PER_NEIGHBOR = 4  # groups of columns whose minima bound the k-th smallest distance
CANDIDATES_PER_NEIGHBOR = 4  # up to which the candidates of all rows are sorted together; more come from ties


@dataclass(frozen=True)
class NearestColumns:
    """The k smallest of each row: columns (R, k) int64 and their distances (R, k) float32, the smallest first."""

    columns: np.ndarray
    distances: np.ndarray


def nearest_columns(distances: np.ndarray, k: int) -> NearestColumns:
    """Find the k smallest of each row of distances (R, N), k <= N.

    The k-th smallest minimum of groups of columns bounds the k-th smallest distance from above: k groups have one as
    small as that. Only the few distances within the bound are sorted.
    """
    r, n = distances.shape
    in_group = max(1, n // (GROUPS_PER_NEIGHBOR * k))
    groups = n // in_group
    minima = distances[:, : in_group * groups].reshape(r, in_group, groups).min(axis=1)
    bound = np.partition(minima, k - 1, axis=1)[:, k - 1]
    entries = np.flatnonzero(distances <= bound[:, None])
    row, column = np.divmod(entries, n)
    counts = np.bincount(row, minlength=r)
    width = CANDIDATES_PER_NEIGHBOR * k
    near = np.full((r, width), np.inf, np.float32)
    columns = np.zeros((r, width), np.int64)
    place = np.arange(len(entries)) - np.repeat(np.cumsum(counts) - counts, counts)
    fits = (counts <= width)[row]
    at = row[fits], place[fits]
    near[at], columns[at] = distances.ravel()[entries[fits]], column[fits]
    for crowded in np.flatnonzero(counts > width):
        columns[crowded, :k] = np.argpartition(distances[crowded], k - 1)[:k]
        near[crowded, :k] = distances[crowded, columns[crowded, :k]]
    order = np.argsort(near, axis=1)[:, :k]
    return NearestColumns(np.take_along_axis(columns, order, axis=1), np.take_along_axis(near, order, axis=1))


def rank_excess(distances: np.ndarray, own: np.ndarray, kth: np.ndarray) -> int:
    """Return the sum of how far past k the ranks of k distances of each row lie.

    A rank is one more than the number of points that are nearer.

    Parameters
    ----------
    distances : np.ndarray
        (R, N) float32.
    own : np.ndarray
        (R, k) distances whose ranks are summed up.
    kth : np.ndarray
        (R,) the k-th smallest distance of each row.
    """
    k = own.shape[1]
    is_past = own > kth[:, None]
    limits = np.where(is_past, own, -np.inf).astype(np.float32)
    is_nearer = np.empty(distances.shape, bool)
    nearer_than = np.zeros(distances.shape, np.min_scalar_type(k))  # entry [r, n]: how many of own[r] n is nearer than
    for limit in limits.T:
        np.less(distances, limit[:, None], out=is_nearer)
        nearer_than += is_nearer.view(np.uint8)
    return int(nearer_than.sum(dtype=np.int64)) - (k - 1) * int(is_past.sum())
