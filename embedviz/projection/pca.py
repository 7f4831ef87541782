"""PCA in NumPy: quick enough for the web process, and the start of every UMAP."""

from __future__ import annotations

import numpy as np

BLOCK = 65_536


def pca(vectors: np.ndarray, n_components: int = 2, unit: bool = True) -> np.ndarray:
    """The first principal components of (N, D) vectors, each direction's sign fixed so that its largest entry is
    positive: (N, n_components) float32. unit: take every vector at length 1 first, as cosine sees it.

    Works in blocks, so that a mapped file is never held whole. With fewer dimensions than components the rest is 0.
    """
    N, D = vectors.shape
    total, products = np.zeros(D), np.zeros((D, D))
    for block in _blocks(vectors, unit):
        total += block.sum(axis=0, dtype=np.float64)
        products += block.T @ block
    mean = total / N
    _, directions = np.linalg.eigh(products / N - np.outer(mean, mean))
    directions = directions[:, ::-1][:, :n_components]
    directions = directions * np.sign(directions[np.abs(directions).argmax(axis=0), range(directions.shape[1])])
    coords = np.zeros((N, n_components), np.float32)
    start = 0
    for block in _blocks(vectors, unit):
        coords[start : start + len(block), : directions.shape[1]] = (block - mean) @ directions
        start += len(block)
    return coords


def _blocks(vectors: np.ndarray, unit: bool):
    for start in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[start : start + BLOCK], np.float32)
        if unit:
            length = np.linalg.norm(block, axis=1, keepdims=True)
            block = block / np.where(length > 0, length, 1)
        yield block
