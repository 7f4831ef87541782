"""What every way of learning ratings ends in: a vector and a bias for each user and each item, and what they predict.

Letters: U users, I items, K dimensions, n pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from embedviz.models.ratings.biases import Biases

PAIRS = 1 << 16  # predicted at a time


@dataclass(frozen=True)
class Factors:
    """A rating is estimated as mean + user_bias[u] + item_bias[i] + P[u]·Q[i], clipped to low and high.

    P (U, K), Q (I, K), user_bias (U,), item_bias (I,): float32, in the ratings' own unit. fallback: estimates where
    the user or the item has no vector. appeal (I,) float32: what a ranking adds to the estimate, nothing when None.
    """

    P: np.ndarray
    Q: np.ndarray
    user_bias: np.ndarray
    item_bias: np.ndarray
    mean: float
    low: float
    high: float
    fallback: Biases
    appeal: np.ndarray | None = None

    def predict(self, user: np.ndarray, item: np.ndarray) -> np.ndarray:
        """(n,) float64: the estimates for these pairs of places; -1 is an unknown user or item."""
        found = np.empty(len(user))
        for start in range(0, len(user), PAIRS):
            u, i = user[start : start + PAIRS], item[start : start + PAIRS]
            dots = np.einsum("nk,nk->n", self.P[u], self.Q[i])
            both = self.mean + (self.user_bias[u] + self.item_bias[i] + dots).astype(np.float64)
            found[start : start + PAIRS] = np.where((u >= 0) & (i >= 0), both, self.fallback.predict(u, i))
        return np.clip(found, self.low, self.high)

    def scores(self, users: np.ndarray) -> np.ndarray:
        """Entry [b, i]: how high item i ranks for users[b]; see ranked. (B, I) float32."""
        return self.ranked(self.P[users])

    def ranked(self, vectors: np.ndarray) -> np.ndarray:
        """Users' vectors (..., K) float32 -> (..., I): their estimates with the items' appeal, but without the mean and
        the user's bias, which change no order, and not clipped, so that the best are told apart."""
        ranked = vectors @ self.Q.T + self.item_bias
        return ranked if self.appeal is None else ranked + self.appeal

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything by name, for weights and checkpoints; of_arrays takes it back."""
        b = self.fallback
        numbers = np.array([self.mean, self.low, self.high, b.mean])
        named = {"P": self.P, "Q": self.Q, "user_bias": self.user_bias, "item_bias": self.item_bias}
        if self.appeal is not None:
            named["appeal"] = self.appeal
        return {**named, "numbers": numbers, "fallback_user": b.user, "fallback_item": b.item}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        mean, low, high, fallback_mean = (float(x) for x in arrays["numbers"])
        fallback = Biases(fallback_mean, arrays["fallback_user"], arrays["fallback_item"])
        named = (arrays[name] for name in ("P", "Q", "user_bias", "item_bias"))
        return cls(*named, mean, low, high, fallback, arrays.get("appeal"))
