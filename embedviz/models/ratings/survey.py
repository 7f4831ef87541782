"""Survey of a table of ratings, shown before training."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from embedviz.core.plurals import counted
from embedviz.data.splits import SplitMethod
from embedviz.models.ratings.table import MAX_RATING, RatingsTable
from embedviz.training.survey import Survey

UNIX_TIMES_S = (1e8, 2.6e9)  # 1973 to 2052: times between are shown as dates
N_EXAMPLES = 4
SPLITS = {
    SplitMethod.RANDOM: "drawn at random",
    SplitMethod.LATEST_PER_USER: "each user's latest ratings are the test set, those before them the validation set",
    SplitMethod.BY_TIME: (
        "the latest ratings of all are the test set, those before them the validation set; new users and items occur there"
    ),
}


@dataclass(frozen=True)
class RatingsFacts:
    """Facts about ratings that the cost estimate reads.

    Attributes
    ----------
    ratings, users, items : int
        Numbers of them.
    explicit : bool
        Whether ratings have values.
    parts : list of int
        Training, validation and test ratings where a column gives the split; empty where it is drawn.
    """

    ratings: int
    users: int
    items: int
    explicit: bool
    parts: list[int] = field(default_factory=list[int])


def survey_ratings(table: RatingsTable, split: SplitMethod) -> Survey:
    """Return the sizes, the scale, the time span, what was left out, and what a person should know before training."""
    n, n_users, n_items = len(table.user), len(table.users), len(table.items)
    per_user, per_item = np.bincount(table.user), np.bincount(table.item)
    user_singles, item_singles = int((per_user == 1).sum()), int((per_item == 1).sum())
    density = n / n_users / n_items
    parts = list(table.given.sizes.values()) if table.given is not None else []
    facts = RatingsFacts(n, n_users, n_items, table.rating is not None, parts)
    sentences = [
        f"{n:,} ratings of {n_items:,} items by {n_users:,} users: {100 * density:.2g}% of all pairs.",
        f"Median ratings: {np.median(per_user):g} a user, {np.median(per_item):g} an item. "
        f"Users with a single rating: {user_singles:,}; items: {item_singles:,}.",
    ]
    if table.rating is not None:
        low, high = float(table.rating.min()), float(table.rating.max())
        sentences.append(f"Ratings go from {low:g} to {high:g}, on average {float(table.rating.mean()):.2f}.")
    if table.time is not None and not np.isnan(table.time).all():
        span = _time_span(table.time)
        sentences.append(f"They were given from {span[0]} to {span[1]}.")
    sentences += [f"Split: {SPLITS[split]}."] if table.given is None else table.given.sentences("ratings")
    sentences += _excluded(table)
    examples = [table.items.labels[i] for i in np.argsort(-per_item, kind="stable")[:N_EXAMPLES]]
    return Survey(asdict(facts), sentences, _warnings(table, user_singles, item_singles), examples=examples)


def _excluded(table: RatingsTable) -> list[str]:
    """Return what was left out or merged, a sentence each."""
    needed = "a user, an item or a rating" if "rating" in table.columns else "a user or an item"
    rule = "its latest rating counts" if table.time is not None else "the mean of its ratings counts"
    reasons = (
        (table.missing, f"Left out because {needed} is missing"),
        (table.infinite, f"Left out because the rating is infinite or beyond ±{MAX_RATING:g}"),
        (table.duplicates, f"Repeats of a pair ({'it counts once' if table.rating is None else rule})"),
    )
    return [f"{reason}: {counted(rows, 'row', 'rows')}." for rows, reason in reasons if rows]


def _warnings(table: RatingsTable, user_singles: int, item_singles: int) -> list[str]:
    found = [] if table.given is None else table.given.warnings("ratings")
    if table.constant_rating is not None:
        found.append(
            f"Every rating is {table.constant_rating:g}. It says only who has what, so items will be ranked, not rated."
        )
    elif table.rating is None:
        found.append("No column is chosen as rating. Each row says that a user has an item, and items will be ranked.")
    for name, singles, n in (("users", user_singles, len(table.users)), ("items", item_singles, len(table.items))):
        if singles > n / 2:
            found.append(f"More than half of the {name} have a single rating. Little can be learned about them.")
    return found


def _time_span(times: np.ndarray) -> tuple[str, str]:
    """Return the first and the last time: dates where the numbers look like seconds since 1970, else the numbers."""
    first, last = float(np.nanmin(times)), float(np.nanmax(times))
    if UNIX_TIMES_S[0] <= first and last <= UNIX_TIMES_S[1]:
        return f"{pd.Timestamp(first, unit='s'):%Y-%m-%d}", f"{pd.Timestamp(last, unit='s'):%Y-%m-%d}"
    return f"{first:g}", f"{last:g}"
