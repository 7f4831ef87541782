"""Labelled texts, split and encoded: what training, evaluation and baselines read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from embedviz.data.splits import Split
from embedviz.models.sentiment.ngrams import Ngrams
from embedviz.models.sentiment.reading import LabelledTexts, texts_per_class
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.models.sentiment.vocabulary import FIRST, SentimentVocabulary

MAX_CLASS_COLUMNS = 10  # classes with a column of their own, the largest first


@dataclass(frozen=True, eq=False)
class EncodedCorpus:
    """Labelled texts, split by row; vocabulary and n-grams are those of the training set.

    Attributes
    ----------
    data
        The N texts.
    split
        Of them.
    pretrained
        (U, D) float32 vectors of the data's distinct words, NaN for a word without; None without pretrained vectors.
    words
        (V,) int64 places in ``data.labels`` of the words of the vocabulary.
    vocabulary
        The words that have a number.
    further
        (R, D) float16 vectors of ``vocabulary.further``.
    ngrams
        (F) of the linear term; None without one.
    sentences
        (N, E) float32 vectors of the texts by a sentence encoder; None without one.
    """

    data: LabelledTexts
    split: Split
    pretrained: np.ndarray | None
    words: np.ndarray
    vocabulary: SentimentVocabulary
    further: np.ndarray
    ngrams: Ngrams | None
    sentences: np.ndarray | None

    @cached_property
    def texts(self) -> CodedTexts:
        """The texts as the network reads them."""
        return self.data.texts.recoded(self.vocabulary.encode(self.data.labels))

    @cached_property
    def class_shares(self) -> np.ndarray:
        """(C,) float64: share of each class in the training set."""
        counts = np.bincount(self.data.codes[self.split.train], minlength=len(self.data.classes.names))
        return counts / counts.sum()

    @cached_property
    def word_columns(self) -> pd.DataFrame:
        """Columns of the V words, of the training set: "count"; "share in CLASS" for the largest classes, the share of
        that class among the texts with the word; "leans to", the class that the word occurs in most beyond the class's
        own share."""
        names, train = self.data.classes.names, self.split.train
        table = texts_per_class(self.texts, train, self.data.codes, FIRST + len(self.words), len(names))[FIRST:]
        n_texts = table.sum(1, keepdims=True)  # (V, 1)
        share = (table / np.maximum(1, n_texts)).astype(np.float32)  # (V, C)
        # One text more, spread over the classes as usual, so that a word seen once leans to nothing strongly.
        smoothed = (table + self.class_shares) / (n_texts + 1)
        leaning = (smoothed / np.maximum(self.class_shares, 1e-9)).argmax(1)
        return pd.DataFrame(
            {
                "count": self.data.counts(train)[self.words],
                **{f"share in {name}": share[:, c] for c, name in enumerate(names[:MAX_CLASS_COLUMNS])},
                "leans to": np.array(names, dtype=object)[leaning],
            }
        )
