"""How alike two vectors are. Letters: Q queries, N vectors, D dimensions."""

from __future__ import annotations

from typing import Literal

import numpy as np

Metric = Literal["cosine", "euclidean", "dot"]
METRICS: tuple[Metric, ...] = ("cosine", "euclidean", "dot")


def norms(vectors: np.ndarray, block: int = 65_536) -> np.ndarray:
    """Euclidean length of every row, in blocks so that a mapped file is never held whole: (N, D) -> (N,) float32."""
    lengths = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), block):
        part = vectors[start : start + block]
        lengths[start : start + block] = np.sqrt(np.einsum("nd,nd->n", part, part))
    return lengths


def closeness(queries: np.ndarray, vectors: np.ndarray, lengths: np.ndarray, metric: Metric) -> np.ndarray:
    """Entry [q, n] grows with how close queries[q] and vectors[n] are: (Q, D), (N, D), (N,) -> (Q, N) float32.

    Cosine similarity, dot product, or the negative Euclidean distance. For cosine a zero vector is similar to
    nothing: 0. The distance comes from lengths and dot products, which blurs the small ones (to about a thousandth
    of the lengths): good for choosing the nearest, and pair_closeness then measures those.
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
    """Entry [n] is how close a[n] and b[n] are, the distance measured on the difference itself:
    (N, D) or (1, D), (N, D) -> (N,) float32."""
    if metric == "euclidean":
        return -norms(a - b)
    dots = np.einsum("nd,nd->n", *np.broadcast_arrays(a, b))
    return dots if metric == "dot" else _cosines(dots, norms(a) * norms(b))


def _cosines(dots: np.ndarray, scale: np.ndarray) -> np.ndarray:
    cosines = np.divide(dots, scale, out=np.zeros_like(dots), where=scale != 0)  # NaN stays NaN
    return np.clip(cosines, -1, 1, out=cosines)
