"""Rows of who rated what as arrays: ids of any type, each pair once, and metadata of users and items.

Letters: n ratings, U users, I items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError, SettingsError
from embedviz.data.dates import date_format, read_dates
from embedviz.data.given_split import GivenSplit, read_given
from embedviz.data.rating_values import as_ratings
from embedviz.data.roles import checked_role, checked_roles
from embedviz.models.ratings.entities import Entities, describe, factorize_ids, metadata_columns
from embedviz.models.ratings.settings import RANKING_METHODS, Method, RatingsSettings
from embedviz.training.protocols import Columns

MIN_RATINGS = 10  # below that no part of a split is worth measuring
MAX_RATING = 1e15  # magnitude whose square still fits float32
MIN_RANGE = (1e-15, 1e-12)  # from the lowest to the highest rating: absolute, and relative to the larger magnitude
PURPOSES = {"user": "a column of user ids", "item": "a column of item ids", "rating": "a column of ratings"}
_TWO_NUMBERS = r"^\s*(\d{1,2})\D(\d{1,2})\D"  # that a date begins with: day and month, or month and day


@dataclass(frozen=True, eq=False)
class RatingsTable:
    """Ratings of a table; each pair of user and item occurs once.

    Attributes
    ----------
    users, items
        U users and I items.
    user, item
        (n,) int64, places among them.
    rating
        (n,) float64; None where the table has no ratings, or all are the same.
    time
        (n,) float64, greater is later, NaN where missing; None where there is no column of times.
    constant_rating
        The value that all ratings have, if so.
    missing
        Rows left out for want of a user, an item or a rating.
    infinite
        Rows left out because their rating is infinite or beyond MAX_RATING.
    duplicates
        Rows merged with another one of the same pair.
    columns
        role -> column.
    given
        The split that a column gives; None where it is to be drawn. Each pair occurs once in each of its parts then.
    """

    users: Entities
    items: Entities
    user: np.ndarray
    item: np.ndarray
    rating: np.ndarray | None
    time: np.ndarray | None
    constant_rating: float | None
    missing: int
    infinite: int
    duplicates: int
    columns: dict[str, str]
    given: GivenSplit | None = None


def read_ratings(frame: pd.DataFrame, roles: Columns) -> RatingsTable:
    """Return the ratings in a frame.

    A pair that occurs more than once counts once: with its latest rating where there is a time, with the mean of its
    ratings otherwise. Where a column gives the split, the rows of a pair are merged within each part alone.

    Parameters
    ----------
    frame
        A row for each rating.
    roles
        role -> column: user, item and, where there are any, rating, time and split.

    Raises
    ------
    ColumnError
        If a column cannot play its role.
    DataError
        If too little is left to learn from.
    """
    columns = _check_columns(frame, roles)
    given = read_given(frame, roles)
    is_used = np.ones(len(frame), bool) if given is None else given.known
    cells = {role: cast(pd.Series, frame[column]) for role, column in columns.items()}
    user_ids, user = factorize_ids(cells["user"])
    item_ids, item = factorize_ids(cells["item"])
    is_complete, is_infinite = (user >= 0) & (item >= 0), np.zeros(len(frame), bool)
    rating = time = constant = None
    if "rating" in columns:
        rating = as_ratings(cells["rating"])
        if rating is None:
            raise ColumnError(f"Column {columns['rating']!r} holds no numbers, but ratings have to be numbers.")
        is_infinite = is_complete & (np.abs(rating) > MAX_RATING)
        is_complete &= ~np.isnan(rating)
    if "time" in columns:
        time = read_times(cells["time"])
    rows = np.flatnonzero(is_used & is_complete & ~is_infinite)
    needed = "a user and an item" if rating is None else "a user, an item and a rating"
    if not len(rows):
        raise DataError(f"No row has {needed} ({', '.join(columns.values())}), so there is nothing to learn from.")
    ignored = roles.get("ignore") or []
    others = frame.drop(
        columns=[
            *columns.values(),
            *([given.column] if given else []),
            *([ignored] if isinstance(ignored, str) else ignored),
        ],
        errors="ignore",
    )
    of_users, of_items = (metadata_columns(others.iloc[rows], codes[rows]) for codes in (user, item))
    kept, rating = _merge_pairs(rows, user, item, rating, time, None if given is None else given.parts)
    user_ids, user = _renumber(user_ids, user[kept])
    item_ids, item = _renumber(item_ids, item[kept])
    _check_size(user_ids, item_ids, len(kept), columns)
    if given is not None:
        given = given.take(kept, needed).with_shared(user * len(item_ids) + item)
    if rating is not None:
        _check_range(rating, columns["rating"])
        if rating.min() == rating.max():
            rating, constant = None, float(rating[0])
    return RatingsTable(
        users=describe(user_ids, user, others[of_users].iloc[kept]),
        items=describe(item_ids, item, others[of_items].iloc[kept]),
        user=user,
        item=item,
        rating=rating,
        time=None if time is None else time[kept],
        constant_rating=constant,
        missing=int((is_used & ~is_complete).sum()),
        infinite=int((is_used & is_infinite).sum()),
        duplicates=len(rows) - len(kept),
        columns=columns,
        given=given,
    )


def choose_method(settings: RatingsSettings, table: RatingsTable) -> Method:
    """Return the method of training that the settings and the table call for.

    Raises
    ------
    SettingsError
        If a method that learns from ratings is set and there are none.
    DataError
        If items are to be ranked and every user has every item.
    """
    method: Method = settings.method if settings.method != "auto" else "als" if table.rating is not None else "ials"
    if method in RANKING_METHODS and len(table.user) == len(table.users) * len(table.items):
        raise DataError(
            "Every user has every item, so there is nothing to rank. Choose a column of ratings that differ, or bring "
            "data in which users lack some items."
        )
    if method not in RANKING_METHODS and table.rating is None:
        why = "no column is chosen as rating"
        if table.constant_rating is not None:
            why = f"every rating is {table.constant_rating:g}, so there is nothing to learn"
        raise SettingsError(f"The method {method} learns from ratings, and {why}. Take ials, which does without.")
    return method


def read_times(values: pd.Series) -> np.ndarray:
    """Return numbers as they are, dates as seconds since 1970, NaN where there is neither.

    Dates are read in the one order of day and month that fits the column.

    Returns
    -------
    numpy.ndarray
        (n,) float64.

    Raises
    ------
    ColumnError
        If no cell is a number or a date.
    """
    if pd.api.types.is_numeric_dtype(values):
        times = _floats(values)
    else:
        times = ((_read_dates(values) - pd.Timestamp(0)) / pd.Timedelta(seconds=1)).to_numpy(np.float64)
    times = np.where(np.isfinite(times), times, np.nan)
    if np.isnan(times).all():
        raise ColumnError(f"Column {values.name!r} holds neither numbers nor dates, so it cannot be the time.")
    return times


def _floats(values: pd.Series) -> np.ndarray:
    return cast(pd.Series, pd.to_numeric(values)).to_numpy(np.float64, na_value=np.nan)


def _read_dates(values: pd.Series) -> pd.Series:
    """Read by the format that fits nearly all cells; where none does, cell by cell, missing where it cannot be read, the
    day first unless more cells have their second number past 12 than their first."""
    if format := date_format(values):
        return read_dates(values, format)
    numbers = values.astype(str).str.extract(_TWO_NUMBERS).astype(float)
    is_day_first = bool((numbers[1] > 12).sum() <= (numbers[0] > 12).sum())
    read = partial(pd.to_datetime, values, errors="coerce", utc=True, format="mixed")
    # dayfirst=True would swap the day and the month of 2024-05-03 too
    dates = read().where(numbers[0].isna() | (not is_day_first), read(dayfirst=True))
    return dates.dt.tz_localize(None)


def _check_columns(frame: pd.DataFrame, roles: Columns) -> dict[str, str]:
    chosen = {role: str(column) for role, column in roles.items() if column}
    needed = {role: purpose for role, purpose in PURPOSES.items() if role in chosen or role != "rating"}
    columns = checked_roles(frame, chosen, needed)
    if "time" in chosen:
        time = checked_role(frame, "time", chosen["time"])
        for role, column in columns.items():
            if column == time:
                raise ColumnError(f"Column {time!r} is chosen as {role} and as time. Choose two different columns.")
        columns["time"] = time
    return columns


def _merge_pairs(
    rows: np.ndarray,
    user: np.ndarray,
    item: np.ndarray,
    rating: np.ndarray | None,
    time: np.ndarray | None,
    part: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the row that stands for each pair in each part, in ascending order, with its rating."""
    u, i = user[rows], item[rows]
    p = np.zeros(len(rows), np.int8) if part is None else part[rows]
    when = np.zeros(len(rows)) if time is None else np.nan_to_num(time[rows], nan=-np.inf)
    order = np.lexsort((when, p, i, u))  # a pair's rows together, its latest last; the file's order among equals
    is_first = np.r_[True, (np.diff(u[order]) != 0) | (np.diff(i[order]) != 0) | (np.diff(p[order]) != 0)]
    kept = rows[order[np.r_[is_first[1:], True]]]
    in_order = np.argsort(kept)
    if rating is None:
        return kept[in_order], None
    merged = rating[kept]
    if time is None:
        pair = np.cumsum(is_first) - 1
        merged = np.bincount(pair, rating[rows[order]]) / np.bincount(pair)
    return kept[in_order], merged[in_order]


def _renumber(names: list[str], codes: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the names that still occur, and the codes without gaps."""
    present, renumbered = np.unique(codes, return_inverse=True)
    return [names[i] for i in present], renumbered.astype(np.int64)


def _check_size(users: list[str], items: list[str], n: int, columns: Mapping[str, str]) -> None:
    for role, names in (("user", users), ("item", items)):
        if len(names) < 2:
            raise DataError(
                f"Column {columns[role]!r} holds one {role}, {names[0]!r}, in every row. At least two {role}s are "
                f"needed to learn what they have in common."
            )
    if n < MIN_RATINGS:
        raise DataError(
            f"There are {n} ratings. At least {MIN_RATINGS} are needed to learn from some and test on others."
        )


def _check_range(rating: np.ndarray, column: str) -> None:
    low, high = float(rating.min()), float(rating.max())
    if 0 < high - low < max(MIN_RANGE[0], MIN_RANGE[1] * max(abs(low), abs(high))):
        raise DataError(
            f"The ratings in column {column!r} go from {low!r} to {high!r}, which lie too close together to be "
            f"distinguished. Write them in a smaller unit, or as their difference from the lowest."
        )
