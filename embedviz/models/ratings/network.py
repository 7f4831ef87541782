"""The network of ratings learned by gradient descent: the textbook's, and the same with biases.

Letters: U users, I items, K dimensions, B pairs of a batch.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
import torch
from torch import nn


class CollaborativeFiltering(nn.Module):
    """A vector for each user and each item; their dot product is the rating, less whatever mean was subtracted.

    Parameters
    ----------
    num_users, num_items, embedding_dim
        U, I and K.
    user_bias, item_bias
        (U,) and (I,) initial biases, which are added to the dot product; None leaves them out.
    """

    def __init__(
        self,
        num_users: int,
        num_items: int,
        embedding_dim: int,
        user_bias: np.ndarray | None = None,
        item_bias: np.ndarray | None = None,
    ):
        super().__init__()
        self.user_embedding = nn.Embedding(num_users, embedding_dim)
        self.item_embedding = nn.Embedding(num_items, embedding_dim)
        self.user_bias, self.item_bias = _parameter(user_bias), _parameter(item_bias)

    def forward(self, user_ids: torch.Tensor, item_ids: torch.Tensor) -> torch.Tensor:  # (B,), (B,) int64 -> (B,)
        """Return the estimates of pairs."""
        dots = (self.user_embedding(user_ids) * self.item_embedding(item_ids)).sum(1)
        return reduce(torch.add, [*self._biases(user_ids, item_ids), dots])

    def penalty(self, user_ids: torch.Tensor, item_ids: torch.Tensor) -> torch.Tensor:
        """Return the mean squared length of what a batch uses, for the weight decay: a scalar."""
        vectors = self.user_embedding(user_ids).pow(2).sum(1) + self.item_embedding(item_ids).pow(2).sum(1)
        return reduce(torch.add, [vectors, *(bias.pow(2) for bias in self._biases(user_ids, item_ids))]).mean()

    def _biases(self, user_ids: torch.Tensor, item_ids: torch.Tensor) -> list[torch.Tensor]:
        pairs = ((self.user_bias, user_ids), (self.item_bias, item_ids))
        return [bias[ids] for bias, ids in pairs if bias is not None]


def init_vectors(network: CollaborativeFiltering, std: float, seed: int) -> None:
    """Draw the vectors from a normal distribution by a local generator."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for embedding in (network.user_embedding, network.item_embedding):
            embedding.weight.copy_(std * torch.randn(embedding.weight.shape, generator=generator))


def _parameter(values: np.ndarray | None) -> nn.Parameter | None:
    return None if values is None else nn.Parameter(torch.tensor(values, dtype=torch.float32))
