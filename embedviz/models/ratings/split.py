"""The split of ratings into training, validation and test set: at random, by time, or as a column says."""

from __future__ import annotations

import numpy as np

from embedviz.core.errors import ColumnError, SettingsError
from embedviz.data.folds import Fold
from embedviz.data.splits import Split, SplitMethod, draw_split
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.table import RatingsTable


def choose_split(settings: RatingsSettings, table: RatingsTable, fold: Fold | None = None) -> SplitMethod:
    """Return how to split: as the settings say; "auto" takes each user's latest ratings where there is a time.

    Folds are always random: the past does not train on the future. A column that gives the split overrides "auto".

    Raises
    ------
    ColumnError
        If the split is by time and the table has none.
    SettingsError
        If both a column and the setting say how to split.
    """
    if table.given is not None:
        if settings.split != "auto":
            raise SettingsError(
                f"The column “{table.given.column}” gives the split, and so does the setting split={settings.split}. "
                f"Choose no column as split, or leave the setting at auto."
            )
        return SplitMethod.GIVEN
    if settings.split in ("latest", "time") and table.time is None:
        raise ColumnError("A split by time needs a column as time. Choose one, or split at random.")
    if fold is not None:
        return SplitMethod.FOLD
    if settings.split == "time":
        return SplitMethod.BY_TIME
    is_latest = settings.split == "latest" or (settings.split == "auto" and table.time is not None)
    return SplitMethod.LATEST_PER_USER if is_latest else SplitMethod.RANDOM


def split_ratings(table: RatingsTable, settings: RatingsSettings, fold: Fold | None = None) -> Split:
    """Return the split of a table's ratings. A rating without a time counts as earlier than all others."""
    method, times = choose_split(settings, table, fold), None
    if table.given is not None:
        return table.given.split(settings.validation_share, settings.seed, fold=fold)
    if table.time is not None and method in (SplitMethod.BY_TIME, SplitMethod.LATEST_PER_USER):
        times = np.nan_to_num(table.time, nan=-np.inf)
        if method is SplitMethod.LATEST_PER_USER:
            times = -_age(table.user, times, settings.seed)
    shares = settings.validation_share, settings.test_share
    return draw_split(len(table.user), *shares, settings.seed, fold=fold, times=times, method=method)


def _age(user: np.ndarray, times: np.ndarray, seed: int) -> np.ndarray:
    """(n,): how far back a rating lies among its user's, from 0 (the latest) to 1.

    Each user's ratings are moved back by a part of one rating, drawn from the seed, so that users with few ratings
    have their share of the test set too.
    """
    order = np.lexsort((-np.arange(len(user)), -times, user))
    counts = np.bincount(user)
    starts = np.cumsum(counts) - counts
    place = np.empty(len(user))
    place[order] = np.arange(len(user)) - starts[user[order]]
    shift = np.random.default_rng(seed).random(len(counts))
    return (place + shift[user]) / counts[user]
