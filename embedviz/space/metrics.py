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
    nothing: 0.
    """
    dots = queries @ vectors.T
    if metric == "dot":
        return dots
    query_lengths = norms(queries)
    if metric == "cosine":
        scale = query_lengths[:, None] * lengths
        return np.divide(dots, scale, out=np.zeros_like(dots), where=scale > 0)
    squared = query_lengths[:, None] ** 2 + lengths**2 - 2 * dots
    return -np.sqrt(np.maximum(squared, 0, out=squared), out=squared)
