"""NeighborIndex: the protocol that every search back-end follows, after openTSNE's `KNNIndex`.

Letters: N vectors, D dimensions, Q queries, k neighbours.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Neighbors:
    """The k nearest vectors of each query.

    Attributes
    ----------
    indices : np.ndarray
        (Q, k) int64, the nearest first.
    distances : np.ndarray
        (Q, k) float32, ascending: 1 - cosine, Euclidean distance, or the negative dot product.
    recall : float
        Share of the true neighbours that are among them; 1 for an exact search, otherwise measured on a sample.
    scale : float
        True distances are `distances * scale`. The torch back-ends bring vectors to a largest entry of 1 before they
        square Euclidean distances in float32, and give distances in that unit.
    """

    indices: np.ndarray
    distances: np.ndarray
    recall: float = 1.0
    scale: float = 1.0


class NeighborIndex(Protocol):
    """A search over vectors (N, D) by the metric that the index was made with."""

    def build(self, k: int) -> Generator[float, None, Neighbors]:
        """Find the k nearest of every vector, the vector itself left out.

        Parameters
        ----------
        k : int
            1 <= k < N.

        Yields
        ------
        float
            Share of the work that is done, about every tenth of a second.

        Returns
        -------
        Neighbors
            Arrays of shape (N, k).
        """
        ...

    def query(self, queries: np.ndarray, k: int) -> Neighbors:
        """Find the k nearest of other vectors. An approximate index has to be built first.

        Parameters
        ----------
        queries : np.ndarray
            (Q, D) float32.
        k : int
            1 <= k <= N.

        Returns
        -------
        Neighbors
            Arrays of shape (Q, k).
        """
        ...
