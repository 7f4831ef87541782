"""k-NN purity: the share of a label's k nearest neighbours that are of the same group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from embedviz.space import EmbeddingSpace

MAX_GROUPS = 50
MIN_GROUP_SIZE = 10  # labels a group on average
MAX_QUERIES = 2000  # labels whose neighbours are searched


@dataclass(frozen=True)
class KnnPurity:
    """The purity of a space by one column of groups.

    Attributes
    ----------
    share
        Of the k nearest neighbours that are of the label's own group, mean over labels.
    chance
        The share that random neighbours have.
    groups, labels
        Groups that there are, and labels that have one.
    """

    share: float
    chance: float
    groups: int
    labels: int


def knn_purity(space: EmbeddingSpace, column: str, k: int = 10, seed: int = 0) -> KnnPurity:
    """Return the purity of the k nearest neighbours by cosine.

    Parameters
    ----------
    space
        Labels without a group are left out.
    column
        Of groups, among the space's columns.
    k
        Neighbours of each label.
    seed
        Of the sample of labels where there are more than `MAX_QUERIES`.
    """
    codes, groups = pd.factorize(space.columns[column])
    filled = np.flatnonzero(codes >= 0)
    codes, n = codes[filled], len(filled)
    queries, near = nearest_labels(space.take(filled), k, seed)
    sizes = np.bincount(codes)
    return KnnPurity(
        share=float((codes[near] == codes[queries][:, None]).mean()),
        chance=float((sizes * (sizes - 1)).sum() / (n * (n - 1))),
        groups=len(groups),
        labels=n,
    )


def nearest_labels(space: EmbeddingSpace, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return places of labels, MAX_QUERIES at most, (Q,) int64, and of the k nearest neighbours of each by cosine, (Q, k)."""
    n = len(space)
    queries = np.arange(n)
    if n > MAX_QUERIES:
        queries = np.sort(np.random.default_rng(seed).choice(n, MAX_QUERIES, replace=False))
    near = space.neighbor_indices(np.asarray(space.vectors[queries]), k + 1)
    is_other = near != queries[:, None]
    is_other[is_other.all(1), -1] = False  # the label itself was not among them, because others are as near
    return queries, near[is_other].reshape(len(queries), -1)


def group_columns(space: EmbeddingSpace) -> list[str]:
    """Return the columns of groups: text of 2 to `MAX_GROUPS` values, `MIN_GROUP_SIZE` labels to each on average."""
    found = []
    for name, values in space.columns.items():
        if not pd.api.types.is_numeric_dtype(values):
            n = values.nunique()
            if 2 <= n <= MAX_GROUPS and int(values.notna().sum()) >= MIN_GROUP_SIZE * n:
                found.append(str(name))
    return found


def purity_by_column(spaces: Mapping[str, EmbeddingSpace], k: int = 10) -> pd.DataFrame:
    """Return the purity of each space by each of its columns of groups: space, column, share, chance, groups, labels."""
    rows = [
        {"space": name, "column": column, **asdict(knn_purity(space, column, k))}
        for name, space in spaces.items()
        for column in group_columns(space)
    ]
    return pd.DataFrame(rows)
