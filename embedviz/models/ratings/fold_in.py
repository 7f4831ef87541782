"""A user's vector from a few ratings, in closed form, with each rating's share in it: what recommendations come of.

A vector that minimises a ridge regression is a sum over the rated items, so every estimate is one too, and each rated
item's part in it is the reason "because you liked". Hu, Koren and Volinsky 2008 (ICDM), section 5.
Letters: K dimensions, I items, m rated items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from embedviz.models.ratings.factors import Factors


@dataclass(frozen=True)
class Ridge:
    """penalty on the distance of a vector from prior (K,); with typical it grows as the square root of the ratings
    over so many. damping of the user's bias; None where users have none. liked, other: what the dot product should
    be for items that the user has and, all together as heavy, for all items; None where ratings say it."""

    penalty: float
    prior: np.ndarray
    damping: float | None = None
    typical: float | None = None
    liked: float | None = None
    other: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "prior": [float(x) for x in self.prior]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**{**values, "prior": np.array(values["prior"])})


@dataclass(frozen=True)
class Folded:
    """bias and vector (K,) of a user; shares (m, K), what each rated item puts into the vector; rest (K,), what comes
    of no single item. vector = shares.sum(0) + rest."""

    bias: float
    vector: np.ndarray
    shares: np.ndarray
    rest: np.ndarray


def fold_in(
    factors: Factors, ridge: Ridge, items: np.ndarray, ratings: np.ndarray, weights: np.ndarray | None = None
) -> Folded:
    """The user who rated items (m,) so: ratings (m,), which count for nothing where the ridge has likes of its own.
    weights (m,): how much each rating tells, 1 when None."""
    Q = factors.Q[items].astype(np.float64)
    m, K = Q.shape
    if ridge.liked is not None:
        return _from_likes(factors, ridge, Q)
    weights = np.ones(m) if weights is None else np.asarray(weights, np.float64)
    target = ratings - factors.mean - factors.item_bias[items].astype(np.float64)
    lead = 0 if ridge.damping is None else 1  # a column of ones for the user's bias
    Z = np.hstack([np.ones((m, lead)), Q])
    penalty = ridge.penalty * (np.sqrt(m / ridge.typical) if ridge.typical else 1.0)
    penalties = np.r_[[ridge.damping] * lead, np.full(K, penalty)]
    prior = np.r_[np.zeros(lead), penalty * ridge.prior]
    weighted = Z * weights[:, None]
    solved = np.linalg.solve(
        weighted.T @ Z + np.diag(penalties), np.column_stack([(weighted * target[:, None]).T, prior])
    )
    total = solved.sum(1)
    return Folded(float(total[0]) if lead else 0.0, total[lead:], solved[lead:, :m].T, solved[lead:, m])


def _from_likes(factors: Factors, ridge: Ridge, Q: np.ndarray) -> Folded:
    """For a user who has items and says no more: their dot products drawn to `liked`, everybody else's to `other`."""
    m, K = Q.shape
    every = factors.Q.astype(np.float64)
    lightness = m / len(every)
    A = lightness * every.T @ every + Q.T @ Q + ridge.penalty * np.eye(K)
    rest = lightness * ridge.other * every.sum(0) + ridge.penalty * ridge.prior
    solved = np.linalg.solve(A, np.column_stack([ridge.liked * Q.T, rest]))
    return Folded(0.0, solved.sum(1), solved[:, :m].T, solved[:, m])


def estimated_ridge(factors: Factors, error: float, biased: bool) -> Ridge:
    """For vectors that were not made by this regression: the penalty that the spread of users' vectors and the mean
    squared error of ratings not trained on call for, were both normal."""
    P = factors.P.astype(np.float64)
    prior = P.mean(0)
    penalty = error / max(float(((P - prior) ** 2).mean()), 1e-9)
    damping = error / max(float((factors.user_bias**2).mean()), 1e-9) if biased else None
    return Ridge(penalty, prior, damping)


def estimated_likes(factors: Factors, user: np.ndarray, item: np.ndarray) -> Ridge:
    """The same for a ranking, from pairs (n,) that were trained on: what their dot products are on average, and those
    of all pairs."""
    P = factors.P.astype(np.float64)
    prior = P.mean(0)
    dots = np.einsum("nk,nk->n", factors.P[user], factors.Q[item])
    penalty = float(dots.var()) / max(float(((P - prior) ** 2).mean()), 1e-9)
    other = float(prior @ factors.Q.mean(0))
    return Ridge(max(penalty, 1e-6), prior, liked=float(dots.mean()), other=other)
