"""Other ways to predict from a table, trained on the same rows and measured on the same."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import numpy as np

from embedviz.core.progress import Progress
from embedviz.evaluation.scores import BaselineScore
from embedviz.models.categories.encoding import EncodedRows, TableEncoder
from embedviz.models.categories.reading import LabelledRows
from embedviz.models.categories.task import scores_of

STEPS = 1000
RIDGE = 1.0


def baselines(
    read: LabelledRows, encoder: TableEncoder, encoded: EncodedRows, rows: Mapping[str, np.ndarray], seed: int
) -> Iterator[Progress | BaselineScore]:
    """The largest class or the mean; one-hot categories and standardised numbers under a linear model; boosted trees.
    rows: "train", "validation" and "test" -> places."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    part = "test" if len(rows["test"]) else "validation"
    training, measured = rows["train"], rows[part]
    classes, targets = read.classes is not None, read.targets[training]

    def score(name: str, found: np.ndarray, begun: float, note: str) -> BaselineScore:
        scores = scores_of(found, read.targets[measured], classes)
        metrics = {f"{part}/{key}": value for key, value in scores.items()}
        return BaselineScore(name, metrics, time.perf_counter() - begun, note=note)

    def answered(learner, features) -> np.ndarray:
        """(N, O) of the measured rows; a class without a training row has no probability."""
        if not classes:
            return learner.fit(features[training], targets).predict(features[measured])[:, None]
        found = np.zeros((len(measured), read.n_outputs))
        if len(there := np.unique(targets)) == 1:  # too few rows for more: nothing to fit
            found[:, there] = 1
            return found
        learner.fit(features[training], targets)
        found[:, learner.classes_] = learner.predict_proba(features[measured])
        return found

    begun = time.perf_counter()
    if classes:
        share = np.bincount(targets, minlength=read.n_outputs) / len(training)
        yield score("Majority", np.tile(share, (len(measured), 1)), begun, "Always the largest class.")
    else:
        yield score("Mean", np.full((len(measured), 1), targets.mean()), begun, "Always the mean.")

    name = "logistic regression" if classes else "ridge regression"
    yield Progress(message=f"One-hot and {name}")
    begun = time.perf_counter()
    linear = LogisticRegression(max_iter=STEPS) if classes else Ridge(RIDGE)
    found = answered(linear, _switches(encoder, encoded))
    yield score(f"One-hot, {name}", found, begun, "A switch for each value, numbers standardised; a linear model.")

    yield Progress(message="Boosted trees")
    begun = time.perf_counter()
    trees = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    # Each category as the place of its value in the alphabet: trees that split such numbers reach more on tables like the
    # bird strikes than those that split sets of values (0.561 and 0.551 there).
    features = np.hstack([_alphabetical(encoder, encoded), encoded.numbers]).astype(np.float64)
    found = answered(trees(random_state=seed), features)
    yield score("Boosted trees", found, begun, "HistGradientBoosting of scikit-learn.")


def _switches(encoder: TableEncoder, encoded: EncodedRows):
    """A column for each value of each category, each number, and each number's being missing, (N, F) sparse."""
    from scipy import sparse

    n = len(encoded.codes)
    here, ones = np.arange(n), np.ones(n, np.float32)
    switches = [
        sparse.csr_matrix((ones, (here, encoded.codes[:, k])), (n, len(values)))
        for k, values in enumerate(encoder.values.values())
    ]
    missing = np.isnan(encoded.numbers)
    plain = sparse.csr_matrix(np.hstack([np.nan_to_num(encoded.numbers), missing]).astype(np.float32))
    return sparse.hstack([*switches, plain]).tocsr()


def _alphabetical(encoder: TableEncoder, encoded: EncodedRows) -> np.ndarray:
    """Entry [n, k]: the place of row n's value of column k in the alphabet, (N, K) float64."""
    places = np.zeros(encoded.codes.shape)
    for k, values in enumerate(encoder.values.values()):
        places[:, k] = np.argsort(np.argsort(values.labels))[encoded.codes[:, k]]
    return places
