"""The spaces of a table's training: the values of each category column, with what the training part tells of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.data.category_values import CategoryValues
from embedviz.models.categories.reading import LabelledRows
from embedviz.space import EmbeddingSpace

MOST_CLASSES = 10  # with a column of their own, the largest ones
FEW_VALUES = 30  # of another category up to which its most frequent value is told
MOST_COMPANIONS = 20  # other categories told of


def value_spaces(
    values: dict[str, CategoryValues], tables: list[np.ndarray], columns: dict[str, pd.DataFrame]
) -> dict[str, EmbeddingSpace]:
    """A space a category column, those of most values first. tables: the vectors (V, D) of each column's values; columns:
    what value_columns found."""
    order = sorted(values, key=lambda column: (-len(values[column]), column))
    place = {column: k for k, column in enumerate(values)}
    return {
        column: EmbeddingSpace(values[column].labels, tables[place[column]], columns[column], column)
        for column in order
    }


def value_columns(
    values: dict[str, CategoryValues], codes: np.ndarray, read: LabelledRows, rows: np.ndarray
) -> dict[str, pd.DataFrame]:
    """column -> what the training part's rows (R,) tell of its values, a row each. codes (N, K): each row's values.

    Columns: count in the training part; the target's most frequent class, by the target's name, and "share in CLASS" of
    the largest classes, or "mean TARGET"; for each other category of few values the value most frequent beside it, by
    that category's name.
    """
    codes = codes[rows]
    few = [column for column in values if len(values[column]) <= FEW_VALUES][:MOST_COMPANIONS]
    told = {}
    for k, (column, known) in enumerate(values.items()):
        found = {"count": known.counts} | _target_columns(read, codes[:, k], len(known), rows)
        for other in few:
            if other != column and (name := _free(other, found)):
                place = list(values).index(other)
                found[name] = _companions(codes[:, k], codes[:, place], len(known), values[other])
        told[column] = pd.DataFrame(found)
    return told


def _target_columns(read: LabelledRows, codes: np.ndarray, n: int, rows: np.ndarray) -> dict[str, np.ndarray]:
    sizes = np.maximum(1, np.bincount(codes, minlength=n))
    if read.classes is None:
        mean = np.bincount(codes, weights=read.numbers[rows], minlength=n) / sizes
        mean[np.bincount(codes, minlength=n) == 0] = np.nan
        return {f"mean {read.target}": mean.astype(np.float32)}
    names = read.classes.names
    counts = np.bincount(codes * len(names) + read.codes[rows], minlength=n * len(names)).reshape(n, -1)
    most = np.array(names, dtype=object)[counts.argmax(1)]
    most[counts.sum(1) == 0] = None
    shares = {f"share in {name}": counts[:, c] / sizes for c, name in enumerate(names[:MOST_CLASSES])}
    return {_free(read.target, {"count": None}): most} | {
        name: share.astype(np.float32) for name, share in shares.items()
    }


def _companions(codes: np.ndarray, others: np.ndarray, n: int, known: CategoryValues) -> np.ndarray:
    """For each value the label of the other column most frequent in its rows, None where it has none: (n,) object."""
    counts = np.bincount(codes * len(known) + others, minlength=n * len(known)).reshape(n, -1)
    labels = np.array(known.labels, dtype=object)[counts.argmax(1)]
    labels[counts.sum(1) == 0] = None
    return labels


def _free(name: str, taken: dict) -> str:
    """The name as a column of a space may be called: not one that is taken, nor one of the answers'."""
    from embedviz.space.embedding_space import RESERVED

    while name in taken or name in RESERVED:
        name = f"{name} (column)"
    return name
