"""What is in a table of ratings, reported before training, and what training on it will cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.data.splits import SplitMethod
from embedviz.models.ratings.settings import (
    MAX_TEST_USERS,
    MAX_TUNING_USERS,
    POPULARITY_WEIGHTS,
    Method,
    RatingsSettings,
)
from embedviz.models.ratings.table import MAX_RATING, RatingsTable
from embedviz.training.survey import Survey

UNIX_TIMES_S = (1e8, 2.6e9)  # 1973 to 2052: times between are shown as dates
N_EXAMPLES = 4
SPLITS = {
    SplitMethod.RANDOM: "drawn at random",
    SplitMethod.LATEST_PER_USER: "each user's latest ratings test, those before them validate",
    SplitMethod.BY_TIME: "the latest ratings of all test, those before them validate; new users and items occur there",
}

LIBRARY_BYTES = 450e6  # a worker's memory before it has read anything
BYTES_PER_RATING = 200
COPIES = 8  # of the vectors, optimiser and best weights included
READ_SPEED = 250_000  # ratings read and prepared a second
SOLVE_SPEED = 12e6  # ratings a second and thread that als solves on one side at 64 dimensions
STEP_S, STEP_RATING_S, STEP_WEIGHT_S = (
    6e-4,
    4e-7,
    2.5e-9,
)  # a step of gradient descent; its rating; a weight of the network


def survey_ratings(table: RatingsTable, split: SplitMethod) -> Survey:
    """Return the sizes, the scale, the time span, what was left out, and what a person should know before training."""
    n, n_users, n_items = len(table.user), len(table.users), len(table.items)
    per_user, per_item = np.bincount(table.user), np.bincount(table.item)
    user_singles, item_singles = int((per_user == 1).sum()), int((per_item == 1).sum())
    density = n / n_users / n_items
    facts: dict[str, Any] = {
        "ratings": n,
        "users": n_users,
        "items": n_items,
        "explicit": table.rating is not None,
        "density": density,
        "users_with_one_rating": user_singles,
        "items_with_one_rating": item_singles,
        "duplicates": table.duplicates,
    }
    sentences = [
        f"{n:,} ratings of {n_items:,} items by {n_users:,} users: {100 * density:.2g} % of all pairs.",
        f"Median ratings: {np.median(per_user):g} a user, {np.median(per_item):g} an item. "
        f"{user_singles:,} users and {item_singles:,} items have one.",
    ]
    if table.rating is not None:
        low, high = float(table.rating.min()), float(table.rating.max())
        facts |= {"low": low, "high": high}
        sentences.append(f"Ratings go from {low:g} to {high:g}, on average {float(table.rating.mean()):.2f}.")
    if table.time is not None and not np.isnan(table.time).all():
        facts["time_span"] = span = _time_span(table.time)
        sentences.append(f"They were given from {span[0]} to {span[1]}.")
    sentences += [f"Split: {SPLITS[split]}.", *_excluded(table)]
    examples = [table.items.labels[i] for i in np.argsort(-per_item, kind="stable")[:N_EXAMPLES]]
    return Survey(facts, sentences, _warnings(table, user_singles, item_singles), examples=examples)


def _excluded(table: RatingsTable) -> list[str]:
    """Return what was left out or merged, a sentence each."""
    needed = "a user, an item or a rating" if "rating" in table.columns else "a user or an item"
    rule = "its latest rating counts" if table.time is not None else "the mean of its ratings counts"
    reasons = (
        (table.missing, f"Left out for want of {needed}"),
        (table.infinite, f"Left out for a rating that is infinite or beyond ±{MAX_RATING:g}"),
        (table.duplicates, f"Repeats of a pair ({'it counts once' if table.rating is None else rule})"),
    )
    return [f"{reason}: {rows:,} {'row' if rows == 1 else 'rows'}." for rows, reason in reasons if rows]


def _warnings(table: RatingsTable, user_singles: int, item_singles: int) -> list[str]:
    found = []
    if table.constant_rating is not None:
        found.append(
            f"Every rating is {table.constant_rating:g}. It says only who has what, so items will be ranked, not rated."
        )
    elif table.rating is None:
        found.append("No column is chosen as rating. Each row says that a user has an item, and items will be ranked.")
    for name, singles, n in (("users", user_singles, len(table.users)), ("items", item_singles, len(table.items))):
        if singles > n / 2:
            found.append(f"More than half of the {name} have one rating. Little can be learned about them.")
    return found


def _time_span(times: np.ndarray) -> tuple[str, str]:
    """Return the first and the last time: dates where the numbers look like seconds since 1970, else the numbers."""
    first, last = float(np.nanmin(times)), float(np.nanmax(times))
    if UNIX_TIMES_S[0] <= first and last <= UNIX_TIMES_S[1]:
        return f"{pd.Timestamp(first, unit='s'):%Y-%m-%d}", f"{pd.Timestamp(last, unit='s'):%Y-%m-%d}"
    return f"{first:g}", f"{last:g}"


def estimate_cost(
    settings: RatingsSettings, method: Method, n_ratings: int, n_users: int, n_items: int, machine: Machine
) -> Cost:
    """Return what a training takes, by speeds that were measured on two cores with 64 dimensions."""
    n_train = n_ratings * (1 - settings.validation_share - settings.test_share)
    s = settings.resolved(method, int(n_train))
    threads = 1 if s.deterministic else max(1, s.threads or machine.threads)
    width = (s.dim + 8) / 72  # of a rating's work, relative to 64 dimensions
    tuned_pairs, test_pairs = (min(n_users, most) * n_items for most in (MAX_TUNING_USERS, MAX_TEST_USERS))
    seconds = 1.5 + n_ratings / READ_SPEED + test_pairs * (1.5e-8 + 1e-10 * s.dim) * 2
    if method == "als":
        solve = 2 * n_train * width / (SOLVE_SPEED * threads**0.7)
        seconds += s.rounds * (solve + min(n_ratings, 20_000 + n_ratings * s.validation_share) * 3e-7)
    else:
        epochs, batch_size = s.epochs or 0, s.batch_size or 1
        step = STEP_S + batch_size * width * STEP_RATING_S + (n_users + n_items) * s.dim * STEP_WEIGHT_S
        seconds += epochs * n_train / batch_size * step
        if method == "bpr":
            seconds += epochs * tuned_pairs * 1.2e-8
    if method != "bpr" and s.popularity is None:
        seconds += len(POPULARITY_WEIGHTS) * tuned_pairs * 1.5e-8
    memory = LIBRARY_BYTES + n_ratings * BYTES_PER_RATING + (n_users + n_items) * s.dim * 4 * COPIES
    return Cost(seconds, memory, f"{n_users:,} users and {n_items:,} items get a vector")
