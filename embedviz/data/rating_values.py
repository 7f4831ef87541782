"""Cells of a column of ratings as numbers, yes and no among them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.data.column import Column
from embedviz.data.column_kinds import as_numbers

_PAIRS = (("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("like", "dislike"), ("liked", "disliked"))


def as_ratings(values: Column | pd.Series) -> np.ndarray | None:
    """Read a column of ratings.

    Returns
    -------
    (N,) float64 array or None
        NaN where a cell is missing or is no number; 1 and 0 for yes and no. None for a column that holds neither.
    """
    column = Column.of(values)
    if column.kind == "number":
        return column.values.to_numpy(np.float64, na_value=np.nan)
    flags = as_flags(column)
    return as_numbers(column) if flags is None else flags


def as_flags(values: Column | pd.Series) -> np.ndarray | None:
    """Read True and False, or yes and no, as 1 and 0.

    Returns
    -------
    (N,) float64 array or None
        NaN where a cell is missing. None for a column with anything else.
    """
    column = Column.of(values)
    if (words := flag_names(column)) is None:
        return None
    yes, _ = words
    names = column.names
    flags = np.array([1.0 if name == yes else 0.0 for name in names.distinct])
    flags[names.is_mark] = np.nan
    return names.spread(flags, np.nan)


def vote_names(values: Column | pd.Series) -> tuple[str, str] | None:
    """Return how a column of two numbers writes for and against, ("1", "0") or ("1", "-1"); None for any other column."""
    column = Column.of(values)
    if column.kind != "number":
        return None
    numbers = column.values.to_numpy(np.float64, na_value=np.nan)
    known = numbers[np.isfinite(numbers)]
    if not len(known) or known.max() != 1 or (least := float(known.min())) not in (0, -1):
        return None
    return ("1", str(int(least))) if np.isin(known, (least, 1)).all() else None


def flag_names(values: Column | pd.Series) -> tuple[str, str] | None:
    """Return how a column writes yes and no, ("True", "False"); None for a column with anything else."""
    column = Column.of(values)
    if column.kind in ("number", "date"):
        return None
    names = column.names
    present = [str(name) for name in names.distinct[(names.counts > 0) & ~names.is_mark]]
    if len(present) != 2:
        return None
    for yes, no in _PAIRS:
        by_word = {name.casefold(): name for name in present}
        if by_word.keys() == {yes, no}:
            return by_word[yes], by_word[no]
    return None
