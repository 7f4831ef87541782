"""Rows of who rated what, to arrays: ids of any type, each pair once, and what is known of users and items beside it.

Letters: n ratings, U users, I items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.data.dates import date_format, read_dates
from embedviz.data.roles import checked_role, checked_roles
from embedviz.models.ratings.entities import Entities, entities, numbered, told_apart

FEWEST = 10  # ratings: below that no part of a split is worth measuring
LARGEST = 1e15  # rating on either side of 0 whose square can still be added up in 32 bits
CLOSEST = (1e-15, 1e-12)  # from the lowest to the highest rating, as it is and as a share of the larger of them
_TWO_NUMBERS = r"^\s*(\d{1,2})\D(\d{1,2})\D"  # that a date begins with: day and month, or month and day


@dataclass(frozen=True)
class RatingsTable:
    """user, item (n,) int64: places in users and items. rating (n,) float64, None where the table has none or all are
    the same. time (n,) float64, greater is later, NaN where missing; None without a column. Each pair of user and
    item occurs once. only_rating: the one value that all ratings have, if so."""

    users: Entities
    items: Entities
    user: np.ndarray
    item: np.ndarray
    rating: np.ndarray | None
    time: np.ndarray | None
    rows: int
    missing: int  # rows without a user, an item or a rating, left out
    infinite: int  # rows whose rating is infinite or past LARGEST, left out
    duplicates: int  # rows that were taken together with another of the same pair
    only_rating: float | None
    columns: dict[str, str]  # role -> column

    @property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest rating."""
        return float(self.rating.min()), float(self.rating.max())

    def left_out_sentences(self) -> list[str]:
        """What was left out or taken together, in words; empty when nothing was."""
        said = []
        if self.missing:
            what = "a user, an item or a rating" if "rating" in self.columns else "a user or an item"
            said.append(f"{_rows(self.missing)} without {what} {_is(self.missing)} left out.")
        if self.infinite:
            rating = f"a rating in {self.columns['rating']!r} that is infinite or past {LARGEST:g}"
            said.append(f"{_rows(self.infinite)} with {rating} {_is(self.infinite)} left out.")
        if self.duplicates:
            said.append(
                f"{_rows(self.duplicates)} {'repeats' if self.duplicates == 1 else 'repeat'} a pair of user and item: "
                f"{self.duplicate_rule}."
            )
        return said

    @property
    def duplicate_rule(self) -> str:
        """What becomes of a pair that occurs more than once, in words."""
        if self.rating is None:
            return "each pair counts once"
        return "the latest rating counts" if self.time is not None else "the mean of its ratings counts"


def read_ratings(frame: pd.DataFrame, roles: Mapping[str, object]) -> RatingsTable:
    """The ratings in a frame. roles: user, item and, where there are any, rating and time, each a column's name.

    A pair that occurs more than once counts once: with its latest rating where there is a time, with the mean
    otherwise. ColumnError when a column cannot play its role, DataError when too little is left.
    """
    columns = _checked(frame, roles)
    users, user = numbered(frame[columns["user"]])
    items, item = numbered(frame[columns["item"]])
    there = (user >= 0) & (item >= 0)
    infinite = np.zeros(len(frame), bool)
    rating = time = None
    if "rating" in columns:
        rating = pd.to_numeric(frame[columns["rating"]]).to_numpy(np.float64, na_value=np.nan)
        infinite = there & (np.abs(rating) > LARGEST)
        there &= ~np.isnan(rating)
    if "time" in columns:
        time = read_times(frame[columns["time"]])
    rows = np.flatnonzero(there & ~infinite)
    missing = int((~there).sum())
    if not len(rows):
        needed = "a user, an item and a rating" if rating is not None else "a user and an item"
        raise DataError(f"No row has {needed} ({', '.join(columns.values())}), so there is nothing to learn from.")
    others = [column for column in frame.columns if column not in _taken(roles)]
    of_users, of_items = told_apart(frame[others].iloc[rows], user[rows], item[rows])
    kept, rating, duplicates = _each_pair_once(rows, user, item, rating, time)
    user, users = _renumbered(user[kept], users)
    item, items = _renumbered(item[kept], items)
    _check_enough(users, items, len(kept), columns)
    only = None
    if rating is not None:
        only = float(rating[0]) if rating.min() == rating.max() else None
        _check_apart(rating, columns["rating"])
    return RatingsTable(
        users=entities(users, user, frame[of_users].iloc[kept]),
        items=entities(items, item, frame[of_items].iloc[kept]),
        user=user,
        item=item,
        rating=None if only is not None else rating,
        time=None if time is None else time[kept],
        rows=len(frame),
        missing=missing,
        infinite=int(infinite.sum()),
        duplicates=duplicates,
        only_rating=only,
        columns=columns,
    )


def read_times(values: pd.Series) -> np.ndarray:
    """Numbers as they are, dates as seconds since 1970, NaN where there is neither: (n,) float64. Dates are read in the
    one order of day and month that fits the column. ColumnError when no cell is a number or a date."""
    if pd.api.types.is_numeric_dtype(values):
        times = pd.to_numeric(values).to_numpy(np.float64, na_value=np.nan)
    else:
        dates = _read_dates(values)
        times = ((dates - pd.Timestamp(0)) / pd.Timedelta(seconds=1)).to_numpy(np.float64)
    times = np.where(np.isfinite(times), times, np.nan)
    if np.isnan(times).all():
        raise ColumnError(f"Column {values.name!r} holds neither numbers nor dates, so it cannot be the time.")
    return times


def _read_dates(values: pd.Series) -> pd.Series:
    """As the format that fits nearly all cells; where none does each as it can be read, missing where it cannot, the
    day first unless more cells have their second number past 12 than their first."""
    if format := date_format(values):
        return read_dates(values, format)
    numbers = values.astype(str).str.extract(_TWO_NUMBERS).astype(float)
    day_first = bool((numbers[1] > 12).sum() <= (numbers[0] > 12).sum())
    read = partial(pd.to_datetime, values, errors="coerce", utc=True, format="mixed")
    dates = read().where(
        numbers[0].isna() | (not day_first), read(dayfirst=True)
    )  # which would turn 2024-05-03 round too
    return dates.dt.tz_localize(None)


def _checked(frame: pd.DataFrame, roles: Mapping[str, object]) -> dict[str, str]:
    needed = {"user": "who rated", "item": "what was rated"}
    if roles.get("rating"):
        needed["rating"] = "how much they liked it"
    columns = checked_roles(frame, roles, needed)
    if roles.get("time"):
        columns["time"] = checked_role(frame, "time", str(roles["time"]))
        for role in needed:
            if columns[role] == columns["time"]:
                raise ColumnError(
                    f"Column {columns[role]!r} is chosen as {role} and as time. Choose two different columns."
                )
    return columns


def _taken(roles: Mapping[str, object]) -> set[object]:
    """The columns that play one of our roles or are to be ignored."""
    taken = {roles.get(role) for role in ("user", "item", "rating", "time")}
    ignored = roles.get("ignore") or []
    return taken | ({ignored} if isinstance(ignored, str) else set(ignored))


def _each_pair_once(
    rows: np.ndarray, user: np.ndarray, item: np.ndarray, rating: np.ndarray | None, time: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None, int]:
    """The row that stands for each pair, in the order of the rows, with its rating; and how many rows went."""
    u, i = user[rows], item[rows]
    when = np.zeros(len(rows)) if time is None else np.nan_to_num(time[rows], nan=-np.inf)
    order = np.lexsort((when, i, u))  # a pair's rows together, its latest last; the file's order among equals
    starts = np.r_[True, (np.diff(u[order]) != 0) | (np.diff(i[order]) != 0)]
    last = np.r_[starts[1:], True]
    values = None
    if rating is not None:
        values = rating[rows[order[last]]]
        if time is None:
            pair = np.cumsum(starts) - 1
            values = np.bincount(pair, rating[rows[order]]) / np.bincount(pair)
    kept = rows[order[last]]
    in_order = np.argsort(kept)
    return kept[in_order], None if values is None else values[in_order], len(rows) - len(kept)


def _renumbered(codes: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Codes without gaps, and the names of those that are left."""
    left, new = np.unique(codes, return_inverse=True)
    return new.astype(np.int64), [names[i] for i in left]


def _check_enough(users: list[str], items: list[str], n: int, columns: Mapping[str, str]) -> None:
    for role, names, other in (("user", users, "users"), ("item", items, "items")):
        if len(names) < 2:
            raise DataError(
                f"Column {columns[role]!r} holds one {role}, {names[0]!r}, in every row. At least two {other} are "
                f"needed to learn what they have in common."
            )
    if n < FEWEST:
        raise DataError(f"There are {n} ratings. At least {FEWEST} are needed to learn from some and test on others.")


def _check_apart(rating: np.ndarray, column: str) -> None:
    """DataError when ratings differ, and by too little to be computed with."""
    low, high = float(rating.min()), float(rating.max())
    if 0 < high - low < max(CLOSEST[0], CLOSEST[1] * max(abs(low), abs(high))):
        raise DataError(
            f"The ratings in column {column!r} go from {low!r} to {high!r}, which lie too close together to be told "
            f"apart. Write them in a smaller unit, or as their difference from the lowest."
        )


def _rows(n: int) -> str:
    return f"{n:,} {'row' if n == 1 else 'rows'}"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"
