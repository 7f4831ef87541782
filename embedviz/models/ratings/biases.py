"""How far users and items lie from the mean of all ratings, without any vectors: damped means, taken in turns.

Koren 2010, "Factor in the neighbors" (ACM TKDD 4, 1), section 2.1. Letters: n ratings, U users, I items.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TURNS = 5
DAMPING = (3.0, 2.0)  # of users and of items


@dataclass(frozen=True)
class Biases:
    """mean of all ratings; user (U,) and item (I,) float64, what is added for each. One without ratings adds 0."""

    mean: float
    user: np.ndarray
    item: np.ndarray

    def predict(self, user: np.ndarray, item: np.ndarray) -> np.ndarray:
        """(n,): the estimates for these pairs; a place of -1 is an unknown user or item, which adds nothing."""
        return self.mean + np.append(self.user, 0.0)[user] + np.append(self.item, 0.0)[item]


def fit_biases(
    user: np.ndarray,
    item: np.ndarray,
    rating: np.ndarray,
    n_users: int,
    n_items: int,
    damping: tuple[float, float] = DAMPING,
) -> Biases:
    """The biases of these ratings (n,). damping: as if each user, and each item, had so many more ratings that show
    no bias; those with few ratings keep near 0 by it."""
    mean = float(rating.mean(dtype=np.float64))
    rest = rating.astype(np.float64) - mean
    per_user, per_item = np.bincount(user, minlength=n_users), np.bincount(item, minlength=n_items)
    of_user, of_item = np.zeros(n_users), np.zeros(n_items)
    for _ in range(TURNS):
        of_item = np.bincount(item, rest - of_user[user], n_items) / (per_item + damping[1])
        of_user = np.bincount(user, rest - of_item[item], n_users) / (per_user + damping[0])
    return Biases(mean, of_user, of_item)
