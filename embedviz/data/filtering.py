"""Data without some of its values or words, or with them alone: what is left when labels of a space are chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pandas as pd

from embedviz.core.errors import ColumnError, DataError
from embedviz.data.category_values import category_names

MISSING = "(missing)"  # what a space calls empty cells


def rows_with(frame: pd.DataFrame, column: str, labels: Collection[str], keep: bool) -> pd.DataFrame:
    """The rows whose value in the column is among the labels (keep), or is not. ColumnError when there is no such
    column; DataError when no row would be left."""
    if column not in frame:
        raise ColumnError(f"There is no column {column!r} in this data, so its values cannot be chosen.")
    chosen = category_names(frame[column]).fillna(MISSING).isin(set(labels))
    left = frame[chosen if keep else ~chosen]
    if left.empty:
        raise DataError(f"No row would be left of {len(frame):,}. Choose {'more' if keep else 'fewer'} values.")
    return left.reset_index(drop=True)


def texts_with(
    frame: pd.DataFrame, column: str, split: Callable[[str], list[str]], labels: Collection[str], keep: bool
) -> pd.DataFrame:
    """The rows with their texts made of the chosen words alone (keep), or of all others; texts of which nothing is left
    go. split: a text to its words. DataError when no text would be left."""
    chosen = set(labels)
    texts = frame[column].dropna().astype(str)
    left = texts.map(lambda text: " ".join(word for word in split(text) if (word in chosen) == keep))
    left = left[left != ""]
    if left.empty:
        raise DataError(f"Nothing would be left of the texts. Choose {'more' if keep else 'fewer'} words.")
    return frame.loc[left.index].assign(**{column: left}).reset_index(drop=True)
