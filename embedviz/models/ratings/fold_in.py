"""A user's vector from a few ratings, in closed form, with each rating's share in it: the source of recommendations.

A vector that minimises a ridge regression is a sum over the rated items, so every estimate is one too, and each rated
item's part in it is the reason "because you liked". Hu, Koren and Volinsky 2008 (ICDM), section 5.
Letters: K dimensions, I items, m rated items, n pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.models.ratings.factors import Factors


@dataclass(frozen=True, eq=False)
class Ridge:
    """The regression that makes a user's vector.

    Attributes
    ----------
    penalty
        On the squared distance of the vector from the prior.
    prior
        (K,), the vector of a user without ratings.
    damping
        Penalty on the user's bias; None where users have none.
    typical
        Ratings of a typical user: the penalty grows as the square root of the ratings over these; None for a constant
        penalty.
    liked, other
        Targets of the dot products with the user's items and, all together as heavy, with all items; None where ratings
        are the targets.
    """

    penalty: float
    prior: np.ndarray
    damping: float | None = None
    typical: float | None = None
    liked: float | None = None
    other: float | None = None


@dataclass(frozen=True, eq=False)
class FoldedIn:
    """A user's vector = shares.sum(0) + rest.

    Attributes
    ----------
    bias
        Of the user.
    vector
        (K,).
    shares
        (m, K), what each rated item adds to the vector.
    rest
        (K,), what comes from no single item.
    """

    bias: float
    vector: np.ndarray
    shares: np.ndarray
    rest: np.ndarray


def fold_in(
    factors: Factors, ridge: Ridge, items: np.ndarray, ratings: np.ndarray, weights: np.ndarray | None = None
) -> FoldedIn:
    """Return the user who gave these ratings.

    Parameters
    ----------
    items, ratings
        (m,) places and ratings; the latter are ignored where the ridge has targets of its own.
    weights
        (m,) of the ratings; None for 1.
    """
    Q = factors.Q[items].astype(np.float64)
    m, K = Q.shape
    lead = 0 if ridge.damping is None else 1  # a column of ones for the user's bias
    Z = np.hstack([np.ones((m, lead)), Q])
    penalty = ridge.penalty * (np.sqrt(m / ridge.typical) if ridge.typical else 1.0)
    regularizer = np.diag(np.r_[[ridge.damping] * lead, np.full(K, penalty)])
    rest = np.r_[np.zeros(lead), penalty * ridge.prior]
    target = ratings - factors.mean - factors.item_bias[items].astype(np.float64)
    if ridge.liked is not None and ridge.other is not None:  # the dot products of the user's items, and of all items
        every = factors.Q.astype(np.float64)
        regularizer += m / len(every) * every.T @ every
        rest += m / len(every) * ridge.other * every.sum(0)
        target = np.full(m, ridge.liked)
    weighted = Z if weights is None else Z * weights[:, None].astype(np.float64)
    solved = np.linalg.solve(weighted.T @ Z + regularizer, np.column_stack([(weighted * target[:, None]).T, rest]))
    total = solved.sum(1)
    return FoldedIn(float(total[0]) if lead else 0.0, total[lead:], solved[lead:, :m].T, solved[lead:, m])


def estimate_ridge(factors: Factors, squared_error: float) -> Ridge:
    """Return the ridge for vectors that were not made by this regression.

    Its penalty is what the spread of users' vectors and the mean squared error of ratings not trained on call for, were
    both normal.
    """
    P = factors.P.astype(np.float64)
    prior = P.mean(0)
    penalty = squared_error / max(float(((P - prior) ** 2).mean()), 1e-9)
    damping = squared_error / max(float((factors.user_bias**2).mean()), 1e-9) if factors.user_bias.any() else None
    return Ridge(penalty, prior, damping)


def estimate_ridge_of_likes(factors: Factors, user: np.ndarray, item: np.ndarray) -> Ridge:
    """Return the same for a ranking: its targets are the mean dot product of the training pairs (n,), and of all pairs."""
    P = factors.P.astype(np.float64)
    prior = P.mean(0)
    dots = np.einsum("nk,nk->n", factors.P[user], factors.Q[item])
    penalty = float(dots.var()) / max(float(((P - prior) ** 2).mean()), 1e-9)
    return Ridge(max(penalty, 1e-6), prior, liked=float(dots.mean()), other=float(prior @ factors.Q.mean(0)))
