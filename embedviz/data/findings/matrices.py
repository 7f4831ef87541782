"""Tables with a row a user and a column an item."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.core.typed_json import JsonObject
from embedviz.data.column_hints import has_id, hint
from embedviz.data.column_kinds import numbers_the_rows
from embedviz.data.extremes import values_apart
from embedviz.data.findings.finding import Finding, Remedy
from embedviz.data.findings.look import MAX_FEATURES, SAMPLE_ROWS, Look, digits
from embedviz.data.spread_rows import spread_rows
from embedviz.data.transforms import ITEM, RATING, USER

MIN_ITEMS = 4  # columns of numbers that a wide matrix has at least
MIN_ITEM_SHARE = 0.8  # of the columns
MIN_EMPTY_SHARE = 0.1  # of its cells, where nobody asked for ratings
MIN_SHARED_RANGE = 0.5  # of all columns' range that each column fills


def find_matrix(look: Look) -> Finding | None:
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
        options["missing"] = {RATING: [digits(value) for value in apart.values]}
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


def _id_column(look: Look) -> str:
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
