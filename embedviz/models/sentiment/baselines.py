"""Other classifiers of texts, trained and measured on the same parts: what sentiment has to beat."""

from __future__ import annotations

import numpy as np

from embedviz.evaluation.baselines import fitted_probabilities, majority_baseline, prediction_baseline
from embedviz.models.sentiment.prepared import PreparedSentiment
from embedviz.models.sentiment.vocabulary import has_vector
from embedviz.training.report import Baseline

MAX_ITERATIONS = 1000
TF_IDF_STRENGTH = 4.0  # inverse regularisation strength, C of scikit-learn


def baselines_of(prepared: PreparedSentiment) -> list[Baseline]:
    """Return the majority class; TF-IDF, and the mean of the pretrained vectors, each with logistic regression."""
    split, codes, classes = prepared.split, prepared.data.codes, prepared.data.classes.names
    classifiers = [("TF-IDF", "Words and word pairs by TF-IDF, logistic regression.", _tf_idf)]
    if prepared.pretrained is not None:
        note = "The mean of the words' pretrained vectors, logistic regression."
        classifiers.append(("Mean of the vectors", note, _mean_vectors))
    return [
        majority_baseline(split, codes, classes),
        *(
            prediction_baseline(name, note, split, codes, classes, lambda predict=predict: predict(prepared))
            for name, note, predict in classifiers
        ),
    ]


def _tf_idf(prepared: PreparedSentiment) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    data, split = prepared.data, prepared.split
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), lowercase=False, token_pattern=None)
    vectorizer.set_params(tokenizer=lambda words: words, preprocessor=lambda words: words)
    features = vectorizer.fit_transform(data.words(split.train))
    measured = vectorizer.transform(data.words(split.part(split.measured)))
    classifier = LogisticRegression(C=TF_IDF_STRENGTH, max_iter=MAX_ITERATIONS)
    return fitted_probabilities(classifier, features, data.codes[split.train], measured, len(data.classes.names))


def _mean_vectors(prepared: PreparedSentiment) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    data, split, pretrained = prepared.data, prepared.split, prepared.pretrained
    assert pretrained is not None
    means = np.zeros((len(data), pretrained.shape[1]), np.float32)
    for i in range(len(data)):
        vectors = pretrained[data.texts.text(i)]  # (L, D)
        if (is_known := has_vector(vectors)).any():
            means[i] = vectors[is_known].mean(0)
    classifier, measured = LogisticRegression(max_iter=MAX_ITERATIONS), means[split.part(split.measured)]
    return fitted_probabilities(
        classifier, means[split.train], data.codes[split.train], measured, len(data.classes.names)
    )
