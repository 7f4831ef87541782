"""What looks odd in a table before a model is trained on it, each with the way out.

Nothing is changed here: a finding is said, and its remedy is taken where a person asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from embedviz.core.plurals import counted
from embedviz.core.typed_json import JsonObject
from embedviz.data.column import Column
from embedviz.data.column_hints import has_id, hint
from embedviz.data.column_kinds import as_numbers, numbers_the_rows
from embedviz.data.extremes import Apart, values_apart
from embedviz.data.markup import TAG, holds_markup
from embedviz.data.rating_values import as_ratings, flag_names
from embedviz.data.spread_rows import spread_rows
from embedviz.data.transforms import ITEM, RATING, USER, spelling_key

if TYPE_CHECKING:
    from embedviz.data.reading import Table

Kind = Literal["matrix", "sentinel", "absurd", "counts", "flags", "skewed", "spellings", "markup", "sorted"]
Roles = Mapping[str, "str | list[str] | None"]

SAMPLE_ROWS = 20_000  # looked at where a sample will do, spread over the table
SAMPLE_TEXTS = 2000  # in which markup is looked for
MAX_FEATURES = 300  # columns beside the target whose values are looked at
MAX_NAMED = 3  # columns or values that a sentence names
MIN_COUNT_RANGE, MIN_COUNT_SKEW = 50, 10  # largest count, and the same in medians, from which numbers are no stars
MIN_SKEWNESS, MIN_IMPROVEMENT = 2.0, 4.0  # of a target; to that of its logarithm
MIN_DISTINCT = 20  # numbers from which a target is heavy-tailed
MIN_ITEMS = 4  # columns of numbers that a wide matrix has at least
MIN_ITEM_SHARE = 0.8  # of the columns
MIN_EMPTY_SHARE = 0.1  # of its cells, where nobody asked for ratings
MIN_SHARED_RANGE = 0.5  # of all columns' range that each column fills
MIN_MARKUP_SHARE = 0.01  # of the texts
MIN_SORTED_RUNS = 10  # changes of class that a shuffled file would have, from which one can be called sorted


@dataclass(frozen=True)
class Remedy:
    """A way out.

    Attributes
    ----------
    label
        Of the button.
    done
        A sentence on what is different once it is taken.
    options
        Of `embedviz.data.reading.read_table`, to be merged into those of the data.
    columns
        role -> column, None to take it away.
    settings
        Values of the model's settings.
    """

    label: str
    done: str
    options: JsonObject = field(default_factory=JsonObject)
    columns: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    settings: JsonObject = field(default_factory=JsonObject)


@dataclass(frozen=True)
class Finding:
    """Something odd.

    Attributes
    ----------
    kind
        What it is.
    sentence
        The same in words. Names of columns and values are as they came: show it as plain text.
    remedy
        None where there is nothing to do.
    """

    kind: Kind
    sentence: str
    remedy: Remedy | None = None


def find_findings(table: Table, roles: Roles, settings: Mapping[str, object] | None = None) -> list[Finding]:
    """Return what looks odd, what matters most first.

    Parameters
    ----------
    table : Table
    roles : mapping
        role -> column(s) that the model reads.
    settings : mapping, optional
        The model's settings: what they took care of is not said again.

    Examples
    --------
    >>> from embedviz.data.reading import read_table
    >>> rows = "".join(f"u{i % 5},i{i % 7},{i % 5 + 1 if i % 9 else 99}\\n" for i in range(60))
    >>> table = read_table(f"user,item,stars\\n{rows}".encode(), name="r.csv")
    >>> [finding.remedy.label for finding in find_findings(table, table.roles)]
    ['Treat 99 as missing']
    """
    look = _Look(table, {role: columns for role, columns in roles.items() if columns}, settings or {})
    matrix = _matrix(look)
    if matrix and ("item" in look.roles or "rating" in look.roles):
        return [matrix]  # what its columns hold is said once it is melted
    finders: tuple[Callable[[_Look], Iterator[Finding]], ...] = (
        _flags, _apart, _counts, _skewed, _spellings, _markup, _sorted,
    )  # fmt: skip
    return [*([matrix] if matrix else []), *(finding for finder in finders for finding in finder(look))]


def merged_options(given: Mapping[str, object], added: Mapping[str, object]) -> dict[str, object]:
    """Return options of `read_table` with further ones: marks, rows and classes are added to those that are there."""
    merged = dict(given)
    for name, value in added.items():
        before = merged.get(name)
        if name == "missing" and before is not None and not isinstance(before, Mapping):
            before = {"": before}
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[name] = merged_options(before, value)
        elif isinstance(before, list | tuple) and isinstance(value, list | tuple):
            merged[name] = list(dict.fromkeys([*before, *value]))
        else:
            merged[name] = value
    return merged


@dataclass(frozen=True)
class _Look:
    """A table with the roles of its columns and a model's settings."""

    table: Table
    roles: Roles
    settings: Mapping[str, object]

    @property
    def frame(self) -> pd.DataFrame:
        return self.table.frame

    def column(self, *roles: str) -> Column | None:
        """The column of the first of some roles that has one in the table, else None."""
        for role in roles:
            name = self.roles.get(role)
            if isinstance(name, str) and (self.frame.columns == name).sum() == 1:
                return self.table.column(name)
        return None

    def features(self) -> list[Column]:
        """Columns that a target is predicted from: those without another role."""
        ignored = self.roles.get("ignore") or []
        taken = {str(self.roles.get("target")), *([ignored] if isinstance(ignored, str) else ignored)}
        if "target" not in self.roles:
            return []
        names = [
            name for name in self.frame.columns[self.frame.columns.duplicated(keep=False) == 0] if name not in taken
        ]
        return [self.table.column(name) for name in names[:MAX_FEATURES]]

    def target_numbers(self) -> np.ndarray | None:
        """The target as numbers; None where classes are predicted."""
        column = self.column("target")
        return None if column is None or self.settings.get("target_kind") == "classes" else as_numbers(column)


# --- users by items ---------------------------------------------------------------------------------------------------


def _matrix(look: _Look) -> Finding | None:
    """A row a user and a column an item. Complete ones are taken for matrices only where ratings are asked for."""
    frame = look.frame
    if look.table.kind != "table" or len(frame.columns) < MIN_ITEMS or frame.columns.duplicated().any():
        return None
    ids = _id_column(look)
    items = [
        str(name)
        for name, dtype in zip(frame.columns, frame.dtypes, strict=True)
        if name != ids and pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    ]
    if len(items) < MIN_ITEMS or len(items) < MIN_ITEM_SHARE * (len(frame.columns) - bool(ids)):
        return None
    chosen = {role: look.roles.get(role) for role in ("user", "item", "rating")}
    asks_for_ratings = chosen["item"] in items or (bool(chosen["user"]) and chosen["rating"] in items)
    shown = frame[items[:MAX_FEATURES]]
    if len(frame) > SAMPLE_ROWS:
        shown = shown.iloc[spread_rows(len(frame), SAMPLE_ROWS)]
    cells = shown.to_numpy(np.float64, na_value=np.nan)
    apart = values_apart(cells.ravel())
    if apart is not None and apart.kind == "code":
        cells = np.where(np.isin(cells, apart.values), np.nan, cells)
    if np.isnan(cells).mean() < MIN_EMPTY_SHARE and not asks_for_ratings:
        return None
    if not _share_a_scale(cells):
        return None
    who = f"each user, by “{ids}”," if ids else "each user"
    options: JsonObject = {"melt": ids}
    if apart is not None and apart.kind == "code":
        options["missing"] = {RATING: [_written(value) for value in apart.values]}
    user = ids or USER
    columns: dict[str, str | None] = dict.fromkeys((*look.roles, "text", "label", "target", "time"))
    return Finding(
        "matrix",
        f"This looks like a wide matrix: a row for {who} and a column for each item, such as “{items[0]}” and “{items[1]}” "
        f"({len(items):,} columns on one scale). A model of ratings needs a row for each rating.",
        Remedy(
            "Make a row for each rating",
            f"The matrix was turned into rows of “{user}”, “{ITEM}” and “{RATING}”.",
            options,
            {**columns, "user": user, "item": ITEM, "rating": RATING},
        ),
    )


def _id_column(look: _Look) -> str:
    """The column of users' ids of a matrix: distinct in nearly every row; "" where there is none."""
    for name in look.frame.columns[:2]:
        column = look.table.column(name)
        is_named = has_id(name) or hint(name, "user") > 0
        if (is_named or column.kind == "text") and column.n_distinct > MIN_ITEM_SHARE * len(column):
            return str(name)
        if column.kind == "number" and numbers_the_rows(column):
            return str(name)
    return ""


def _share_a_scale(cells: np.ndarray) -> bool:
    """Return True when each column (N, M) with some cells fills most of the range that all of them have."""
    filled = cells[:, (~np.isnan(cells)).sum(0) >= 2]
    if filled.shape[1] < MIN_ITEMS:
        return False
    low, high = np.nanmin(filled, 0), np.nanmax(filled, 0)
    width = high.max() - low.min()
    return bool(width > 0 and np.median(high - low) >= MIN_SHARED_RANGE * width)


# --- numbers ----------------------------------------------------------------------------------------------------------


def _flags(look: _Look) -> Iterator[Finding]:
    """Ratings that are yes and no."""
    column = look.column("rating")
    if column is None or (words := flag_names(column)) is None:
        return
    yes, no = words
    yield Finding(
        "flags",
        f"“{column.name}” holds {yes} and {no}, which are read as ratings of 1 and 0. "
        f"To rank by what was liked alone, keep the rows with {yes}.",
        Remedy(
            f"Keep {yes} alone and rank",
            f"Only rows in which “{column.name}” is {yes} are kept.",
            {"only": {str(column.name): [yes]}},
        ),
    )


def _apart(look: _Look) -> Iterator[Finding]:
    """Codes for "missing" among ratings, in the target and in the features, and single absurd values."""
    rating = look.column("rating")
    if rating is not None and look.settings.get("method") != "bpr":
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
    shown = _listed([_shown(value) for value in apart.values])
    several = len(apart.values) > 1
    named = _listed([f"“{name}”" for name in columns[:MAX_NAMED]], len(columns) - MAX_NAMED)
    rest = f"the others go from {_shown(apart.low)} to {_shown(apart.high)}"
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
    marks = [_written(value) for value in apart.values]
    return Finding(
        "absurd" if apart.kind == "absurd" else "sentinel",
        sentence,
        Remedy(
            f"Treat {shown} as missing",
            f"{shown} {is_} treated as missing in {named}.",
            {"missing": {column: list(marks) for column in columns}},
        ),
    )


def _counts(look: _Look) -> Iterator[Finding]:
    """Whole numbers from 0 or 1 into the hundreds, most of them small: how often, not how much it was liked."""
    column = look.column("rating")
    if column is None or look.settings.get("method") == "bpr" or (numbers := _ratings(column)) is None:
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
        f"“{column.name}” holds whole numbers from {_shown(float(known.min()))} to {_shown(most)}, half of them up to "
        f"{_shown(median)}. They look like counts of how many times something was played or bought, not like ratings.",
        Remedy(
            "Rank by who has what",
            f"Items are ranked by who has them; “{column.name}” is not taken for ratings.",
            settings={"method": "bpr"},
        ),
    )


def _skewed(look: _Look) -> Iterator[Finding]:
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
        f"“{column.name}” is heavy-tailed: half of its values are up to {_shown(float(np.median(known)))}, the largest is "
        f"{_shown(float(known.max()))}. A few large ones outweigh the rest; its logarithm is spread evenly.",
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


# --- classes ----------------------------------------------------------------------------------------------------------


def _class_columns(look: _Look) -> list[Column]:
    """The label, and the target where it has classes."""
    label, target = look.column("label"), look.column("target")
    if target is not None and look.target_numbers() is not None:
        target = None
    columns = [column for column in (label, target) if column is not None]
    return columns[:1] if len({column.name for column in columns}) == 1 else columns


def _spellings(look: _Look) -> Iterator[Finding]:
    """Classes that differ in letter case, blanks or final punctuation alone."""
    for column in _class_columns(look):
        if column.kind != "text":
            continue
        names = column.names
        spellings: dict[str, list[tuple[str, int]]] = {}
        for name, count in zip(names.distinct.tolist(), names.counts.tolist(), strict=True):
            if count:
                spellings.setdefault(spelling_key(name), []).append((name, count))
        n_classes = len(spellings)
        several = sorted((group for group in spellings.values() if len(group) > 1), key=lambda group: -len(group))
        if not several or n_classes == sum(map(len, spellings.values())):
            continue
        group = sorted(several[0], key=lambda each: -each[1])
        shown = _listed(
            [f"“{name}” ({counted(count, 'row', 'rows')})" for name, count in group[:MAX_NAMED]], len(group) - MAX_NAMED
        )
        total = sum(map(len, spellings.values()))
        yield Finding(
            "spellings",
            f"Classes of “{column.name}” differ only in letter case, blanks or final punctuation: {shown}. "
            f"They are learned as classes of their own.",
            Remedy(
                f"Merge {total:,} spellings into {n_classes:,} {'class' if n_classes == 1 else 'classes'}",
                f"Near-equal classes of “{column.name}” are merged.",
                {"merge_classes": [str(column.name)]},
            ),
        )


def _sorted(look: _Look) -> Iterator[Finding]:
    """A file in the order of its classes or of its target."""
    for column in _class_columns(look):
        codes = column.names.codes
        codes = codes[codes >= 0]
        if len(codes) < 2:
            continue
        shares = np.bincount(codes) / len(codes)
        n_classes = int((shares > 0).sum())
        changes = int((codes[1:] != codes[:-1]).sum())
        shuffled = len(codes) * (1 - float((shares**2).sum()))  # changes that a shuffled file would have
        if shuffled >= MIN_SORTED_RUNS * n_classes and changes < 2 * n_classes:
            yield _sorted_finding(str(column.name))
    target, numbers = look.column("target"), look.target_numbers()
    if target is not None and numbers is not None:
        steps = np.diff(numbers[np.isfinite(numbers)])
        if len(steps) > MIN_DISTINCT and np.any(steps) and (bool((steps >= 0).all()) or bool((steps <= 0).all())):
            yield _sorted_finding(str(target.name))


def _sorted_finding(column: str) -> Finding:
    return Finding(
        "sorted",
        f"The rows are sorted by “{column}”. They are shuffled before they are split, so that every part gets some of each.",
    )


# --- texts ------------------------------------------------------------------------------------------------------------


def _markup(look: _Look) -> Iterator[Finding]:
    """HTML in the texts."""
    column = look.column("text")
    if column is None or not isinstance(column.values.dtype, pd.StringDtype):
        return
    texts = column.values.iloc[spread_rows(len(column), SAMPLE_TEXTS)].dropna()
    marked = [text for text in texts if holds_markup(text)]
    if not marked or len(marked) < MIN_MARKUP_SHARE * len(texts):
        return
    tag = next((found[0] for text in marked if (found := TAG.search(text))), "")
    what = f"HTML tags such as {tag[:40]}" if tag else "HTML entities such as &amp;"
    yield Finding(
        "markup",
        f"{len(marked) / len(texts):.0%} of the texts in “{column.name}” hold {what}, which would be learned as words.",
        Remedy("Take the HTML out", f"HTML was taken out of “{column.name}”.", {"strip_markup": True}),
    )


# --- words ------------------------------------------------------------------------------------------------------------


def _listed(names: list[str], n_more: int = 0) -> str:
    if n_more > 0:
        return f"{', '.join(names)} and {n_more:,} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _shown(value: float) -> str:
    """A number for a sentence: 100,000,000, 2.5."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"


def _written(value: float) -> str:
    """A number for an option, with every digit."""
    return str(int(value)) if value == int(value) else repr(value)
