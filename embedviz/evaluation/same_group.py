"""Whether those of one group lie together in a space: the share of the nearest labels that are of the same group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.space import EmbeddingSpace

MOST_GROUPS = 50
QUERIES = 2000  # labels asked for their neighbours at most


@dataclass(frozen=True)
class SameGroup:
    """share: of the k nearest that are of the label's own group, mean over labels. chance: what labels put at random
    would give. labels: how many have a group."""

    share: float
    chance: float
    groups: int
    labels: int


def same_group_share(space: EmbeddingSpace, column: str, k: int = 10, seed: int = 0) -> SameGroup:
    """How much of a label's neighbourhood (the k nearest by cosine) is of its own group, by a column of groups. Labels
    without a group are left out; more than 2,000 are drawn from."""
    codes, groups = pd.factorize(space.columns[column])
    filled = np.flatnonzero(codes >= 0)
    space, codes = space.take(filled), codes[filled]
    n = len(codes)
    asked = np.arange(n)
    if n > QUERIES:
        asked = np.sort(np.random.default_rng(seed).choice(n, QUERIES, replace=False))
    near = space.neighbor_indices(np.asarray(space.vectors[asked]), k + 1)
    other = near != asked[:, None]
    other[other.all(1), -1] = False  # the label itself was not among them, for others are as near
    near = near[other].reshape(len(asked), -1)
    sizes = np.bincount(codes)
    return SameGroup(
        share=float((codes[near] == codes[asked][:, None]).mean()),
        chance=float((sizes * (sizes - 1)).sum() / (n * (n - 1))),
        groups=len(groups),
        labels=n,
    )


def group_columns(space: EmbeddingSpace) -> list[str]:
    """The space's columns that tell groups: text of 2 to 50 different values, ten labels to a value on average."""
    found = []
    for column in space.columns:
        values = space.columns[column]
        if not pd.api.types.is_numeric_dtype(values):
            n = values.nunique()
            if 2 <= n <= MOST_GROUPS and values.notna().sum() >= 10 * n:
                found.append(column)
    return found
