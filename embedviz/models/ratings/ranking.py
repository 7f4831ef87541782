"""The ranking of items: vectors of users and items, whose dot product says in which order items suit a user.

Letters: U users, I items, K dimensions, m items of a user, B users of a block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.models.ratings.biases import Biases
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.fold_in import FoldedIn

PRIOR_RATINGS = 5.0  # at everybody's mean, which a user's mean is drawn towards


@dataclass(frozen=True, eq=False)
class Ranking:
    """What implicit alternating least squares has learned, and the regression that makes a user's vector.

    Attributes
    ----------
    P, Q
        (U, K) and (I, K) float32.
    penalty
        Of the round that is kept.
    unobserved
        α, the weight of a pair that does not occur.
    confidence
        c, by which a high rating weighs more.
    mean, std
        Of all ratings; 0 and 1 where there are none.
    """

    P: np.ndarray
    Q: np.ndarray
    penalty: float
    unobserved: float
    confidence: float
    mean: float
    std: float

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Return by what items are ranked for users' vectors: (..., K) -> (..., I) float32."""
        return vectors @ self.Q.T

    def fold_in(self, items: np.ndarray, ratings: np.ndarray) -> FoldedIn:
        """Return the vector of a user with these items, in closed form (Hu, Koren and Volinsky 2008, section 5).

        Parameters
        ----------
        items, ratings
            (m,) places and ratings; the latter are ignored where the model has none.
        """
        Y = self.Q[items].astype(np.float64)
        weight = np.ones(len(items))
        if self.confidence:
            mean = self.mean + float((ratings - self.mean).sum()) / (len(ratings) + PRIOR_RATINGS)
            weight = weights_of(ratings, mean, self.std, self.confidence).astype(np.float64)
        ridge = self.penalty * (weight.sum() + self.unobserved * len(self.Q))
        system = self._shared + (Y.T * weight) @ Y + ridge * np.eye(Y.shape[1])
        shares = np.linalg.solve(system, Y.T * weight).T
        return FoldedIn(0.0, shares.sum(0), shares, np.zeros(Y.shape[1]))

    def as_factors(self) -> Factors:
        """Return factors whose estimates are the ranking scores of pairs."""
        user, item = (np.zeros(len(rows), np.float32) for rows in (self.P, self.Q))
        fallback = Biases(0.0, user.astype(np.float64), item.astype(np.float64))
        return Factors(self.P, self.Q, user, item, 0.0, fallback, None)

    @cached_property
    def _shared(self) -> np.ndarray:
        Q = self.Q.astype(np.float64)
        return self.unobserved * Q.T @ Q


def weights_of(rating: np.ndarray, mean: np.ndarray | float, std: float, confidence: float) -> np.ndarray:
    """Return w, by which pairs weigh, of ratings (n,) by users with these means (n,): (n,) float32."""
    return np.exp(confidence * (rating - mean) / std).astype(np.float32)
