"""Baselines that models share: the majority class, the mean, and any other way of predicting classes or numbers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import numpy as np

from embedviz.core.progress import Progress
from embedviz.data.classes import class_numbers
from embedviz.data.splits import Split
from embedviz.evaluation.classification import class_scores
from embedviz.evaluation.group_scores import group_scores
from embedviz.evaluation.regression import error_scores
from embedviz.training.report import Baseline


def prediction_baseline(
    name: str,
    note: str,
    split: Split,
    targets: np.ndarray,
    classes: Sequence[str],
    predict: Callable[[], np.ndarray],
    groups: Mapping[str, np.ndarray] | None = None,
) -> Baseline:
    """Return a baseline that predicts the measured part.

    Parameters
    ----------
    name, note
        What it is called, and what it does in a sentence.
    split
        Of the N rows.
    targets
        (N,) true classes by number, or true numbers.
    classes
        (C) names of the classes; empty where numbers are predicted.
    predict
        Trains on the training set and returns probabilities (n, C), or numbers (n,), for the measured part.
    groups
        Name -> (n,) bool of the measured rows, whose scores are measured apart as well.
    """

    def measure() -> Generator[Progress, None, dict[str, float]]:
        yield Progress(message=f"Baseline: {name}")
        found, actual = predict(), targets[split.part(split.measured)]
        if classes:
            scores = class_scores(found, actual, class_numbers(classes))
        else:
            scores = error_scores(found, actual)
        apart = group_scores(found, actual, classes, groups or {})
        return {**{f"{split.measured}/{key}": value for key, value in scores.items()}, **apart}

    return Baseline(name, note, measure)


def majority_baseline(split: Split, codes: np.ndarray, classes: Sequence[str]) -> Baseline:
    """Return the baseline that predicts the class shares of the training set, and so always the largest class."""

    def predict() -> np.ndarray:
        shares = np.bincount(codes[split.train], minlength=len(classes)) / len(split.train)
        return np.tile(shares, (len(split.part(split.measured)), 1))

    return prediction_baseline("Majority", "Always the largest class.", split, codes, classes, predict)


def mean_baseline(split: Split, targets: np.ndarray) -> Baseline:
    """Return the baseline that always predicts the mean of the training set."""

    def predict() -> np.ndarray:
        return np.full(len(split.part(split.measured)), targets[split.train].mean())

    return prediction_baseline("Mean", "Always the mean.", split, targets, [], predict)


def fitted_probabilities(
    classifier: Any, features: Any, codes: np.ndarray, measured: Any, n_classes: int
) -> np.ndarray:
    """Fit a scikit-learn classifier and return its probabilities for the measured rows.

    Parameters
    ----------
    classifier
        With fit, predict_proba and classes_.
    features, measured
        (n, F) and (m, F) arrays or sparse matrices.
    codes
        (n,) int classes of the training rows.
    n_classes
        Classes that there are; one without a training row gets a probability of 0.

    Returns
    -------
    numpy.ndarray
        (m, C) float64.
    """
    found = np.zeros((measured.shape[0], n_classes))
    present = np.unique(codes)
    if len(present) == 1:  # too few rows for a second class: nothing to fit
        found[:, present] = 1
        return found
    classifier.fit(features, codes)
    found[:, classifier.classes_] = classifier.predict_proba(measured)
    return found
