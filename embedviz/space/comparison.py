"""Two labels side by side, and the one of several that does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.space.checks import check_question
from embedviz.space.metrics import closeness, norms
from embedviz.space.searchable_space import COMPOSED, SearchableSpace


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
        b's place among a's neighbours by cosine, 1 the nearest. A composed b is counted among the vocabulary, behind the
        words that are as near.
    rank_of_a : int
        a's place among b's neighbours.
    k : int
        How many neighbours were looked at.
    shared : pd.DataFrame
        The labels that both have among their k nearest: label, similarity_a, similarity_b, in the order of a's
        neighbours.
    composed : str
        The sentences that mark a label that is not in the vocabulary, whose vector was composed from character n-grams;
        empty where both are.
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
    composed: str = ""


def compare(space: SearchableSpace, a: str, b: str, k: int = 10) -> Comparison:
    """Compare two labels: how similar they are, how they rank for each other, which neighbours they share.

    An unknown word is compared by the vector composed from its character n-grams, where the space has any.

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
    to_a, to_b = (space.closeness_to(space.vector(label)[None], "cosine")[0] for label in (a, b))
    if a == b:
        raise SettingsError(f"{a!r} was given twice; two different labels can be compared.")
    ia, ib = (space.index(label) if label in space else None for label in (a, b))
    cosine = space.similarity(a, b)
    near_a, near_b = (space.best(to, k, [] if own is None else [own]) for to, own in ((to_a, ia), (to_b, ib)))
    shared = near_a[np.isin(near_a, near_b)]
    return Comparison(
        a=a,
        b=b,
        cosine=cosine,
        euclidean=space.similarity(a, b, "euclidean"),
        dot=space.similarity(a, b, "dot"),
        rank_of_b=_rank(to_a, cosine, ib, ia),
        rank_of_a=_rank(to_b, cosine, ia, ib),
        k=k,
        shared=pd.DataFrame(
            {"label": [space.labels[i] for i in shared], "similarity_a": to_a[shared], "similarity_b": to_b[shared]}
        ),
        composed=space.compositions([a, b]),
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
        label, similarity (the mean cosine with the others), the one that fits worst first. `.attrs["composed"]` says which
        are unknown words whose vectors were composed from character n-grams.

    Raises
    ------
    SettingsError
        For fewer than three labels, or one twice.
    UnknownLabelError
        For a label that is not there.
    """
    if len(labels) < 3 or len(set(labels)) < len(labels):
        raise SettingsError("To find the odd one out, give at least three words, each once.")
    vectors = np.stack([space.vector(label) for label in labels])
    frame = pd.DataFrame({"label": list(labels), "similarity": mean_similarities(vectors)})
    frame = frame.sort_values("similarity", kind="stable", ignore_index=True)
    if composed := space.compositions(labels):
        frame.attrs[COMPOSED] = composed
    return frame


def mean_similarities(vectors: np.ndarray) -> np.ndarray:
    """Return the mean cosine of each vector with the others: (N, D) -> (N,) float32. N is two or more."""
    similarities = closeness(vectors, vectors, norms(vectors), "cosine")
    return (similarities.sum(axis=1) - similarities.diagonal()) / (len(vectors) - 1)


def _rank(similarities: np.ndarray, cosine: float, row: int | None, query: int | None) -> int:
    """Return a label's place in the list of neighbours, from 1; ties in the given order, as in the list.

    Parameters
    ----------
    similarities
        (N,) of the query to the vocabulary.
    cosine
        Of the query to the label, for one that is composed.
    row, query
        The rows of the label and of the query; None for composed ones. A composed label comes after its ties.
    """
    level = np.float32(cosine) if row is None else similarities[row]
    earlier = np.arange(len(similarities)) < (len(similarities) if row is None else row)
    before = (similarities > level) | ((similarities == level) & earlier)
    if query is not None:
        before[query] = False
    return int(before.sum()) + 1
