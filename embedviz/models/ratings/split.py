"""Which ratings train, which choose the best moment and which are measured once: at random, or the latest of each user."""

from __future__ import annotations

from typing import Literal

import numpy as np

from embedviz.core.errors import ColumnError
from embedviz.data.splits import Fold, split_rows
from embedviz.models.ratings.table import RatingsTable

Way = Literal["random", "latest", "time"]
WAYS: dict[Way, str] = {
    "random": "drawn at random",
    "latest": "each user's latest ratings test, those before them validate",
    "time": "the latest ratings of all test, those before them validate; new users and items are met there",
}


def chosen_way(wanted: str, table: RatingsTable, fold: Fold | None) -> Way:
    """How to split: "auto" takes each user's latest where there is a time. Folds are always random, for the past does
    not train on the future. ColumnError when a split by time is wanted and there is none."""
    if wanted in ("latest", "time") and table.time is None:
        raise ColumnError("A split by time needs a column as time. Choose one, or split at random.")
    if fold is not None:
        return "random"
    if wanted == "auto":
        return "latest" if table.time is not None else "random"
    return wanted


def split_ratings(
    table: RatingsTable, way: Way, validation_share: float, test_share: float, seed: int, fold: Fold | None = None
) -> np.ndarray:
    """(n,) int8: TRAIN, VALIDATION or TEST for each rating. A rating without a time is earlier than all others."""
    n = len(table.user)
    if way == "random":
        return split_rows(n, validation_share, test_share, seed, fold=fold)
    times = np.nan_to_num(table.time, nan=-np.inf)
    if way == "time":
        return split_rows(n, validation_share, test_share, seed, times=times)
    return split_rows(n, validation_share, test_share, seed, times=-_age(table.user, times, seed))


def _age(user: np.ndarray, times: np.ndarray, seed: int) -> np.ndarray:
    """(n,): how far back a rating lies among its user's, from 0 (the latest) to 1.

    Each user's ratings are moved back by a part of one rating, drawn from the seed, so that users with few ratings
    have their share of the test part too.
    """
    order = np.lexsort((-np.arange(len(user)), -times, user))
    counts = np.bincount(user)
    starts = np.cumsum(counts) - counts
    place = np.empty(len(user))
    place[order] = np.arange(len(user)) - starts[user[order]]
    shift = np.random.default_rng(seed).random(len(counts))
    return (place + shift[user]) / counts[user]
