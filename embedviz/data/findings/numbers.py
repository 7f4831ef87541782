"""Ratings, targets and features whose numbers look odd."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from embedviz.core.plurals import counted, listed
from embedviz.data.column import Column
from embedviz.data.extremes import Apart, values_apart
from embedviz.data.findings.finding import Finding, Remedy
from embedviz.data.findings.look import MAX_NAMED, MIN_DISTINCT, SAMPLE_ROWS, Look, digits, figure
from embedviz.data.rating_values import as_ratings, flag_names, vote_names
from embedviz.data.spread_rows import spread_rows

MIN_COUNT_RANGE, MIN_COUNT_SKEW = 50, 10  # largest count, and the same in medians, from which numbers are no stars
RANKING_METHODS = ("ials", "bpr")  # of ratings, which are ignored by them
MIN_SKEWNESS, MIN_IMPROVEMENT = 2.0, 4.0  # of a target; to that of its logarithm


def find_flags(look: Look) -> Iterator[Finding]:
    """Ratings that are yes and no, or 1 and 0."""
    column = look.column("rating")
    if column is None:
        return
    words = flag_names(column)
    pair = words or vote_names(column)
    if pair is None:
        return
    yes, no = pair
    read = "which are read as ratings of 1 and 0" if words else "and no other number"
    yield Finding(
        "flags",
        f"“{column.name}” holds {yes} and {no}, {read}. To rank by what was liked alone, keep the rows with {yes}.",
        Remedy(
            f"Keep {yes} alone and rank",
            f"Only rows in which “{column.name}” is {yes} are kept.",
            {"only": {str(column.name): [yes]}},
        ),
    )


def find_apart(look: Look) -> Iterator[Finding]:
    """Codes for "missing" among ratings, in the target and in the features, and single absurd values."""
    rating = look.column("rating")
    if rating is not None and look.settings.get("method") not in RANKING_METHODS:
        numbers = _ratings(rating)
        if numbers is not None and (apart := values_apart(numbers, is_rating=True)):
            yield _apart_finding(apart, [str(rating.name)], len(rating), "rating")
    target, numbers = look.column("target"), look.target_numbers()
    if target is not None and numbers is not None and (apart := values_apart(numbers)):
        yield _apart_finding(apart, [str(target.name)], len(target), "target")
    same: dict[tuple[float, ...], list[tuple[str, Apart]]] = {}
    for column in look.features():
        if column.kind == "number":
            cells = column.values.iloc[spread_rows(len(column), SAMPLE_ROWS)]
            apart = values_apart(cells.to_numpy(np.float64, na_value=np.nan))
            if apart is not None and apart.kind == "code":
                same.setdefault(tuple(apart.values), []).append((str(column.name), apart))
    for found in same.values():
        yield _apart_finding(found[0][1], [name for name, _ in found], len(look.frame), "feature")


def _apart_finding(apart: Apart, columns: list[str], n: int, of: str) -> Finding:
    shown = listed([figure(value) for value in apart.values])
    several = len(apart.values) > 1
    named = listed([f"“{name}”" for name in columns[:MAX_NAMED]], len(columns) - MAX_NAMED)
    rest = f"the others go from {figure(apart.low)} to {figure(apart.high)}"
    is_, means = ("are", "they mean") if several else ("is", "it means")
    if apart.kind == "unrated":
        sentence = f"{shown} is the rating in {apart.rows / n:.0%} of the rows of {named}, and {rest}. Perhaps {means} “not rated”."
    elif apart.kind == "absurd":
        sentence = (
            f"{shown} in {named} {is_} far beyond everything else ({counted(apart.rows, 'row', 'rows')} of {n:,}); {rest}. "
            f"It outweighs all other rows."
        )
    elif of == "feature":
        sentence = f"{shown} in {named} {'stand' if several else 'stands'} apart. Perhaps {means} “missing”."
    else:
        sentence = (
            f"{shown} in {named} {'stand' if several else 'stands'} apart ({counted(apart.rows, 'row', 'rows')}): {rest}. "
            f"Perhaps {means} “missing” or “not rated”."
        )
    marks = [digits(value) for value in apart.values]
    return Finding(
        "absurd" if apart.kind == "absurd" else "sentinel",
        sentence,
        Remedy(
            f"Treat {shown} as missing",
            f"{shown} {is_} treated as missing in {named}.",
            {"missing": {column: list(marks) for column in columns}},
        ),
    )


def find_counts(look: Look) -> Iterator[Finding]:
    """Whole numbers from 0 or 1 into the hundreds, most of them small: how often, not how much it was liked."""
    column = look.column("rating")
    if column is None or look.settings.get("method") in RANKING_METHODS or (numbers := _ratings(column)) is None:
        return
    known = numbers[np.isfinite(numbers)]
    if apart := values_apart(numbers):
        known = known[~np.isin(known, apart.values)]
    if not len(known) or known.min() < 0 or (known != np.floor(known)).any():
        return
    median, most = float(np.median(known)), float(known.max())
    if most < MIN_COUNT_RANGE or most < MIN_COUNT_SKEW * max(1.0, median) or len(np.unique(known)) <= MIN_DISTINCT:
        return
    yield Finding(
        "counts",
        f"“{column.name}” holds whole numbers from {figure(float(known.min()))} to {figure(most)}, half of them up to "
        f"{figure(median)}. They look like counts of how many times something was played or bought, not like ratings.",
        Remedy(
            "Rank by who has what",
            f"Items are ranked by who has them; “{column.name}” is not taken for ratings.",
            settings={"method": "ials"},
        ),
    )


def find_skewed(look: Look) -> Iterator[Finding]:
    """A heavy-tailed target of positive numbers, whose logarithm is not."""
    column, numbers = look.column("target"), look.target_numbers()
    if column is None or numbers is None or look.settings.get("target_scale") == "log":
        return
    known = numbers[np.isfinite(numbers)]
    if apart := values_apart(numbers):
        known = known[~np.isin(known, apart.values)]
    if len(known) < MIN_DISTINCT or known.min() <= 0 or len(np.unique(known)) <= MIN_DISTINCT:
        return
    plain, logarithm = _skewness(known), _skewness(np.log(known))
    if plain < MIN_SKEWNESS or abs(logarithm) > plain / MIN_IMPROVEMENT:
        return
    yield Finding(
        "skewed",
        f"“{column.name}” is heavy-tailed: half of its values are up to {figure(float(np.median(known)))}, the largest is "
        f"{figure(float(known.max()))}. A few large ones outweigh the rest; its logarithm is spread evenly.",
        Remedy(
            "Learn its logarithm",
            f"The logarithm of “{column.name}” is learned; predictions come back in its own unit.",
            settings={"target_scale": "log"},
        ),
    )


def _skewness(numbers: np.ndarray) -> float:
    """The third standardised moment: (N,) -> 0 for a symmetric distribution."""
    std = float(numbers.std())
    return float((((numbers - numbers.mean()) / std) ** 3).mean()) if std else 0.0


def _ratings(column: Column) -> np.ndarray | None:
    return None if flag_names(column) else as_ratings(column)
