"""Metadata of a column's values: counts in the training set, how they relate to the target and to other columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from embedviz.data.category_values import CategoryValues
from embedviz.data.classes import display_order
from embedviz.models.categories.schema import Target
from embedviz.space.column_names import free_name

MAX_CLASSES = 10  # with a column of their own, the largest ones
MAX_COMPANION_VALUES = 30  # of another category whose most frequent value is given
MAX_COMPANIONS = 20  # other categories


def value_metadata(
    values: Mapping[str, CategoryValues], codes: np.ndarray, target: Target, targets: np.ndarray
) -> dict[str, pd.DataFrame]:
    """Return a frame for each category column, with a row for each of its values.

    Parameters
    ----------
    values
        Of the K category columns.
    codes
        (n, K) values of the training set's rows.
    target, targets
        What is predicted, (n,) for the same rows.

    Returns
    -------
    dict
        column -> frame with "count"; the most frequent class, by the target's name, and "share in CLASS" for the
        largest classes, or "mean TARGET"; for each other category of few values the most frequent one, by that
        category's name.
    """
    few = [k for k, known in enumerate(values.values()) if len(known) <= MAX_COMPANION_VALUES][:MAX_COMPANIONS]
    names, labels = list(values), [known.labels for known in values.values()]
    frames = {}
    for k, (column, known) in enumerate(values.items()):
        found: dict[str, np.ndarray] = {"count": known.counts}
        n_rows = np.bincount(codes[:, k], minlength=len(known))
        if target.classes:
            counts = _pair_counts(codes[:, k], targets, len(known), len(target.classes))
            found[free_name(target.name, found)] = _most_frequent(counts, target.classes)
            shares = (counts / np.maximum(1, n_rows)[:, None]).astype(np.float32)
            largest = target.classes[:MAX_CLASSES]
            found |= {f"share in {largest[c]}": shares[:, c] for c in display_order(largest)}
        else:
            sums = np.bincount(codes[:, k], weights=targets, minlength=len(known))
            means = np.where(n_rows > 0, sums / np.maximum(1, n_rows), np.nan)
            found[f"mean {target.name}"] = means.astype(np.float32)
        for other in few:
            if other != k:
                counts = _pair_counts(codes[:, k], codes[:, other], len(known), len(labels[other]))
                found[free_name(names[other], found)] = _most_frequent(counts, labels[other])
        frames[column] = pd.DataFrame(found)
    return frames


def _pair_counts(first: np.ndarray, second: np.ndarray, n_first: int, n_second: int) -> np.ndarray:
    """Entry [i, j] is the number of rows with i in the first and j in the second, (n_first, n_second)."""
    return np.bincount(first * n_second + second, minlength=n_first * n_second).reshape(n_first, n_second)


def _most_frequent(counts: np.ndarray, labels: list[str]) -> np.ndarray:
    """Return the label of the largest count in each row, None where all are 0: (V, L) -> (V,) object."""
    found = np.array(labels, dtype=object)[counts.argmax(1)]
    found[counts.sum(1) == 0] = None
    return found
