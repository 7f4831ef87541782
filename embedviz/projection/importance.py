"""Importance of a map's labels: which of them tell a reader most, so that they are drawn first and name groups.

For words the weights of Arora et al. 2017, "A simple but tough-to-beat baseline for sentence embeddings": a / (a + p) for a
word's share p of the text, and nothing of the direction that all words have in common. Stop words have both, a large
share and that direction. Letters: N labels, D dimensions.
"""

from __future__ import annotations

import numpy as np

from embedviz.space import EmbeddingSpace
from embedviz.space.search.top_k import top_k

BLOCK = 65_536  # vectors read at a time
SHARE = 1e-3  # a of the paper: of a word that often half is left


def importance(space: EmbeddingSpace, points: np.ndarray) -> np.ndarray:
    """Return how much the labels at rows `points` tell, (N,) float64 from 0 on.

    It grows with the logarithm of a label's count, for which its place stands in where there are none (Zipf's law). Words
    that are everywhere count less, and labels without a letter or digit nothing.
    """
    counts = _counts(space)
    found = np.log1p(counts[points])
    if space.kind != "word":
        return found
    share = counts[points] / (counts.sum() or 1)
    found *= SHARE / (SHARE + share) * (1 - _commonness(space, points, share))
    labels = space.labels
    found[[not (labels[row].isalnum() or any(map(str.isalnum, labels[row]))) for row in points.tolist()]] = 0
    return found


def most_telling(space: EmbeddingSpace, points: np.ndarray, n: int) -> np.ndarray:
    """Return the places in `points` (N,) of the min(n, N) most important labels, the first above all: int64."""
    return top_k(importance(space, points), n)


def _counts(space: EmbeddingSpace) -> np.ndarray:
    """Return the count of every label, (len(space),) float64, made from its place where the space has none.

    A missing count is 0.
    """
    if "count" in space.columns:
        return np.nan_to_num(space.columns["count"].to_numpy(np.float64, na_value=np.nan)).clip(0)
    return len(space) / np.arange(1, len(space) + 1)


def _commonness(space: EmbeddingSpace, points: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return the cosine, 0 at least, of each vector with the mean of all, weighted by their shares (N,): (N,) float32.

    Works in blocks, so that a mapped file is never held whole.
    """
    blocks = [slice(start, start + BLOCK) for start in range(0, len(points), BLOCK)]
    mean = np.zeros(space.dim)
    for block in blocks:
        mean += share[block] @ _unit(space.vectors[points[block]])
    direction = _unit(mean[None])[0]
    return np.concatenate([_unit(space.vectors[points[block]]) @ direction for block in blocks] or [mean[:0]]).clip(0)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (N, D) at length 1, zero ones as they are: float32."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros(vectors.shape, np.float32), where=lengths > 0, casting="same_kind")
