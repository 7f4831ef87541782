"""Ranking metrics over all items: NDCG, recall and reciprocal rank of a user's relevant ones.

Never over a sample of the items: sampled metrics can reverse the order of two models (Krichene and Rendle 2020, KDD).

Letters: U users, I items, B users of a block, m relevant items of a user.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embedviz.core.compiled import compiled

LOWEST = np.finfo(np.float32).min  # the score of what is left out: compiled code must not see infinities
MAX_ENTRIES = 1 << 24  # scores held at a time: 64 MB

Pairs = tuple[np.ndarray, np.ndarray]  # users and items (n,)


@dataclass(frozen=True)
class Ranking:
    """Means over users.

    Attributes
    ----------
    ndcg, recall
        At k, with gains of 0 and 1 (Järvelin and Kekäläinen 2002).
    mrr
        One over the rank of the first relevant item.
    users
        Users that were ranked.
    k
        Cut-off of ndcg and recall.
    """

    ndcg: float
    recall: float
    mrr: float
    users: int
    k: int

    def scores(self) -> dict[str, float]:
        """Return the means by their names in embedviz.evaluation.scores."""
        return {f"ndcg@{self.k}": self.ndcg, f"recall@{self.k}": self.recall, "mrr": self.mrr}


def measure_ranking(
    scores: Callable[[np.ndarray], np.ndarray],
    seen: Pairs,
    relevant: Pairs,
    n_users: int,
    k: int = 10,
    max_users: int | None = None,
    seed: int = 0,
) -> Ranking | None:
    """Rank all items for every user for whom some are relevant, and not all that are left.

    Items of equal score share their mean rank, so that a model that distinguishes nothing gains nothing.

    Parameters
    ----------
    scores
        (B,) users -> (B, I), greater is better.
    seen
        Pairs that are left out of the ranking.
    relevant
        Pairs to find; an item of -1 cannot be ranked and counts as missed.
    n_users
        U.
    k
        Cut-off of ndcg and recall.
    max_users
        Rank a sample of so many users, drawn from the seed.

    Returns
    -------
    Ranking or None
        None where there is no such user.
    """
    users = np.unique(relevant[0])
    if max_users is not None and len(users) > max_users:
        users = np.sort(np.random.default_rng(seed).choice(users, max_users, replace=False))
    if not len(users):
        return None
    seen_of, relevant_of = _by_user(*seen, n_users), _by_user(*relevant, n_users)
    totals, n = np.zeros(3), 0
    step = None
    start = 0
    while start < len(users):
        block = users[start : start + (step or 1)]
        rows = np.array(scores(block), np.float32)
        step = step or max(1, MAX_ENTRIES // rows.shape[1])
        for user, row in zip(block, rows, strict=True):
            row[seen_of(user)] = LOWEST
            ranks = _ranks(row, relevant_of(user))
            if np.isfinite(ranks).sum() == len(row) - len(np.unique(seen_of(user))) > 0:
                continue  # every item that is left is relevant, so that any order is perfect
            totals += _measures(ranks, k)
            n += 1
        start += len(block)
    return Ranking(*(totals / n).tolist(), users=n, k=k) if n else None


def _by_user(user: np.ndarray, item: np.ndarray, n_users: int) -> Callable[[int], np.ndarray]:
    """Return a function from a user to the user's items."""
    order = np.argsort(user, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(user, minlength=n_users))]
    items = item[order]
    return lambda u: items[starts[u] : starts[u + 1]]


@compiled
def count_ahead(row: np.ndarray, values: np.ndarray, greater: np.ndarray, equal: np.ndarray) -> None:
    """Count the entries of a row (I,) that are greater than each of some values (m,), and those equal to it."""
    for j in range(len(values)):
        value, ahead, same = values[j], 0, 0
        for i in range(len(row)):
            ahead += row[i] > value
            same += row[i] == value
        greater[j], equal[j] = ahead, same


def _ranks(row: np.ndarray, items: np.ndarray) -> np.ndarray:
    """(m,): the rank of each item in a row of scores (I,), 1 the best, infinite for an item of -1."""
    values = row[items]
    if len(items) < 30:
        greater, equal = np.empty(len(items), np.int64), np.empty(len(items), np.int64)
        count_ahead(row, values, greater, equal)
    else:
        ordered = np.sort(row)
        up_to = np.searchsorted(ordered, values, side="right")
        greater, equal = len(row) - up_to, up_to - np.searchsorted(ordered, values, side="left")
    return np.where(items < 0, np.inf, 1 + greater + (equal - 1) / 2)


def _measures(ranks: np.ndarray, k: int) -> tuple[float, float, float]:
    """Return NDCG at k, recall at k and reciprocal rank of one user's relevant items."""
    hits = ranks[ranks <= k]
    ideal = (1 / np.log2(np.arange(1, min(len(ranks), k) + 1) + 1)).sum()
    return (1 / np.log2(hits + 1)).sum() / ideal, len(hits) / len(ranks), 1 / ranks.min()
