"""Implicit alternating least squares: vectors whose dot product is near 1 for the pairs that occur, and 0 for all others.

Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets" (ICDM), with the scaling of the
penalty and of the weight of pairs that do not occur by Rendle, Krichene, Zhang and Koren 2022, "Revisiting the performance
of iALS on item recommendation benchmarks" (RecSys), section 3. It minimises

    sum over pairs that occur   w[u, i] · (1 - P[u]·Q[i])²
    + sum over all pairs        α · (P[u]·Q[i])²
    + penalty · ( sum over u (Σ_i w[u, i] + α I) |P[u]|² + sum over i (Σ_u w[u, i] + α U) |Q[i]|² )

where w[u, i] = exp(c · z), z the rating less the user's mean in standard deviations of all ratings, so that a pair with a
high rating weighs more; 1 without ratings.

c = 0.5 was chosen on validation sets. On ml-latest-small (a twentieth of each of five training sets, 128 dimensions) the
NDCG@10 of c = 0, 0.3, 0.5, 0.6, 0.9 was 0.119, 0.123, 0.122, 0.122, 0.118 where every rated item is to be found; of the
items rated high c = 0.3 to 1 find equally many. On the generated sample, whose users do not choose what they rate by their
taste, a larger c is better: 0.116, 0.121, 0.127 for c = 0.3, 0.5, 1. With 192 dimensions α = 0.1, 0.15, 0.25 gave 0.123,
0.124, 0.122. What changed little and was left out: powers of a row's ratings in the penalty other than 1, weights of users,
α that grows with an item's ratings, genres and years as further rows, users' vectors made without the item that is solved
for.

The penalty is found on the way: it grows by the same factor each round, each round starts from the last one's vectors,
and the best round on the validation set is kept.

Each row is moved towards its solution by conjugate gradients from the last round's (Takács, Pilászy and Tikk 2011,
RecSys): the part that is the same for all rows, α YᵀY, as one product of matrices for a span of rows, the pairs that occur
in a compiled kernel.

Letters: U users, I items, K dimensions, n pairs that occur in the training set.
"""

from __future__ import annotations

import numpy as np

from embedviz.core.compiled import compiled
from embedviz.models.ratings.alternation import Alternation, Score, spans_of
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.ranking import PRIOR_RATINGS, weights_of
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.training.protocols import Weights

CG_STEPS = 4  # of conjugate gradients for a row, each round
MIN_PENALTY, MAX_PENALTY = 0.003, 0.04  # of the first and the last round
REFIT_ROUNDS = 3  # with the validation set, from the best round's vectors
SPAN_PAIRS = 8_000  # pairs that a thread takes at a time
INIT_STD = 0.1  # of a vector's length at the start, about
TINY = 1e-20


@compiled
def add_weighted_sums(
    starts: np.ndarray, partner: np.ndarray, weight: np.ndarray, Y: np.ndarray, first: int, last: int, out: np.ndarray
) -> None:
    """Add to row a - first of out (last - first, K) the sum of weight[j] · Y[partner[j]] over the entries j of row a.

    Row a has the entries starts[a] to starts[a + 1].
    """
    K = Y.shape[1]
    for a in range(first, last):
        total = out[a - first]
        for j in range(starts[a], starts[a + 1]):
            y, w = Y[partner[j]], weight[j]
            for k in range(K):
                total[k] += w * y[k]


@compiled
def add_products(
    starts: np.ndarray, partner: np.ndarray, weight: np.ndarray, Y: np.ndarray, X: np.ndarray, sign: np.float32,
    first: int, last: int, out: np.ndarray,
) -> None:  # fmt: skip
    """Add to row a - first of out the sum of sign · weight[j] · (X[a - first]·y) · y over the entries j of row a of
    `add_weighted_sums`, with y = Y[partner[j]]; X and out (last - first, K)."""
    K = Y.shape[1]
    for a in range(first, last):
        x, total = X[a - first], out[a - first]
        for j in range(starts[a], starts[a + 1]):
            y = Y[partner[j]]
            dot = np.float32(0)
            for k in range(K):
                dot += x[k] * y[k]
            dot *= sign * weight[j]
            for k in range(K):
                total[k] += dot * y[k]


class ImplicitSide:
    """The pairs that occur, sorted by the rows of one side.

    Parameters
    ----------
    row, partner, weight
        (n,) of each pair: its row, the row of the other side, and w.
    n_rows, n_partners
        Rows of this side and of the other.
    unobserved
        α.
    """

    def __init__(
        self, row: np.ndarray, partner: np.ndarray, weight: np.ndarray, n_rows: int, n_partners: int, unobserved: float
    ):
        order = np.argsort(row, kind="stable")
        self.starts = np.r_[0, np.cumsum(np.bincount(row, minlength=n_rows))]
        self.partner, self.weight = partner[order].astype(np.int32), weight[order].astype(np.float32)
        self.scale = (np.bincount(row, weight, n_rows) + unobserved * n_partners).astype(np.float32)  # of the penalty
        self.spans = spans_of(self.starts, SPAN_PAIRS)
        self._unobserved, self._shared = np.float32(unobserved), np.zeros((0, 0), np.float32)
        self.begun: np.ndarray | None = None  # `_shared` follows from the other side, which is held still

    def begin(self, X: np.ndarray, Y: np.ndarray) -> None:
        """Compute α YᵀY."""
        self._shared = self._unobserved * (Y.T @ Y)

    def solve(self, X: np.ndarray, Y: np.ndarray, penalty: float, span: tuple[int, int]) -> None:
        """Solve the rows of a span of X, this side's array, on the other side's Y, in place."""
        first, last = span
        pairs = self.starts, self.partner, self.weight
        x, ridge = X[first:last], (np.float32(penalty) * self.scale[first:last])[:, None]
        rest = -(x @ self._shared) - ridge * x
        add_weighted_sums(*pairs, Y, first, last, rest)
        add_products(*pairs, Y, x, np.float32(-1), first, last, rest)
        direction, size = rest.copy(), _squares(rest)
        for _ in range(CG_STEPS):
            image = direction @ self._shared + ridge * direction
            add_products(*pairs, Y, direction, np.float32(1), first, last, image)
            step = (size / np.maximum(np.einsum("nk,nk->n", direction, image), TINY))[:, None]
            x += step * direction
            rest -= step * image
            left = _squares(rest)
            direction *= (left / np.maximum(size, TINY))[:, None]
            direction += rest
            size = left


def implicit_alternation(
    parts: RatingsParts,
    settings: RatingsSettings,
    threads: int,
    score: Score | None,
    start: Weights | None = None,
) -> Alternation:
    """Return the engine that learns to rank.

    Its weights: "P" (U, K) and "Q" (I, K) float32.

    Parameters
    ----------
    parts
        With ratings, or without.
    settings
        dim, ranking_rounds, ranking_penalty, unobserved_weight, rating_confidence and seed count.
    threads
        That solve rows side by side.
    score
        Measures weights: "validation/ndcg@10" among the scores.
    start
        Weights to go on from under the penalty they were solved with, for `REFIT_ROUNDS`; None to begin.
    """
    n_users, n_items, alpha = len(parts.users), len(parts.items), settings.unobserved_weight
    user, item, weight = parts.train.user, parts.train.item, pair_weights(parts, settings.rating_confidence)
    items = ImplicitSide(item, user, weight, n_items, n_users, alpha)
    users = ImplicitSide(user, item, weight, n_users, n_items, alpha)
    if start is None:
        rng, std = np.random.default_rng(settings.seed), np.float32(INIT_STD / np.sqrt(settings.dim))
        user_rows = std * rng.standard_normal((n_users, settings.dim), dtype=np.float32)
        item_rows = std * rng.standard_normal((n_items, settings.dim), dtype=np.float32)
        if settings.ranking_penalty is None:
            penalties = np.geomspace(MIN_PENALTY, MAX_PENALTY, settings.ranking_rounds)
        else:
            penalties = np.full(settings.ranking_rounds, settings.ranking_penalty)
    else:
        user_rows, item_rows = np.array(start["P"]), np.array(start["Q"])
        penalties = np.full(REFIT_ROUNDS, start["penalty"][0])
    what = "Learning to rank" if start is None else "Learning to rank with the validation set"
    return Alternation(
        items, users, user_rows, item_rows, penalties, examples=len(user), threads=threads, score=score,
        message=lambda penalty: f"{what}, penalty {penalty:.3g}",
    )  # fmt: skip


def pair_weights(parts: RatingsParts, confidence: float) -> np.ndarray:
    """Return w of each rating of the training set, (n,) float32; 1 where there are no ratings."""
    train = parts.train
    if not parts.is_explicit:
        return np.ones(len(train), np.float32)
    count = np.bincount(train.user, minlength=len(parts.users))
    total = np.bincount(train.user, train.rating - parts.mean, len(parts.users))
    return weights_of(train.rating, parts.mean + (total / (count + PRIOR_RATINGS))[train.user], parts.std, confidence)


def _squares(rows: np.ndarray) -> np.ndarray:
    return np.einsum("nk,nk->n", rows, rows)
