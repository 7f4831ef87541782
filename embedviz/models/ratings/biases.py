"""Biases: how far users and items lie from the mean of all ratings, without any vectors; damped means, in turns.

Koren 2010, "Factor in the neighbors" (ACM TKDD 4, 1), section 2.1. Letters: n ratings, U users, I items.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TURNS = 5
DAMPING = (3.0, 2.0)  # of users and of items


@dataclass(frozen=True, eq=False)
class Biases:
    """Biases of users and items, added to the mean of all ratings; 0 for one without ratings.

    Attributes
    ----------
    mean
        Of all ratings.
    user, item
        (U,) and (I,) float64.
    """

    mean: float
    user: np.ndarray
    item: np.ndarray

    def predict(self, user: np.ndarray, item: np.ndarray) -> np.ndarray:
        """Return the estimates (n,) for pairs of places (n,); a place of -1 is unknown and adds nothing."""
        return self.mean + np.append(self.user, 0.0)[user] + np.append(self.item, 0.0)[item]


def fit_biases(user: np.ndarray, item: np.ndarray, rating: np.ndarray, n_users: int, n_items: int) -> Biases:
    """Return the biases of ratings.

    Each user, and each item, counts as if it had `DAMPING` more ratings without a bias, so that the biases of those
    with few ratings stay near 0.

    Parameters
    ----------
    user, item, rating
        (n,) places and ratings.
    n_users, n_items
        U and I.
    """
    mean = float(rating.mean(dtype=np.float64))
    rest = rating.astype(np.float64) - mean
    per_user, per_item = np.bincount(user, minlength=n_users), np.bincount(item, minlength=n_items)
    of_user, of_item = np.zeros(n_users), np.zeros(n_items)
    for _ in range(TURNS):
        of_item = np.bincount(item, rest - of_user[user], n_items) / (per_item + DAMPING[1])
        of_user = np.bincount(user, rest - of_item[item], n_users) / (per_user + DAMPING[0])
    return Biases(mean, of_user, of_item)
