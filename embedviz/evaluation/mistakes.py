"""The examples of the test set that a model predicts worst, to be read."""

from __future__ import annotations

import pandas as pd

from embedviz.space import EmbeddingSpace
from embedviz.training.examples import CONFIDENCE, ERROR, OUTCOME, PART, PARTS, WRONG

MAX_MISTAKES = 500


def worst_predictions(space: EmbeddingSpace) -> pd.DataFrame | None:
    """Return the label and the columns of the worst predictions of the test set, the worst first.

    Of classes those that are wrong, the most confident first; of numbers the largest errors. None for a space without
    predictions.
    """
    columns = space.columns
    if not {PART, OUTCOME} <= set(columns) and not {PART, ERROR} <= set(columns):
        return None
    tested = columns.assign(label=space.labels).loc[columns[PART] == PARTS["test"]]
    tested = tested[["label", *columns]]
    if OUTCOME in tested:
        wrong = tested.loc[tested[OUTCOME] == WRONG].drop(columns=[OUTCOME, PART])
        return wrong.sort_values(CONFIDENCE, ascending=False, kind="stable", ignore_index=True).head(MAX_MISTAKES)
    order = tested[ERROR].abs().sort_values(ascending=False, kind="stable").index
    return tested.loc[order].drop(columns=PART).reset_index(drop=True).head(MAX_MISTAKES)


def mistakes_sentence(space: EmbeddingSpace, many: str) -> str:
    """Return how many examples of the test set are predicted wrongly; many: what they are called."""
    tested = space.columns.loc[space.columns[PART] == PARTS["test"]]
    if ERROR in tested:
        return " ".join([f"The {many} of the test set, those with the largest errors first.", *space.notes])
    n = int((tested[OUTCOME] == WRONG).sum())
    sentence = f"Of {len(tested):,} {many} of the test set, {n:,} are predicted wrongly. The most confident predictions come first."
    return " ".join([sentence, *space.notes])
