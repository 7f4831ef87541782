"""Alternating least squares for ratings: with the items held still every user is a ridge regression, and the other way
round. Hu, Koren and Volinsky 2008 (ICDM), Zhou et al. 2008 (AAIM); biases are solved for together with the vectors.

It lowers, in units of the ratings' deviation,

    each rating's part:  w[u] · t[u, i] · (r - b[u] - c[i] - P[u]·Q[i])²
    user u's part:       w[u] · ( damping · b[u]² + penalty · sqrt(n[u] / mean n) · |P[u]|² )
    item i's part:       damping · c[i]² + penalty · |Q[i]|²

where w[u] is large for users whose ratings the biases explain well (a user who rates at random tells little of items)
and t is small for single ratings far from what the biases say, as if errors had Student's distribution with 20 degrees
of freedom. On ml-latest-small (four fifths of it, split again) w took 0.0022 off the RMSE, the square root in
the users' penalty 0.001, biases solved for together with the vectors 0.0016, t 0.0022 off the mean absolute error.

The penalty is found on the way. It begins weak and grows by the same factor each round, each round starting from the
last one's vectors, and the moment that is best on the validation part is kept. The other way about fails: under a
strong penalty all vectors are 0, and from 0 the alternation never leaves.

The regressions are solved by conjugate gradients from the last round's solution, as in Takács, Pilászy and Tikk 2011
(RecSys), in a compiled kernel; rows are independent, so that any number of threads gives the same numbers.

Letters: U users, I items, K dimensions, n ratings. Column 0 of a side's array is the bias, the others the vector.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numba as nb
import numpy as np

from embedviz.core.progress import Progress
from embedviz.models.ratings.biases import DAMPING, Biases, fit_biases
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.fold_in import Ridge

if TYPE_CHECKING:
    from embedviz.models.ratings.parts import RatingsParts

STEPS = 4  # of conjugate gradients for a row, each round
WEAKEST, STRONGEST = 0.5, 40.0  # penalties of the first and the last round
TAILS = 20.0  # degrees of freedom of the errors' distribution
STEADY_RATINGS = 10.0  # that a user's deviation is drawn towards everybody's by
FIRST_LENGTH = 0.1  # deviation of the numbers that vectors begin with
SPAN = 500_000  # numbers of vectors (ratings times K) that a thread takes at a time
EVENT_EVERY = 0.25  # seconds
_POOL = ThreadPoolExecutor(256, thread_name_prefix="als")


@nb.njit(fastmath=True, nogil=True, cache=True)
def solve_rows(starts, partner, target, weight, X, Y, damping, penalty, steps, first, last):
    """Moves rows first to last of X (n, 1 + K) towards their ridge regressions on Y (m, 1 + K), in place.

    Row a has the entries starts[a] to starts[a + 1]: partner, a row of Y; target, what is rated; weight. damping: on
    X[a, 0]; penalty (n,): on the rest of X[a].
    """
    K = X.shape[1]
    scratch = np.empty(
        (3, K), np.float32
    )  # one piece, for separate ones lie differently each time, and rounding with it
    rest, direction, image = scratch[0], scratch[1], scratch[2]
    for a in range(first, last):
        x, ridge = X[a], penalty[a]
        for k in range(1, K):
            rest[k] = -ridge * x[k]
        rest[0] = -damping * x[0]
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
    """(rounds,): the penalty of each round; the one that is given, or from weak to strong."""
    return np.full(rounds, penalty) if penalty is not None else np.geomspace(WEAKEST, STRONGEST, rounds)


class Als:
    """The alternation over training ratings: run it, and ask for the factors at their best or as they are."""

    def __init__(self, parts: RatingsParts, settings: Any, measure: Callable[[Factors], dict[str, float]]):
        """measure gives scores of the factors, "validation/rmse" and "train/rmse" among them."""
        user, item, rating = parts.train.user, parts.train.item, parts.train.rating
        n_users, n_items, dim = len(parts.users), len(parts.items), settings.dim
        self._measure, self.train_item = measure, item
        self.mean, self.unit = float(rating.mean(dtype=np.float64)), float(rating.std(dtype=np.float64))
        self._range = parts.scale
        target = ((rating - self.mean) / self.unit).astype(np.float32)
        biases = fit_biases(user, item, target, n_users, n_items)
        user_weight, self.weight = _weights(target - biases.predict(user, item), user, n_users)
        per_user = np.bincount(user, minlength=n_users)
        self.user_penalty = np.sqrt(per_user / per_user.mean())
        self.penalties = penalty_path(settings.penalty, settings.rounds)
        # a user's own weight scales the whole regression, penalty included, and so falls out of it
        self._sides = (
            _Side(item, user, target, self.weight * user_weight[user], n_items, dim, DAMPING[1]),
            _Side(user, item, target, self.weight, n_users, dim, DAMPING[0]),
        )
        rng = np.random.default_rng(settings.seed)
        self.P = FIRST_LENGTH * rng.standard_normal((n_users, 1 + dim), dtype=np.float32)
        self.Q = FIRST_LENGTH * rng.standard_normal((n_items, 1 + dim), dtype=np.float32)
        self.P[:, 0], self.Q[:, 0] = biases.user, biases.item
        self.best_P, self.best_Q, self.best_rmse, self.best_penalty = self.P, self.Q, None, float(self.penalties[0])
        self._round = self._side = self._span = 0

    def run(self, threads: int) -> Iterator[Progress]:
        """Goes on from where it is; an event about every quarter of a second and after each round."""
        begun, first, said = time.perf_counter(), self._round, time.perf_counter()
        n = len(self._sides[0].target)
        growing = " (it grows, and the training loss with it)" if self.penalties[-1] > self.penalties[0] else ""
        while self._round < len(self.penalties):
            side, (X, Y) = self._sides[self._side], ((self.Q, self.P), (self.P, self.Q))[self._side]
            penalty = self._penalty_of(self._side, self.penalties[self._round])
            batch = side.spans[self._span : self._span + max(1, threads)]
            solving = [_POOL.submit(side.solve, X, Y, penalty, span) for span in batch[1:]]
            side.solve(X, Y, penalty, batch[0])
            for one in solving:
                one.result()
            self._span += len(batch)
            metrics, best = {}, False
            if self._span >= len(side.spans):
                self._span, self._side = 0, 1 - self._side
                if self._side == 0:
                    metrics = self._measure(self.factors(best=False))
                    best = self._keep_if_best(metrics["validation/rmse"], float(self.penalties[self._round]))
                    self._round += 1
            now = time.perf_counter()
            if metrics or now - said > EVENT_EVERY:
                said, done = now, self._round - first
                yield Progress(
                    step=self._round,
                    total_steps=len(self.penalties),
                    epoch=float(self._round),
                    loss=metrics["train/rmse"] ** 2 if "train/rmse" in metrics else None,
                    metrics=metrics,
                    examples_per_second=done * n / (now - begun),
                    seconds_left=(len(self.penalties) - self._round) * (now - begun) / done if done else None,
                    message=f"Training, penalty {self.penalties[min(self._round, len(self.penalties) - 1)]:.3g}{growing}",
                    best=best,
                )

    def factors(self, best: bool = True) -> Factors:
        """In the ratings' own unit: the vectors share the deviation between them."""
        P, Q = (self.best_P, self.best_Q) if best else (self.P, self.Q)
        root = np.float32(np.sqrt(self.unit))
        user_bias, item_bias = P[:, 0] * np.float32(self.unit), Q[:, 0] * np.float32(self.unit)
        fallback = Biases(self.mean, user_bias.astype(np.float64), item_bias.astype(np.float64))
        return Factors(root * P[:, 1:], root * Q[:, 1:], user_bias, item_bias, self.mean, *self._range, fallback)

    def ridge(self) -> Ridge:
        """What a new user is folded in with: the last round's own regression, in the ratings' unit."""
        typical = float(np.diff(self._sides[1].starts).mean())
        return Ridge(self.best_penalty * self.unit, np.zeros(self.P.shape[1] - 1), DAMPING[0], typical)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        arrays = {"P": self.P, "Q": self.Q, "best_P": self.best_P, "best_Q": self.best_Q}
        names = ("_round", "_side", "_span", "best_rmse", "best_penalty")
        return arrays, {name.strip("_"): getattr(self, name) for name in names}

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        self.P, self.Q = arrays["P"].copy(), arrays["Q"].copy()
        self.best_P, self.best_Q = arrays["best_P"].copy(), arrays["best_Q"].copy()
        self._round, self._side, self._span = values["round"], values["side"], values["span"]
        self.best_rmse, self.best_penalty = values["best_rmse"], values["best_penalty"]
        if self.best_rmse is None:  # before the first measurement the current vectors are the best there are
            self.best_P, self.best_Q = self.P, self.Q

    def _penalty_of(self, side: int, penalty: float) -> np.ndarray:
        scale = self.user_penalty if side == 1 else np.ones(len(self.Q))
        return (penalty * scale).astype(np.float32)

    def _keep_if_best(self, rmse: float, penalty: float) -> bool:
        if self.best_rmse is not None and rmse >= self.best_rmse:
            return False
        self.best_P, self.best_Q = self.P.copy(), self.Q.copy()
        self.best_rmse, self.best_penalty = rmse, penalty
        return True


class _Side:
    """The ratings sorted by the rows of one side, and cut into spans of rows that are about equally much work."""

    def __init__(
        self, row: np.ndarray, partner: np.ndarray, target: np.ndarray, weight: np.ndarray, n: int, dim: int,
        damping: float,
    ):  # fmt: skip
        order = np.argsort(row, kind="stable")
        self.starts = np.r_[0, np.cumsum(np.bincount(row, minlength=n))]
        self.partner, self.target, self.weight = partner[order].astype(np.int32), target[order], weight[order]
        self.damping = np.float32(damping)
        cuts = np.searchsorted(self.starts, np.arange(0, len(row), max(1, SPAN // (dim + 1))))
        cuts = np.unique(np.r_[0, cuts.clip(0, n), n])
        self.spans = list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))

    def solve(self, X: np.ndarray, Y: np.ndarray, penalty: np.ndarray, span: tuple[int, int]) -> None:
        solve_rows(self.starts, self.partner, self.target, self.weight, X, Y, self.damping, penalty, STEPS, *span)


def _weights(error: np.ndarray, user: np.ndarray, n_users: int) -> tuple[np.ndarray, np.ndarray]:
    """w (U,) and t (n,) float32 of the ratings whose errors (n,) under the biases alone are these.

    w: everybody's mean squared error over the user's own, which is drawn towards everybody's where ratings are few.
    t: the weight of an error under Student's distribution, 1 on average.
    """
    n = np.bincount(user, minlength=n_users)
    everybody = max(float((error**2).mean()), 1e-12)
    own = (np.bincount(user, error**2, n_users) + STEADY_RATINGS * everybody) / (n + STEADY_RATINGS)
    t = (TAILS + 1) / (TAILS + error**2 / own[user])
    return (everybody / own).astype(np.float32), (t / t.mean()).astype(np.float32)


def warm_up() -> None:
    """Compiles the kernel, or loads it from numba's cache on disk."""
    measure_speed(ratings=100)


def measure_speed(ratings: int = 20_000) -> float:
    """Ratings a second that one thread solves on one side at 64 dimensions."""
    rng = np.random.default_rng(0)
    size = max(1, ratings // 10)
    side = _Side(rng.integers(0, size, ratings), rng.integers(0, size, ratings), rng.standard_normal(ratings, np.float32), np.ones(ratings, np.float32), size, 64, 1.0)  # fmt: skip
    X, Y = rng.standard_normal((2, size, 65), np.float32)
    begun = time.perf_counter()
    side.solve(X, Y, np.full(size, 10, np.float32), (0, size))
    return ratings / (time.perf_counter() - begun)
