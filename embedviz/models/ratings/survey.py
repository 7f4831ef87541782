"""What is in a table of ratings, said before training, and what training on it will cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost
from embedviz.models.ratings.split import WAYS, Way
from embedviz.training.survey import Survey

if TYPE_CHECKING:
    from embedviz.models.ratings.settings import RatingsSettings
    from embedviz.models.ratings.table import RatingsTable

UNIX_SECONDS = (1e8, 2.6e9)  # 1973 to 2052: numbers in between are taken for dates when they are shown
LIBRARIES = 450e6  # bytes that a worker holds before it has read anything
STRENGTHS = 7  # of the items' appeal that are tried
READ_SPEED = 250_000  # ratings a second read and prepared


def survey_of(table: RatingsTable, way: Way) -> Survey:
    """Numbers of ratings, users and items, the scale, what is seen once, the span of time."""
    n, users, items = len(table.user), len(table.users), len(table.items)
    explicit = table.rating is not None
    per_user, per_item = np.bincount(table.user), np.bincount(table.item)
    once = int((per_user == 1).sum()), int((per_item == 1).sum())
    facts: dict[str, Any] = {
        "ratings": n,
        "users": users,
        "items": items,
        "explicit": explicit,
        "density": n / users / items,
    }
    facts |= {"users seen once": once[0], "items seen once": once[1], "duplicates": table.duplicates}
    sentences = [
        f"{n:,} ratings of {items:,} items by {users:,} users: {_percent(n / users / items)} of all pairs.",
        f"A user has {np.median(per_user):g} and an item {np.median(per_item):g} of them in the middle; "
        f"{once[0]:,} users and {once[1]:,} items occur once.",
    ]
    if explicit:
        low, high = table.scale
        facts |= {"low": low, "high": high}
        sentences.append(f"Ratings go from {low:g} to {high:g}, on average {float(table.rating.mean()):.2f}.")
    if table.time is not None and (span := _span(table.time)):
        facts["time span"] = span
        sentences.append(f"They were given from {span[0]} to {span[1]}.")
    sentences.append(f"Split: {WAYS[way]}.")
    sentences += table.left_out_sentences()
    return Survey(facts, sentences, _warnings(table, once), examples=_examples(table, per_item))


def _warnings(table: RatingsTable, once: tuple[int, int]) -> list[str]:
    said = []
    if table.only_rating is not None:
        said.append(
            f"Every rating is {table.only_rating:g}. It says only who has what, so items will be ranked, not rated."
        )
    elif table.rating is None:
        said.append("No column is chosen as rating. Each row says that a user has an item, and items will be ranked.")
    for name, n, size in (("users", once[0], len(table.users)), ("items", once[1], len(table.items))):
        if n > size / 2:
            said.append(f"More than half of the {name} occur once. Little can be learned of them.")
    return said


def _examples(table: RatingsTable, per_item: np.ndarray, most: int = 4) -> list[str]:
    """The most rated items."""
    return [table.items.labels[i] for i in np.argsort(-per_item, kind="stable")[:most]]


def _span(times: np.ndarray) -> tuple[str, str] | None:
    """The first and the last time: as dates where the numbers are seconds since 1970, else as they are."""
    known = times[~np.isnan(times)]
    if not len(known):
        return None
    ends = float(known.min()), float(known.max())
    if UNIX_SECONDS[0] <= ends[0] and ends[1] <= UNIX_SECONDS[1]:
        return tuple(pd.Timestamp(end, unit="s").strftime("%Y-%m-%d") for end in ends)
    return tuple(f"{end:g}" for end in ends)


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def estimated_cost(settings: RatingsSettings, facts: dict[str, Any], machine: dict[str, Any]) -> Cost:
    """Seconds by what was measured on two cores with 64 dimensions: als solves 12 M ratings a second and thread on one
    side; a step of the descent costs a fixed part, one for each rating of the batch and one for each number of the
    network, whose optimiser visits all of them. Ranking every user over all items comes at the end."""
    n, users, items = facts["ratings"], facts["users"], facts["items"]
    method = settings.method if settings.method != "auto" else ("als" if facts["explicit"] else "bpr")
    trained = n * (1 - settings.validation_share - settings.test_share)
    s = settings.filled(method, int(trained))
    threads = 1 if s.deterministic else max(1, s.threads or machine.get("threads", 2))
    width = (s.dim + 8) / 72
    ranked = min(users, 10_000)
    seconds = 1.5 + n / READ_SPEED + ranked * items * (1.5e-8 + 1e-10 * s.dim) * 2
    if method == "als":
        seconds += s.rounds * (
            2 * trained * width / (12e6 * threads**0.7) + min(n, 20_000 + n * s.validation_share) * 3e-7
        )
    else:
        steps = s.epochs * trained / s.batch_size
        seconds += steps * (6e-4 + s.batch_size * width * 4e-7 + (users + items) * s.dim * 2.5e-9)
        if method == "bpr":
            seconds += s.epochs * min(users, 1000) * items * 1.2e-8
    if method != "bpr" and s.popularity is None:
        seconds += STRENGTHS * min(users, 1000) * items * 1.5e-8
    memory = LIBRARIES + n * 200 + (users + items) * s.dim * 4 * 8
    return Cost(seconds, memory, f"{users:,} users and {items:,} items get a vector")
