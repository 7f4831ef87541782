"""Alternating least squares for ratings: with the items held still every user is a ridge regression, and vice versa.

Hu, Koren and Volinsky 2008 (ICDM), Zhou et al. 2008 (AAIM); biases are solved for together with the vectors. It
minimises, in units of the ratings' standard deviation, the sum of

    each rating's part:  w[u] · t[u, i] · (r - b[u] - c[i] - P[u]·Q[i])²
    user u's part:       w[u] · ( damping · (b[u] - b'[u])² + penalty · sqrt(n[u] / mean n) · |P[u] - P'[u]|² )
    item i's part:       damping · (c[i] - c'[i])² + penalty · |Q[i] - Q'[i]|²

where w[u] is large for users whose ratings the biases explain well (a user who rates at random says little about items)
and t is small for single ratings far from what the biases estimate, as if errors had Student's t-distribution with 20
degrees of freedom. On ml-latest-small (four fifths of it, split again) w took 0.0022 off the RMSE, the square root in the
users' penalty 0.001, solving for biases and vectors together 0.0016, t 0.0022 off the mean absolute error.

c' and Q' are linear in what is known of the item besides: its vector in the ranking, which was learned first, and the columns
that describe it; b' and P' in the columns that describe the user; 0 where nothing is known (Agarwal and Chen 2009,
"Regression-based latent factor models", KDD). The map is fitted again each round, as a ridge regression of the present rows.
So an item with few ratings lies near those that the same users rate, and one without has an estimate. On validation sets the
vectors of the ranking took 0.025 off the RMSE of ml-latest-small, 0.009 off Douban's and 0.006 off Flixster's; those of
users gave nothing.

The penalty is found on the way: it grows by the same factor each round, each round starts from the last one's vectors,
and the best round on the validation set is kept. The other direction fails: under a strong penalty all vectors are 0,
and from 0 the alternation never leaves.

The regressions are solved by conjugate gradients from the last round's solution, as in Takács, Pilászy and Tikk 2011
(RecSys), in a compiled kernel.

Letters: U users, I items, K dimensions, n ratings. Column 0 of a side's array is the bias, the others the vector.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from embedviz.core.compiled import compiled
from embedviz.models.ratings.alternation import Alternation, Score, spans_of
from embedviz.models.ratings.biases import DAMPING, fit_biases
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.training.protocols import Weights

CG_STEPS = 4  # of conjugate gradients for a row, each round
REFIT_ROUNDS = 4  # with the validation set, from the best round's vectors
MIN_PENALTY, MAX_PENALTY = 0.5, 40.0  # of the first and the last round
DEGREES_OF_FREEDOM = 20.0  # of the errors' distribution
ITEM_DAMPING = 6.0  # of an item's bias
MAP_PENALTY = 100.0  # of the map from features to the rows that are drawn towards it
FEATURE_SIZE = 0.3  # root mean square of a feature
MAP_RATINGS = 10.0  # of a row, at which it counts half in that map
PRIOR_RATINGS = 10.0  # that draw a user's squared error towards everybody's
INIT_STD = 0.1
SPAN_NUMBERS = 500_000  # ratings times K that a thread takes at a time


@compiled
def solve_rows(
    starts: np.ndarray, partner: np.ndarray, target: np.ndarray, weight: np.ndarray, X: np.ndarray, Y: np.ndarray,
    prior: np.ndarray, damping: np.float32, penalty: np.ndarray, steps: int, first: int, last: int,
) -> None:  # fmt: skip
    """Move rows first to last of X (n, 1 + K) towards their ridge regressions on Y (m, 1 + K), in place.

    Row a has the entries starts[a] to starts[a + 1]: partner, a row of Y; target, the rating; weight. damping: on the
    distance of X[a, 0] from the prior (n, 1 + K); penalty (n,): on the distance of the rest of X[a].
    """
    K = X.shape[1]
    scratch = np.empty((3, K), np.float32)  # one piece: separate ones lie differently each time, and rounding with them
    rest, direction, image = scratch[0], scratch[1], scratch[2]
    for a in range(first, last):
        x, ridge = X[a], penalty[a]
        for k in range(1, K):
            rest[k] = ridge * (prior[a, k] - x[k])
        rest[0] = damping * (prior[a, 0] - x[0])
        for j in range(starts[a], starts[a + 1]):
            y = Y[partner[j]]
            guess = x[0] + y[0]
            for k in range(1, K):
                guess += y[k] * x[k]
            error = (target[j] - guess) * weight[j]
            rest[0] += error
            for k in range(1, K):
                rest[k] += error * y[k]
        size = np.float32(0)
        for k in range(K):
            direction[k] = rest[k]
            size += rest[k] * rest[k]
        for _ in range(steps):
            if size < 1e-12:
                break
            for k in range(1, K):
                image[k] = ridge * direction[k]
            image[0] = damping * direction[0]
            for j in range(starts[a], starts[a + 1]):
                y = Y[partner[j]]
                dot = direction[0]
                for k in range(1, K):
                    dot += y[k] * direction[k]
                dot *= weight[j]
                image[0] += dot
                for k in range(1, K):
                    image[k] += dot * y[k]
            bend = np.float32(0)
            for k in range(K):
                bend += direction[k] * image[k]
            step = size / bend
            left = np.float32(0)
            for k in range(K):
                x[k] += step * direction[k]
                rest[k] -= step * image[k]
                left += rest[k] * rest[k]
            for k in range(K):
                direction[k] = rest[k] + left / size * direction[k]
            size = left


def penalty_path(penalty: float | None, rounds: int) -> np.ndarray:
    """Return the penalty of each round (rounds,): the given one, or from `MIN_PENALTY` to `MAX_PENALTY`."""
    return np.full(rounds, penalty) if penalty is not None else np.geomspace(MIN_PENALTY, MAX_PENALTY, rounds)


class Explicit(NamedTuple):
    """What estimates ratings.

    Attributes
    ----------
    engine
        Does the work.
    items, users
        Its sides, whose `features` may be set before it begins.
    rating_weight
        t of each rating of the training set, (n,) float32.
    """

    engine: Alternation
    items: ExplicitSide
    users: ExplicitSide
    rating_weight: np.ndarray


def explicit_alternation(
    parts: RatingsParts,
    settings: RatingsSettings,
    threads: int,
    score: Score | None,
    start: Weights | None = None,
) -> Explicit:
    """Return the engine that estimates ratings.

    Its weights: "P" (U, 1 + K) and "Q" (I, 1 + K) float32, in units of the ratings' standard deviation.

    Parameters
    ----------
    parts
        With ratings.
    settings
        dim, rounds, penalty and seed count.
    threads
        That solve rows side by side.
    score
        Measures weights: "validation/rmse" among the scores.
    start
        Weights to go on from under the penalty they were solved with, for `REFIT_ROUNDS`; None to begin.
    """
    user, item = parts.train.user, parts.train.item
    n_users, n_items, dim = len(parts.users), len(parts.items), settings.dim
    target = ((parts.train.rating - parts.mean) / parts.std).astype(np.float32)
    biases = fit_biases(user, item, target, n_users, n_items)
    user_weight, rating_weight = _weights(target - biases.predict(user, item), user, n_users)
    # a user's own weight scales the whole regression, penalty included, and so cancels out of the users' side
    per_user = np.bincount(user, minlength=n_users).clip(1)
    items = ExplicitSide(item, user, target, rating_weight * user_weight[user], dim, ITEM_DAMPING, np.ones(n_items))
    users = ExplicitSide(user, item, target, rating_weight, dim, DAMPING[0], np.sqrt(per_user / per_user.mean()))
    if start is None:
        rng = np.random.default_rng(settings.seed)
        user_rows = INIT_STD * rng.standard_normal((n_users, 1 + dim), dtype=np.float32)
        item_rows = INIT_STD * rng.standard_normal((n_items, 1 + dim), dtype=np.float32)
        user_rows[:, 0], item_rows[:, 0] = biases.user, biases.item
        penalties = penalty_path(settings.penalty, settings.rounds)
    else:
        user_rows, item_rows = np.array(start["P"]), np.array(start["Q"])
        penalties = np.full(REFIT_ROUNDS, start["penalty"][0])
    is_growing = penalties[-1] > penalties[0]

    def message(penalty: float) -> str:
        what = "Training" if start is None else "Training with the validation set"
        return f"{what}, penalty {penalty:.3g}" + (" (it grows from round to round)" if is_growing else "")

    engine = Alternation(
        items,
        users,
        user_rows,
        item_rows,
        penalties,
        examples=len(target),
        threads=threads,
        score=score,
        message=message,
    )
    return Explicit(engine, items, users, rating_weight)


class ExplicitSide:
    """The ratings sorted by the rows of one side, and cut into spans of rows that are about equally much work.

    Attributes
    ----------
    features
        (n, F) numbers of each row, of which a linear map makes what the rows are drawn towards; None for zero.
    begun
        (n, 1 + D) float32, what the rows are drawn towards; None for zero.
    """

    def __init__(
        self, row: np.ndarray, partner: np.ndarray, target: np.ndarray, weight: np.ndarray, dim: int, damping: float,
        penalty_scale: np.ndarray,
    ):  # fmt: skip
        n, order = len(penalty_scale), np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=n)
        self.starts = np.r_[0, np.cumsum(counts)]
        self.partner, self.target, self.weight = partner[order].astype(np.int32), target[order], weight[order]
        self.damping, self.penalty_scale = np.float32(damping), penalty_scale
        self.spans = spans_of(self.starts, SPAN_NUMBERS // (dim + 1))
        self.features: np.ndarray | None = None
        self._counts = counts
        self.begun: np.ndarray | None = None
        self._zero = np.zeros((n, 1 + dim), np.float32)

    def begin(self, X: np.ndarray, Y: np.ndarray) -> None:
        """Compute what the rows are drawn towards: the map from features to the present rows that fits them best."""
        if self.features is not None:
            self.begun = self.features @ map_from(self.features, X, self._counts)

    def solve(self, X: np.ndarray, Y: np.ndarray, penalty: float, span: tuple[int, int]) -> None:
        """Solve the rows of a span of X, this side's array, on the other side's Y, in place."""
        penalties = (penalty * self.penalty_scale).astype(np.float32)
        ratings = self.starts, self.partner, self.target, self.weight
        prior = self._zero if self.begun is None else self.begun
        solve_rows(*ratings, X, Y, prior, self.damping, penalties, CG_STEPS, *span)


def map_from(features: np.ndarray, rows: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the ridge regression of rows (n, K) on features (n, F), weighted by their ratings (n,): (F, K) float32."""
    weighted = features.T.astype(np.float64) * (counts / (counts + MAP_RATINGS))
    system = weighted @ features + MAP_PENALTY * np.eye(features.shape[1])
    return np.linalg.solve(system, weighted @ rows).astype(np.float32)


def of_usual_size(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (n, K) as features: scaled so that the root mean square of a number is `FEATURE_SIZE`."""
    size = max(float(np.sqrt(np.mean(vectors**2))), 1e-9)
    return vectors * np.float32(FEATURE_SIZE / size)


def _weights(error: np.ndarray, user: np.ndarray, n_users: int) -> tuple[np.ndarray, np.ndarray]:
    """Return w (U,) and t (n,) float32 of ratings whose errors (n,) under the biases alone are these.

    w: everybody's mean squared error over the user's own, which is drawn towards everybody's where ratings are few.
    t: the weight of an error under Student's t-distribution, 1 on average.
    """
    n = np.bincount(user, minlength=n_users)
    overall = max(float((error**2).mean()), 1e-12)
    own = (np.bincount(user, error**2, n_users) + PRIOR_RATINGS * overall) / (n + PRIOR_RATINGS)
    t = (DEGREES_OF_FREEDOM + 1) / (DEGREES_OF_FREEDOM + error**2 / own[user])
    return (overall / own).astype(np.float32), (t / t.mean()).astype(np.float32)
