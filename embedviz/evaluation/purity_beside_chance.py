"""k-NN purity beside what shuffled groups reach, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.evaluation.knn_purity import MAX_GROUPS, MIN_GROUP_SIZE, nearest_labels
from embedviz.space import EmbeddingSpace

QUANTILES = 5  # groups of a column of numbers
PERMUTATIONS = 200
RESAMPLES = 1000
LEVEL = 0.95
BLOCK = 100  # resamples in memory at a time


@dataclass(frozen=True)
class PurityBesideChance:
    """The purity of a space by a column of groups.

    Attributes
    ----------
    purity
        Share of the k nearest neighbours that are of the label's own group, mean over labels.
    lower, upper
        Ends of its 95% interval: a bootstrap over labels.
    chance
        The same share where the groups are shuffled over the labels, mean over permutations.
    shuffled
        The share that 97.5% of the permutations stay below.
    groups, labels
        Groups that there are, and labels that have one.
    """

    purity: float
    lower: float
    upper: float
    chance: float
    shuffled: float
    groups: int
    labels: int


def purity_beside_chance(space: EmbeddingSpace, groups: pd.Series, k: int, seed: int) -> PurityBesideChance:
    """Return the purity by groups, whose labels without one are left out.

    Parameters
    ----------
    space
        N labels.
    groups
        (N,) of each label, as `comparable_groups` returns them.
    k
        Neighbours of each label.
    seed
        Of permutations and resamples.
    """
    found, names = pd.factorize(groups)
    filled = np.flatnonzero(found >= 0)
    codes, rng = found[filled], np.random.default_rng(seed)
    queries, near = nearest_labels(space.take(filled), min(k, len(filled) - 1), seed)
    shares = (codes[near] == codes[queries][:, None]).mean(1)  # (Q,)
    shuffled = np.empty(PERMUTATIONS)
    for i in range(PERMUTATIONS):
        drawn = rng.permutation(codes)
        shuffled[i] = (drawn[near] == drawn[queries][:, None]).mean()
    means = np.concatenate(
        [shares[rng.integers(0, len(shares), (BLOCK, len(shares)))].mean(1) for _ in range(RESAMPLES // BLOCK)]
    )
    lower, upper = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return PurityBesideChance(
        float(shares.mean()),
        float(lower),
        float(upper),
        float(shuffled.mean()),
        float(np.quantile(shuffled, (1 + LEVEL) / 2)),
        len(names),
        len(filled),
    )


def comparable_groups(space: EmbeddingSpace, only: Sequence[str] = ()) -> dict[str, pd.Series]:
    """Return the groups of each column that has some: text of few values, or numbers in quantiles.

    Parameters
    ----------
    space
        With its columns.
    only
        Names of columns; empty for all.

    Returns
    -------
    dict
        Column -> (N,) group of each label, missing where it has none. Columns of fewer than two groups, of more than
        `MAX_GROUPS`, or of fewer than `MIN_GROUP_SIZE` labels a group on average are left out.
    """
    found: dict[str, pd.Series] = {}
    for name, values in space.columns.items():
        if only and str(name) not in only:
            continue
        groups, is_number = values, pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        if is_number and values.nunique() > QUANTILES:
            groups = pd.Series(pd.qcut(values, QUANTILES, labels=False, duplicates="drop"))
        n = groups.nunique()
        if 2 <= n <= MAX_GROUPS and int(groups.notna().sum()) >= MIN_GROUP_SIZE * n:
            found[str(name)] = groups
    return found
