"""Two labels side by side, and the one of several that does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.space.checks import check_question
from embedviz.space.metrics import closeness, norms
from embedviz.space.searchable_space import SearchableSpace


@dataclass(frozen=True)
class Comparison:
    """Two labels side by side.

    Attributes
    ----------
    a, b : str
        The labels.
    cosine, euclidean, dot : float
        Their similarity, distance and dot product.
    rank_of_b : int
        b's place among a's neighbours by cosine, 1 the nearest.
    rank_of_a : int
        a's place among b's neighbours.
    k : int
        How many neighbours were looked at.
    shared : pd.DataFrame
        The labels that both have among their k nearest: label, similarity_a, similarity_b, in the order of a's
        neighbours.
    """

    a: str
    b: str
    cosine: float
    euclidean: float
    dot: float
    rank_of_b: int
    rank_of_a: int
    k: int
    shared: pd.DataFrame


def compare(space: SearchableSpace, a: str, b: str, k: int = 10) -> Comparison:
    """Compare two labels: how similar they are, how they rank for each other, which neighbours they share.

    Parameters
    ----------
    space : SearchableSpace
        Where the labels are.
    a, b : str
        Two different labels.
    k : int
        How many neighbours of each to look at.

    Returns
    -------
    Comparison
        By cosine where it is about neighbours.

    Raises
    ------
    SettingsError
        For the same label twice.
    UnknownLabelError
        For a label that is not there.
    """
    check_question(k, "cosine")
    ia, ib = space.index(a), space.index(b)
    if ia == ib:
        raise SettingsError(f"{a!r} was given twice; two different labels can be compared.")
    to_a, to_b = (space.closeness_to(space.vector(label)[None], "cosine")[0] for label in (a, b))
    near_b = set(space.best(to_b, k, [ib]).tolist())
    shared = np.array([i for i in space.best(to_a, k, [ia]) if i in near_b], np.int64)
    return Comparison(
        a=a,
        b=b,
        cosine=space.similarity(a, b),
        euclidean=space.similarity(a, b, "euclidean"),
        dot=space.similarity(a, b, "dot"),
        rank_of_b=_rank(to_a, ib, ia),
        rank_of_a=_rank(to_b, ia, ib),
        k=k,
        shared=pd.DataFrame(
            {"label": [space.labels[i] for i in shared], "similarity_a": to_a[shared], "similarity_b": to_b[shared]}
        ),
    )


def odd_one_out(space: SearchableSpace, labels: Sequence[str]) -> pd.DataFrame:
    """Rank labels by how well they fit the others.

    Parameters
    ----------
    space : SearchableSpace
        Where the labels are.
    labels : sequence of str
        Three or more, each once.

    Returns
    -------
    pd.DataFrame
        label, similarity (the mean cosine with the others), the one that fits worst first.

    Raises
    ------
    SettingsError
        For fewer than three labels, or one twice.
    """
    if len(labels) < 3 or len(set(labels)) < len(labels):
        raise SettingsError("To find the odd one out, give at least three words, each once.")
    vectors = np.asarray(space.vectors[[space.index(label) for label in labels]])
    frame = pd.DataFrame({"label": list(labels), "similarity": mean_similarities(vectors)})
    return frame.sort_values("similarity", kind="stable", ignore_index=True)


def mean_similarities(vectors: np.ndarray) -> np.ndarray:
    """Return the mean cosine of each vector with the others: (N, D) -> (N,) float32. N is two or more."""
    similarities = closeness(vectors, vectors, norms(vectors), "cosine")
    return (similarities.sum(axis=1) - similarities.diagonal()) / (len(vectors) - 1)


def _rank(similarities: np.ndarray, of: int, query: int) -> int:
    """Return the place of one label in the list of neighbours, from 1; ties in the given order, as in the list."""
    level = similarities[of]
    before = (similarities > level) | ((similarities == level) & (np.arange(len(similarities)) < of))
    before[query] = False
    return int(before.sum()) + 1
