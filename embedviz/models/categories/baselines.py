"""Other ways to predict from a table, trained on the same rows and measured on the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from embedviz.evaluation.scores import BaselineScore
from embedviz.models.categories.task import scores_of
from embedviz.training.progress import Progress

if TYPE_CHECKING:
    from embedviz.models.categories.model import Categories

STEPS = 1000
RIDGE = 1.0


def baselines(model: Categories) -> Iterator[Progress | BaselineScore]:
    """The largest class or the mean; one-hot categories and standardised numbers under a linear model; boosted trees."""
    part = "test" if len(model.rows["test"]) else "validation"
    training, measured = model.rows["train"], model.rows[part]

    def score(name: str, found: np.ndarray, begun: float, note: str) -> BaselineScore:
        scores = scores_of(found, model.targets[measured], model.classes)
        metrics = {f"{part}/{key}": value for key, value in scores.items()}
        return BaselineScore(name, metrics, time.perf_counter() - begun, note=note)

    begun = time.perf_counter()
    if model.classes:
        share = np.bincount(model.targets[training], minlength=model.n_outputs) / len(training)
        yield score("Majority", np.tile(share, (len(measured), 1)), begun, "Always the largest class.")
    else:
        mean = np.full((len(measured), 1), model.targets[training].mean())
        yield score("Mean", mean, begun, "Always the mean.")

    linear = "logistic regression" if model.classes else "ridge regression"
    yield Progress(message=f"One-hot and {linear}")
    begun = time.perf_counter()
    found = _linear(model, training, measured)
    yield score(f"One-hot, {linear}", found, begun, "A switch for each value, numbers standardised; a linear model.")

    yield Progress(message="Boosted trees")
    begun = time.perf_counter()
    yield score("Boosted trees", _trees(model, training, measured), begun, "HistGradientBoosting of scikit-learn.")


def _linear(model: Categories, training: np.ndarray, measured: np.ndarray) -> np.ndarray:
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression, Ridge

    def features(rows: np.ndarray):
        codes, numbers = model.encoded.codes[rows], model.encoded.numbers[rows]
        here = np.arange(len(rows))
        switches = [
            sparse.csr_matrix((np.ones(len(rows), np.float32), (here, codes[:, k])), (len(rows), len(values)))
            for k, values in enumerate(model.encoder.values.values())
        ]
        missing = np.isnan(numbers)
        plain = sparse.csr_matrix(np.hstack([np.nan_to_num(numbers), missing]).astype(np.float32))
        return sparse.hstack([*switches, plain]).tocsr()

    if model.classes:
        return _probabilities(
            model, LogisticRegression(max_iter=STEPS), features(training), features(measured), training
        )
    return Ridge(RIDGE).fit(features(training), model.targets[training]).predict(features(measured))[:, None]


def _trees(model: Categories, training: np.ndarray, measured: np.ndarray) -> np.ndarray:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    # Each category as the place of its value in the alphabet: trees that split such numbers reach more on tables like the
    # bird strikes than those that split sets of values (0.561 and 0.551 there).
    features = np.hstack([_alphabetical(model), model.encoded.numbers]).astype(np.float64)
    seed = model.settings.seed
    if model.classes:
        trees = HistGradientBoostingClassifier(random_state=seed)
        return _probabilities(model, trees, features[training], features[measured], training)
    trees = HistGradientBoostingRegressor(random_state=seed)
    return trees.fit(features[training], model.targets[training]).predict(features[measured])[:, None]


def _alphabetical(model: Categories) -> np.ndarray:
    """Entry [n, k]: the place of row n's value of column k in the alphabet, (N, K) float64."""
    codes = np.zeros(model.encoded.codes.shape)
    for k, values in enumerate(model.encoder.values.values()):
        codes[:, k] = np.argsort(np.argsort(values.labels))[model.encoded.codes[:, k]]
    return codes


def _probabilities(model: Categories, learner, features, measured, training: np.ndarray) -> np.ndarray:
    """(N, C) of the measured rows' features; a class without a training row has none."""
    found = np.zeros((measured.shape[0], model.n_outputs))
    if len(there := np.unique(model.targets[training])) == 1:  # too few rows for more: nothing to fit
        found[:, there] = 1
        return found
    learner.fit(features, model.targets[training])
    found[:, learner.classes_] = learner.predict_proba(measured)
    return found
