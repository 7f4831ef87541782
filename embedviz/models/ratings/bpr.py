"""Bayesian personalised ranking by stochastic gradient descent in a compiled kernel.

Rendle, Freudenthaler, Gantner and Schmidt-Thieme 2009, "BPR: Bayesian personalized ranking from implicit feedback" (UAI),
section 4.3. For a user u, an item i that u has and an item j that u does not have, drawn for each pair in each epoch, a step
of gradient descent lowers -log sigmoid(x[u, i] - x[u, j]) with x[u, i] = c[i] + P[u]·Q[i], and with weight decay on what it
uses; a user's own bias would change no order. Threads take parts of an epoch side by side without locks (Niu et al. 2011,
"Hogwild", NeurIPS); one thread repeats itself.

Letters: U users, I items, K dimensions, n pairs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from typing_extensions import TypedDict

from embedviz.core.compiled import compiled
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.training.learner import ADVANCE_SECONDS, Advance
from embedviz.training.protocols import State, Weights

MULTIPLY, ADD = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth's MMIX generator
BLOCK_PAIRS = 20_000  # that a thread takes at a time
MEASUREMENTS = 40  # of a whole training: ranking all items takes longer than an epoch


@compiled
def train_pairs(
    user: np.ndarray, item: np.ndarray, starts: np.ndarray, owned: np.ndarray, P: np.ndarray, Q: np.ndarray,
    bias: np.ndarray, rate: np.float32, decay: np.float32, random: np.ndarray,
) -> float:  # fmt: skip
    """Take a step for each of n pairs of user and item, and return the sum of their losses.

    owned[starts[u]:starts[u + 1]] are the items of user u in ascending order, not all that there are; random (1,) uint64 is
    the state of the generator. P, Q, bias (I,) and random are changed in place.
    """
    n_items, K, state, loss = len(Q), P.shape[1], random[0], 0.0
    for t in range(len(user)):
        u, i = user[t], item[t]
        first, last = starts[u], starts[u + 1]
        while True:
            state = state * MULTIPLY + ADD
            j = np.int64(((state >> np.uint64(32)) * np.uint64(n_items)) >> np.uint64(32))
            low, high = first, last
            while low < high:
                middle = (low + high) // 2
                if owned[middle] < j:
                    low = middle + 1
                else:
                    high = middle
            if low == last or owned[low] != j:
                break
        p, q, r = P[u], Q[i], Q[j]
        x = bias[i] - bias[j]
        for k in range(K):
            x += p[k] * (q[k] - r[k])
        slope = np.float32(1 / (1 + np.exp(x)))
        loss += np.log1p(np.exp(-x)) if x > -30 else -x
        bias[i] += rate * (slope - decay * bias[i])
        bias[j] -= rate * (slope + decay * bias[j])
        for k in range(K):
            a, b, c = p[k], q[k], r[k]
            p[k] += rate * (slope * (b - c) - decay * a)
            q[k] += rate * (slope * a - decay * b)
            r[k] -= rate * (slope * a + decay * c)
    random[0] = state
    return loss


class _Place(TypedDict):
    done: int
    random: list[str]


class PairwiseRanking:
    """The engine (embedviz.training.learner.Engine). Its units are blocks of pairs.

    Its weights: "user_embedding.weight" (U, K), "item_embedding.weight" (I, K) and "item_bias" (I,) float32.

    Parameters
    ----------
    parts
        Without ratings.
    settings
        Resolved for bpr.
    threads
        That take blocks side by side.
    score
        Measures weights, `MEASUREMENTS` times.
    """

    steps = 1.0

    def __init__(
        self,
        parts: RatingsParts,
        settings: RatingsSettings,
        threads: int,
        score: Callable[[Weights], dict[str, float]],
    ):
        n_users, n_items = len(parts.users), len(parts.items)
        user, item = parts.train.user, parts.train.item
        order = np.lexsort((item, user))
        counts = np.bincount(user, minlength=n_users)
        self._starts, self._owned = np.r_[0, np.cumsum(counts)], item[order]
        has_negatives = counts[user] < n_items  # who has every item has no order to learn
        self._user, self._item = user[has_negatives].astype(np.int32), item[has_negatives].astype(np.int32)
        rng = np.random.default_rng(settings.seed)
        std = np.float32(settings.init_std)
        self.P = std * rng.standard_normal((n_users, settings.dim), dtype=np.float32)
        self.Q = std * rng.standard_normal((n_items, settings.dim), dtype=np.float32)
        self.bias = np.zeros(n_items, np.float32)
        self._rate, self._decay = np.float32(settings.learning_rate or 0), np.float32(settings.weight_decay or 0)
        self._threads, self._seed, self._score = max(1, threads), settings.seed, score
        self._pool = ThreadPoolExecutor(self._threads)
        seeds = np.random.SeedSequence(settings.seed).generate_state(self._threads, np.uint64)
        self._random = [np.array([number], np.uint64) for number in seeds]
        self._blocks = max(1, -(-len(self._user) // (BLOCK_PAIRS * self._threads)))
        self.per_epoch, self.total = float(self._blocks), self._blocks * (settings.epochs or 0)
        self.examples = len(self._user) / self._blocks
        self._measured_every = self._blocks * max(1, (settings.epochs or 0) // MEASUREMENTS)
        self._done, self._order = 0, np.empty(0, np.int64)

    @property
    def done(self) -> int:
        """Blocks that are done."""
        return self._done

    def advance(self) -> Advance:
        """Train for a while, at most to the next epoch whose end is measured."""
        deadline, loss, seen = time.perf_counter() + ADVANCE_SECONDS, 0.0, 0
        while True:
            epoch, block = divmod(self._done, self._blocks)
            if block == 0 or not len(self._order):
                self._order = np.random.default_rng((self._seed, epoch)).permutation(len(self._user))
            rows = np.array_split(np.array_split(self._order, self._blocks)[block], self._threads)
            loss += sum(self._pool.map(self._train, rows, self._random))
            seen += sum(map(len, rows))
            self._done += 1
            is_due = self._done % self._measured_every == 0 or self._done == self.total
            if is_due or time.perf_counter() >= deadline:
                return Advance(loss / max(1, seen), measure=is_due)

    def measure(self) -> dict[str, float]:
        """Return the scores of the current weights."""
        return self._score(self.weights())

    def weights(self) -> Weights:
        """Return the current weights."""
        return {"user_embedding.weight": self.P, "item_embedding.weight": self.Q, "item_bias": self.bias}

    def state(self) -> State:
        """Return the weights, the place and the states of the generators."""
        arrays = {"P": self.P, "Q": self.Q, "bias": self.bias}
        return State(arrays, {"done": self._done, "random": [str(random[0]) for random in self._random]})

    def restore(self, state: State) -> None:
        """Take a state back. With another number of threads the generators begin again."""
        for name, array in (("P", self.P), ("Q", self.Q), ("bias", self.bias)):
            np.copyto(array, state.arrays[name])
        place = state.values_as(_Place)
        self._done, self._order = place["done"], np.empty(0, np.int64)
        if len(place["random"]) == self._threads:
            self._random = [np.array([int(number)], np.uint64) for number in place["random"]]

    def _train(self, rows: np.ndarray, random: np.ndarray) -> float:
        pairs = self._user[rows], self._item[rows]
        return train_pairs(
            *pairs, self._starts, self._owned, self.P, self.Q, self.bias, self._rate, self._decay, random
        )
