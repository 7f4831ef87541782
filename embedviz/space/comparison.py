"""Two labels beside each other, and the one of several that does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.space.embedding_space import EmbeddingSpace, check_question
from embedviz.space.metrics import closeness, norms


@dataclass(frozen=True)
class Comparison:
    """Two labels beside each other. rank_of_b: b's place among a's neighbours by cosine, 1 the nearest; rank_of_a the
    other way round. shared: the labels both have among their k nearest, with the similarity to each (label,
    similarity_a, similarity_b), in the order of a's neighbours."""

    a: str
    b: str
    cosine: float
    euclidean: float
    dot: float
    rank_of_b: int
    rank_of_a: int
    k: int
    shared: pd.DataFrame


def compare(space: EmbeddingSpace, a: str, b: str, k: int = 10) -> Comparison:
    """How similar a and b are, how they rank for each other, and which of their k nearest they share."""
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


def odd_one_out(space: EmbeddingSpace, labels: Sequence[str]) -> pd.DataFrame:
    """Each label's mean cosine with the others, the one that fits worst first: label, similarity."""
    if len(labels) < 3 or len(set(labels)) < len(labels):
        raise SettingsError("To find the odd one out, give at least three words, each once.")
    vectors = np.asarray(space.vectors[[space.index(label) for label in labels]])
    similarities = closeness(vectors, vectors, norms(vectors), "cosine")
    mean = (similarities.sum(axis=1) - similarities.diagonal()) / (len(labels) - 1)
    frame = pd.DataFrame({"label": list(labels), "similarity": mean})
    return frame.sort_values("similarity", kind="stable", ignore_index=True)


def _rank(similarities: np.ndarray, of: int, query: int) -> int:
    """The place of one label in the list of neighbours, from 1; ties stand in the given order, as in the list."""
    level = similarities[of]
    before = (similarities > level) | ((similarities == level) & (np.arange(len(similarities)) < of))
    before[query] = False
    return int(before.sum()) + 1
