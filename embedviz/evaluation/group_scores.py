"""Scores of groups of rows, each measured apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from embedviz.data.classes import class_numbers
from embedviz.evaluation.classification import class_scores
from embedviz.evaluation.regression import error_scores


def group_scores(
    found: np.ndarray, actual: np.ndarray, classes: Sequence[str], groups: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Return the scores of each group of rows, "rare/accuracy".

    Parameters
    ----------
    found, actual
        Probabilities (n, C) and true classes (n,), or numbers (n,) both.
    classes
        (C) names of the classes; empty where numbers are predicted.
    groups
        Name -> (n,) bool.
    """
    numbers = class_numbers(classes) if classes else None
    scores: dict[str, float] = {}
    for name, rows in groups.items():
        of_group = (
            class_scores(found[rows], actual[rows], numbers) if classes else error_scores(found[rows], actual[rows])
        )
        scores |= {f"{name}/{score}": value for score, value in of_group.items()}
    return scores
