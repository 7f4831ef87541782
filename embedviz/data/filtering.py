"""Data reduced to some of its values or words: what is left when labels of a space are selected."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.data.category_names import Names
from embedviz.data.column import cells_of

MISSING = "(missing)"  # what a space calls missing cells


def filter_rows(frame: pd.DataFrame, column: str, labels: Collection[str], keep: bool) -> pd.DataFrame:
    """Return the rows whose value in the column is among the labels (keep), or is not.

    Raises
    ------
    ColumnError
        If there is no such column.
    DataError
        If no row would be left.
    """
    if column not in frame:
        raise ColumnError(f"There is no column {column!r} in this data, so its values cannot be chosen.")
    names = Names.of(cells_of(frame, column))
    chosen = set(labels)
    matches = names.spread(pd.Series(names.distinct, dtype=object).isin(chosen).to_numpy(bool), MISSING in chosen)
    left = frame.loc[matches == keep]
    if left.empty:
        raise DataError(f"No row would be left of {len(frame):,}. Choose {'more' if keep else 'fewer'} values.")
    return left.reset_index(drop=True)


def filter_numbers(frame: pd.DataFrame, numbers: Collection[str], keep: bool) -> pd.DataFrame:
    """Return the rows with these numbers, from 1, alone (keep), or all others.

    Raises
    ------
    DataError
        If no row would be left.
    """
    chosen = np.isin(np.arange(1, len(frame) + 1), [int(number) for number in numbers])
    left = frame.loc[chosen == keep]
    if left.empty:
        raise DataError(f"No row would be left of {len(frame):,}. Choose {'more' if keep else 'fewer'} rows.")
    return left.reset_index(drop=True)


def filter_texts(
    frame: pd.DataFrame, column: str, split: Callable[[str], list[str]], labels: Collection[str], keep: bool
) -> pd.DataFrame:
    """Return the rows with their texts reduced to the chosen words (keep), or to all others.

    Texts of which nothing is left are left out.

    Parameters
    ----------
    split : callable
        A text to its words.

    Raises
    ------
    DataError
        If no text would be left.
    """
    chosen = set(labels)
    texts = cells_of(frame, column).dropna().astype(str)
    reduced = [" ".join(word for word in split(text) if (word in chosen) == keep) for text in texts]
    left = pd.Series(reduced, texts.index, dtype="str")
    left = left.loc[left != ""]
    if left.empty:
        raise DataError(f"Nothing would be left of the texts. Choose {'more' if keep else 'fewer'} words.")
    return frame.loc[left.index].assign(**{column: left}).reset_index(drop=True)
