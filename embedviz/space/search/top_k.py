"""The k greatest of many scores, without sorting all of them."""

from __future__ import annotations

import numpy as np

MAXIMA_BLOCK = 64  # scores of which one is looked at first, for the greatest of many


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the indices of the k greatest scores, best first, ties in the given order.

    Parameters
    ----------
    scores : np.ndarray
        (N,) floats without NaN.
    k : int
        How many; all of them when there are no more.

    Returns
    -------
    np.ndarray
        (min(k, N),) int64.
    """
    if k >= len(scores):
        return np.argsort(-scores, kind="stable")
    if _is_long(scores, k):
        candidates = np.flatnonzero(scores >= threshold_of(scores, k))
        if len(candidates) < len(scores):
            return candidates[top_k(scores[candidates], k)]
    border = np.partition(scores, len(scores) - k)[len(scores) - k]
    above, level = np.flatnonzero(scores > border), np.flatnonzero(scores == border)
    return np.concatenate([above[np.argsort(-scores[above], kind="stable")], level[: k - len(above)]])


def threshold_of(scores: np.ndarray, n: int) -> float:
    """Return a number that at least n of the scores (N,) reach, and not many more; -inf when there are no more than n."""
    if n >= len(scores):
        return -np.inf
    if _is_long(scores, n):  # the n-th greatest of the blocks' maxima is reached by n scores at least
        whole = len(scores) // MAXIMA_BLOCK * MAXIMA_BLOCK
        scores = scores[:whole].reshape(MAXIMA_BLOCK, -1).max(axis=0)
    return float(np.partition(scores, len(scores) - n)[len(scores) - n])


def _is_long(scores: np.ndarray, n: int) -> bool:
    return n * MAXIMA_BLOCK < len(scores) // 4
