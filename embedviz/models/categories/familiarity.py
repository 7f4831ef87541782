"""How familiar the values of a row are: groups of rows by how many training rows have the row's rarest value."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from embedviz.data.category_names import Names
from embedviz.data.splits import Split

RARE_ROWS = 20  # training rows below which a value is rare
COMMON, RARE, UNSEEN = "common", "rare", "unseen"  # groups of rows by their rarest value


def least_counts(columns: Iterable[Names], train: np.ndarray, n: int) -> np.ndarray:
    """Return the training rows that have the rarest value of each row.

    Parameters
    ----------
    columns
        The names of each category column, N cells each; missing is a value like any other.
    train
        Row numbers of the training set.
    n
        N.

    Returns
    -------
    numpy.ndarray
        (N,) int64; 0 where a value does not occur in the training set, and the size of the training set without columns.
    """
    least = np.full(n, len(train), np.int64)
    for names in columns:
        codes = names.codes + 1  # 0 for missing
        counts = np.bincount(codes[train], minlength=len(names.distinct) + 1)
        np.minimum(least, counts[codes], out=least)
    return least


def measured_groups(split: Split, least: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rows of the measured part by their rarest value: common, rare (fewer than RARE_ROWS training rows), unseen.

    Returns
    -------
    dict
        Name -> (n,) bool of the n measured rows, of groups that have rows; empty where all values are common.
    """
    found = least[split.part(split.measured)]
    groups = {COMMON: found >= RARE_ROWS, RARE: (found > 0) & (found < RARE_ROWS), UNSEEN: found == 0}
    return {name: rows for name, rows in groups.items() if rows.any()} if (found < RARE_ROWS).any() else {}
