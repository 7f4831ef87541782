"""The spaces of a sentiment training: its words after learning and before, with what the texts tell of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.models.sentiment.reading import word_classes
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    from embedviz.models.sentiment.model import Sentiment

MOST_CLASSES = 10  # with a column of their own, the largest ones


def word_spaces(model: Sentiment, vectors: np.ndarray) -> dict[str, EmbeddingSpace]:
    """ "word" with the vectors (V, D), and "before" where some began with a ready vector and all have learned.

    Columns: count in the training part; "share in CLASS": of the training texts that hold the word, those in the class;
    leans to: the class that the word is found in most beyond the class's own share; moved: cosine distance from where
    it began, missing for a word that began with a random vector.
    """
    labels = model.vocabulary.labels
    columns = pd.DataFrame({"count": model.vocabulary.counts})
    columns = pd.concat([columns, class_columns(model)], axis=1)
    if not model.settings.fine_tune or not len(model.known):
        return {"word": EmbeddingSpace(labels, vectors, columns, "word")}
    before = model.before[model.known] / np.float32(model.scale)
    columns["moved"] = np.nan
    columns.loc[model.known, "moved"] = cosine_distance(before, vectors[model.known])
    known = [labels[i] for i in model.known]
    return {
        "word": EmbeddingSpace(labels, vectors, columns, "word"),
        "before": EmbeddingSpace(known, before, columns.iloc[model.known], "word"),
    }


def class_columns(model: Sentiment) -> pd.DataFrame:
    """ "share in CLASS" for the largest classes, and "leans to"; worked out once."""
    if model.class_columns is None:
        names = model.read.classes.names
        rows = model.rows["train"]
        codes = model.read.codes[rows]
        counts = word_classes([model.read.words[i] for i in rows], codes, model.vocabulary.labels, len(names))
        share = counts / np.maximum(1, counts.sum(1, keepdims=True))  # (V, C)
        usual = np.bincount(codes, minlength=len(names)) / len(codes)
        columns = {f"share in {name}": share[:, c].astype(np.float32) for c, name in enumerate(names[:MOST_CLASSES])}
        # One text more of each class, spread as usual: a word seen once leans to nothing strongly.
        smoothed = (counts + usual) / (counts.sum(1, keepdims=True) + 1)
        leaning = (smoothed / np.maximum(usual, 1e-9)).argmax(1)
        columns["leans to"] = np.array(names, dtype=object)[leaning]
        model.class_columns = pd.DataFrame(columns)
    return model.class_columns


def cosine_distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """1 − cosine of rows of a and b (N, D): (N,) float32, 0 to 2; 1 where one is zero."""
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return (1 - np.einsum("nd,nd->n", a, b) / np.maximum(lengths, 1e-12)).clip(0, 2).astype(np.float32)
