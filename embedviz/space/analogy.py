"""Analogies by two formulas: what is to woman as king is to man."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.space.checks import check_question
from embedviz.space.metrics import norms
from embedviz.space.searchable_space import COMPOSED, SearchableSpace

Formula = Literal["3cosadd", "3cosmul"]
EPSILON = 0.001  # Levy and Goldberg's, against division by zero


def analogy(
    space: SearchableSpace,
    positive: Sequence[str],
    negative: Sequence[str] = (),
    k: int = 10,
    method: Formula = "3cosadd",
    include_inputs: bool = False,
    min_count: int | None = None,
) -> pd.DataFrame:
    """Find the labels that complete an analogy.

    3CosAdd adds unit vectors and takes the cosine with the sum (Mikolov, Yih and Zweig 2013, NAACL, p. 746). 3CosMul
    multiplies the similarities to the positives, shifted to 0..1, and divides by those to the negatives plus 0.001 (Levy
    and Goldberg 2014, CoNLL, p. 171), so that no single word decides; its similarity is such a ratio, not a cosine.

    Parameters
    ----------
    space : SearchableSpace
        Where to look.
    positive, negative : sequence of str
        Labels that are added and subtracted: ["king", "woman"] and ["man"].
    k : int
        How many answers.
    method : {"3cosadd", "3cosmul"}
        The formula.
    include_inputs : bool
        Let the inputs answer too; the nearest to king − man is mostly king.
    min_count : int, optional
        Leave out labels that occur less often.

    Returns
    -------
    pd.DataFrame
        label, similarity, then the space's columns; best first. `.attrs["composed"]` says which inputs are unknown words
        whose vectors were composed from character n-grams.

    Raises
    ------
    SettingsError
        Without a positive label, or for an unknown formula.
    UnknownLabelError
        For a label that is not there.
    """
    check_question(k, "cosine")
    if not positive:
        raise SettingsError("An analogy needs at least one word on the positive side.")
    inputs = [*positive, *negative]
    vectors = np.stack([space.vector(label) for label in inputs])
    units = unit_vectors(vectors, norms(vectors))
    exclude = [] if include_inputs else [space.index(label) for label in inputs if label in space]
    composed = space.compositions(inputs)
    if method == "3cosadd":
        signs = np.array([1] * len(positive) + [-1] * len(negative), np.float32)
        near = space.nearest(signs @ units, k, "cosine", exclude, min_count)
        frame = space.answer(near.indices, "similarity", near.closeness)
    elif method == "3cosmul":
        similarities = space.closeness_to(units, "cosine")
        factors = multiplied(similarities[: len(positive)]), divided(similarities[len(positive) :])
        scores = factors[0].prod(axis=0) * factors[1].prod(axis=0)
        found = space.best(scores, k, exclude, min_count)
        frame = space.answer(found, "similarity", scores[found])
    else:
        raise SettingsError(f"An analogy is solved by 3cosadd or 3cosmul, not {method!r}.")
    if composed:
        frame.attrs[COMPOSED] = composed
    return frame


def multiplied(cosines: np.ndarray) -> np.ndarray:
    """Return the factors of 3CosMul for cosines to a positive word: the cosines shifted to 0..1."""
    return (cosines + 1) / 2


def divided(cosines: np.ndarray) -> np.ndarray:
    """Return the factors of 3CosMul for cosines to a negative word: 1 by the shifted cosine plus 0.001."""
    return 1 / (multiplied(cosines) + EPSILON)


def unit_vectors(vectors: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return vectors at length 1, a zero vector left zero: (N, D), (N,) -> (N, D)."""
    return np.divide(vectors, lengths[:, None], out=np.zeros_like(vectors), where=lengths[:, None] > 0)
