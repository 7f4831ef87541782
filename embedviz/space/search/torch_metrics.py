"""Cosine and Euclidean distances as matrix products in torch, on any device.

Letters: N vectors, D dimensions, Q queries, k neighbours.
"""

from __future__ import annotations

from typing import Literal

import torch

TorchMetric = Literal["cosine", "euclidean"]


class Preparation:
    """Brings vectors to where their products can be compared in float32.

    cosine: rows at length 1, a zero row stays zero. euclidean: centred, for |a - b|^2 is computed as
    |a|^2 + |b|^2 - 2ab, which loses its digits far from the origin; and at a largest entry of 1, for squares overflow.

    Parameters
    ----------
    vectors : torch.Tensor
        (N, D) float32, which set the centre and the scale.
    metric : {"cosine", "euclidean"}
        By which they are compared.
    """

    def __init__(self, vectors: torch.Tensor, metric: TorchMetric):
        self.metric: TorchMetric = metric
        self._largest, self._mean = torch.ones(()), torch.zeros(())
        if metric == "euclidean":
            largest = vectors.abs().max()
            self._largest = torch.where(largest > 0, largest, 1)
            self._mean = (vectors / self._largest).mean(dim=0)

    @property
    def scale(self) -> float:
        """Return the value that a distance of 1 between prepared vectors stands for."""
        return float(self._largest)

    def __call__(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return the prepared vectors, (N, D) float32; others than the first are treated as those were."""
        if self.metric == "cosine":
            largest = vectors.abs().amax(dim=1, keepdim=True)
            return torch.nn.functional.normalize(vectors / torch.where(largest > 0, largest, 1))
        return vectors / self._largest - self._mean


def prepared(vectors: torch.Tensor, metric: TorchMetric) -> torch.Tensor:
    """Return vectors (N, D) prepared by themselves."""
    return Preparation(vectors, metric)(vectors)


def comparable(vectors: torch.Tensor, metric: TorchMetric) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows a and columns b, (N, D or D + 1) each, of prepared vectors so that ab grows the nearer b is to a.

    The products are the cosine, or 2ab - |b|^2, which is |a|^2 - |a - b|^2.
    """
    if metric == "cosine":
        return vectors, vectors
    squares = (vectors * vectors).sum(1, keepdim=True)
    return torch.cat([vectors, torch.ones_like(squares)], 1), torch.cat([2 * vectors, -squares], 1)


def distances_from_products(products: torch.Tensor, own: torch.Tensor, metric: TorchMetric) -> torch.Tensor:
    """Return 1 - cosine, or Euclidean distances, from the products (Q, k) of comparable rows and columns.

    own (Q, D) are the prepared points of the rows.
    """
    if metric == "cosine":
        return (1 - products).clamp_min_(0)
    return ((own * own).sum(1, keepdim=True) - products).clamp_min_(0).sqrt_()


def pairwise_distances(rows: torch.Tensor, vectors: torch.Tensor, metric: TorchMetric) -> torch.Tensor:
    """Entry [r, n] is the distance of rows[r] and vectors[n], both prepared together: (R, D), (N, D) -> (R, N)."""
    products = comparable(rows, metric)[0] @ comparable(vectors, metric)[1].T
    return distances_from_products(products, rows, metric)
