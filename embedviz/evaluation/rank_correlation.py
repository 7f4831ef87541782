"""Spearman's rank correlation in NumPy, a row at a time or many. Letters: R rows, n values.

The web process scores small sets too, and so does without SciPy.
"""

from __future__ import annotations

import numpy as np

MIN_PAIRS = 3  # fewer have no rank correlation worth the name
BLOCK = 1_000_000  # values ranked at a time


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Rank the values of each row, the least 1; equal ones share the mean of their ranks: (R, n) -> (R, n) float64."""
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    place = np.arange(values.shape[1])
    begins = np.ones(values.shape, bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    ends = np.ones(values.shape, bool)
    ends[:, :-1] = begins[:, 1:]
    first = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, place, values.shape[1])[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=1)
    return ranks


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the Pearson correlation of the average ranks, row by row.

    Parameters
    ----------
    a, b : np.ndarray
        (R, n), or (1, n) for a row that is compared with each of the other's.

    Returns
    -------
    np.ndarray
        (R,) float64; NaN where all values of a row are equal.
    """
    x, y = (ranks - ranks.mean(axis=1, keepdims=True) for ranks in (average_ranks(a), average_ranks(b)))
    scale = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.divide((x * y).sum(axis=1), scale, out=np.full(scale.shape, np.nan), where=scale > 0)


def resampled_spearman(a: np.ndarray, b: np.ndarray, n_resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Return the correlation of n pairs that are drawn with replacement, over and over: (n,), (n,) -> (n_resamples,)."""
    at_once = max(1, BLOCK // len(a))
    found: list[np.ndarray] = []
    for start in range(0, n_resamples, at_once):
        drawn = rng.integers(0, len(a), (min(at_once, n_resamples - start), len(a)))
        found.append(spearman(a[drawn], b[drawn]))
    return np.concatenate(found)


def resampled_mean(values: np.ndarray, clusters: np.ndarray, n_resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Return the mean of values whose clusters are drawn with replacement: (n,), (n,) int64 -> (n_resamples,).

    Questions that share words are not independent; drawing them one by one would make an interval too narrow.
    """
    _, codes = np.unique(clusters, return_inverse=True)
    sizes, sums = np.bincount(codes), np.bincount(codes, values)
    weights = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), n_resamples)
    return (weights @ sums) / (weights @ sizes)


def percentile_interval(values: np.ndarray) -> tuple[float, float] | None:
    """Return the 2.5th and 97.5th percentile of values, NaN left out; None where nothing is left."""
    kept = values[~np.isnan(values)]
    if not len(kept):
        return None
    low, high = np.percentile(kept, [2.5, 97.5]).tolist()
    return low, high
