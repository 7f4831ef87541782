"""PCA in NumPy: quick enough for the web process, and the start of every UMAP. Letters: N vectors, D dimensions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 16_384


def pca(vectors: np.ndarray, n_components: int = 2, unit: bool = True) -> np.ndarray:
    """Project vectors on their first principal components, in blocks, so that a mapped file is never held whole.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D), finite.
    n_components : int
        How many.
    unit : bool
        Whether to take every vector at length 1 first, as cosine sees it.

    Returns
    -------
    np.ndarray
        (N, n_components) float32, the widest first. Each direction's sign is fixed so that its largest entry is
        positive; with fewer dimensions than components the rest is 0.
    """
    N, D = vectors.shape
    coords = np.zeros((N, n_components), np.float32)
    if not N or not D:
        return coords
    mean = sum(block.sum(axis=0, dtype=np.float64) for block in _blocks(vectors, unit)) / N
    products = np.zeros((D, D))
    for block in _blocks(vectors, unit):
        centred = (block - mean).astype(np.float32)  # before the products: far from the origin they lose their digits
        products += centred.T @ centred
    _, directions = np.linalg.eigh(products)
    directions = directions[:, ::-1][:, :n_components]
    directions = directions * np.sign(directions[np.abs(directions).argmax(axis=0), range(directions.shape[1])])
    start = 0
    for block in _blocks(vectors, unit):
        coords[start : start + len(block), : directions.shape[1]] = (block - mean) @ directions
        start += len(block)
    return coords


def _blocks(vectors: np.ndarray, unit: bool) -> Iterator[np.ndarray]:
    for start in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[start : start + BLOCK], np.float32)
        if unit:
            length = np.linalg.norm(block, axis=1, keepdims=True)
            block = block / np.where(length > 0, length, 1)
        yield block
