"""Similarities and distances of vectors. Letters: Q queries, N vectors, D dimensions."""

from __future__ import annotations

from typing import Literal

import numpy as np

Metric = Literal["cosine", "euclidean", "dot"]
METRICS: tuple[Metric, ...] = ("cosine", "euclidean", "dot")


def norms(vectors: np.ndarray, block: int = 65_536) -> np.ndarray:
    """Return the Euclidean length of every row: (N, D) -> (N,) float32. In blocks, so that a mapped file is never held whole."""
    lengths = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), block):
        part = vectors[start : start + block]
        lengths[start : start + block] = np.sqrt(np.einsum("nd,nd->n", part, part))
    return lengths


def closeness(queries: np.ndarray, vectors: np.ndarray, lengths: np.ndarray, metric: Metric) -> np.ndarray:
    """Compare every query with every vector.

    The distance comes from lengths and dot products, which blurs small ones (to about a thousandth of the lengths): good
    for choosing the nearest, which `pair_closeness` then measures.

    Parameters
    ----------
    queries : np.ndarray
        (Q, D) float32.
    vectors : np.ndarray
        (N, D) float32.
    lengths : np.ndarray
        (N,) float32, of the vectors.
    metric : {"cosine", "euclidean", "dot"}
        Cosine similarity, negative Euclidean distance, or dot product. By cosine a zero vector is similar to nothing: 0.

    Returns
    -------
    np.ndarray
        (Q, N) float32; entry [q, n] grows with how close queries[q] and vectors[n] are.
    """
    dots = queries @ vectors.T
    if metric == "dot":
        return dots
    query_lengths = norms(queries)
    if metric == "cosine":
        return _cosines(dots, query_lengths[:, None] * lengths)
    squared = query_lengths[:, None] ** 2 + lengths**2 - 2 * dots
    return -np.sqrt(np.maximum(squared, 0, out=squared), out=squared)


def pair_closeness(a: np.ndarray, b: np.ndarray, metric: Metric) -> np.ndarray:
    """Compare vectors pair by pair, a distance being measured on the difference itself.

    Parameters
    ----------
    a : np.ndarray
        (N, D) or (1, D) float32.
    b : np.ndarray
        (N, D) float32.
    metric : {"cosine", "euclidean", "dot"}
        As in `closeness`.

    Returns
    -------
    np.ndarray
        (N,) float32; entry [n] is how close a[n] and b[n] are.
    """
    if metric == "euclidean":
        return -norms(a - b)
    dots = np.einsum("nd,nd->n", *np.broadcast_arrays(a, b))
    return dots if metric == "dot" else _cosines(dots, norms(a) * norms(b))


def _cosines(dots: np.ndarray, scale: np.ndarray) -> np.ndarray:
    cosines = np.divide(dots, scale, out=np.zeros_like(dots), where=scale != 0)  # NaN stays NaN
    return np.clip(cosines, -1, 1, out=cosines)
