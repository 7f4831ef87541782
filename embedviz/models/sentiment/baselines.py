"""Other ways to tell texts apart, trained on the same texts and measured on the same: what sentiment has to beat."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.progress import Progress
from embedviz.evaluation.classification import class_scores
from embedviz.evaluation.scores import BaselineScore

if TYPE_CHECKING:
    from embedviz.models.sentiment.model import Sentiment

REGULARISATION = 4.0  # C of logistic regression over TF-IDF
STEPS = 1000


def baselines(model: Sentiment) -> Iterator[Progress | BaselineScore]:
    """The largest class; TF-IDF with logistic regression; the mean of the ready vectors with logistic regression."""
    part = "test" if len(model.rows["test"]) else "validation"
    training, measured = model.rows["train"], model.rows[part]
    codes, n_classes = model.read.codes, len(model.read.classes.names)

    def score(name: str, found: np.ndarray, begun: float, note: str) -> BaselineScore:
        scores = class_scores(found, codes[measured])
        metrics = {f"{part}/{key}": value for key, value in scores.items()}
        return BaselineScore(name, metrics, time.perf_counter() - begun, note=note)

    begun = time.perf_counter()
    share = np.bincount(codes[training], minlength=n_classes) / len(training)
    yield score("Majority", np.tile(share, (len(measured), 1)), begun, "Always the largest class.")

    yield Progress(message="TF-IDF and logistic regression")
    begun = time.perf_counter()
    found = _tf_idf(model, training, measured)
    yield score("TF-IDF", found, begun, "Words and word pairs by TF-IDF, logistic regression.")

    if model.ready is not None:
        yield Progress(message="Mean of the vectors and logistic regression")
        begun = time.perf_counter()
        found = _mean_vectors(model, training, measured)
        yield score("Mean of the vectors", found, begun, "The mean of the words' ready vectors, logistic regression.")


def _tf_idf(model: Sentiment, training: np.ndarray, measured: np.ndarray) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = model.read.words
    vectorizer = TfidfVectorizer(analyzer=_pairs, sublinear_tf=True)
    features = vectorizer.fit_transform([words[i] for i in training])
    return _regression(model, features, vectorizer.transform([words[i] for i in measured]), training, REGULARISATION)


def _mean_vectors(model: Sentiment, training: np.ndarray, measured: np.ndarray) -> np.ndarray:
    means = np.zeros((len(model.texts), model.ready.dim), np.float32)
    known: dict[str, np.ndarray | None] = {}
    for i in np.concatenate([training, measured]):
        for word in model.read.words[i]:
            if word not in known:
                known[word] = model.ready.vector(word)
        vectors = [known[word] for word in model.read.words[i] if known[word] is not None]
        if vectors:
            means[i] = np.mean(vectors, axis=0)
    return _regression(model, means[training], means[measured], training, 1.0)


def _regression(model: Sentiment, features, measured, training: np.ndarray, C: float) -> np.ndarray:
    """Probabilities (N, classes) of the measured rows' features; a class without a training text has none."""
    from sklearn.linear_model import LogisticRegression

    codes = model.read.codes[training]
    fitted = LogisticRegression(C=C, max_iter=STEPS).fit(features, codes)
    found = np.zeros((measured.shape[0], len(model.read.classes.names)))
    found[:, fitted.classes_] = fitted.predict_proba(measured)
    return found


def _pairs(words: list[str]) -> list[str]:
    return [*words, *(f"{a} {b}" for a, b in zip(words, words[1:], strict=False))]
