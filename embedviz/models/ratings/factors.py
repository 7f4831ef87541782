"""The result of every method of training: a vector and a bias for each user and each item, and the estimates from them.

Letters: U users, I items, K dimensions, n pairs, B users of a block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.models.ratings.biases import Biases

PAIRS_PER_BLOCK = 1 << 16


@dataclass(frozen=True, eq=False)
class Factors:
    """A rating is estimated as mean + user_bias[u] + item_bias[i] + P[u]·Q[i], clipped to the scale.

    Attributes
    ----------
    P, Q
        (U, K) and (I, K) float32, in the unit of the ratings.
    user_bias, item_bias
        (U,) and (I,) float32.
    mean
        Of the ratings; 0 where the method learns none.
    fallback
        Estimates where the user or the item is unknown.
    scale
        The lowest and the highest rating; None where estimates are scores to rank by.
    """

    P: np.ndarray
    Q: np.ndarray
    user_bias: np.ndarray
    item_bias: np.ndarray
    mean: float
    fallback: Biases
    scale: tuple[float, float] | None

    def clip(self, estimates: np.ndarray) -> np.ndarray:
        """Return the estimates, none outside the scale."""
        return estimates if self.scale is None else np.clip(estimates, *self.scale)

    def predict(self, user: np.ndarray, item: np.ndarray) -> np.ndarray:
        """Return the estimates (n,) float64 for pairs of places (n,); -1 is an unknown user or item."""
        found = np.empty(len(user))
        for start in range(0, len(user), PAIRS_PER_BLOCK):
            block = slice(start, start + PAIRS_PER_BLOCK)
            u, i = user[block], item[block]
            dots = np.einsum("nk,nk->n", self.P[u], self.Q[i])
            estimates = self.mean + (self.user_bias[u] + self.item_bias[i] + dots).astype(np.float64)
            found[block] = np.where((u >= 0) & (i >= 0), estimates, self.fallback.predict(u, i))
        return self.clip(found)

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Return the estimates for users' vectors less what changes no order: (..., K) -> (..., I) float32.

        That is the mean and the user's bias; and they are not clipped, so that the best ones differ.
        """
        return vectors @ self.Q.T + self.item_bias
