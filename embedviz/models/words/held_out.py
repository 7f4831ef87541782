"""Held-out measurement while word vectors are trained: pairs of the validation and of the training part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.evaluation.held_out_pairs import HeldOutPairs
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.trained import WordVectors
from embedviz.text.corpus import Corpus

CURVE_PAIRS = 10_000  # held-out pairs measured each time
TRAIN_PAIRS = 4_000  # pairs of the training text measured with them
TRAIN_SAMPLE = 200_000  # tokens of the training text that its pairs are drawn from


@dataclass(frozen=True)
class HeldOut:
    """Pairs of the validation and of the training part, measured at fixed places of the schedule."""

    validation: HeldOutPairs
    train: HeldOutPairs

    @classmethod
    def of(cls, corpus: Corpus, training: np.ndarray, settings: WordSettings) -> HeldOut:
        """Draw the pairs; the same seed draws the same ones. training: (T,) tokens of the training part in random order."""
        counts, seed = corpus.vocabulary.counts, settings.seed
        return cls(
            HeldOutPairs.draw(corpus.validation, settings.window, counts, seed, CURVE_PAIRS),
            HeldOutPairs.draw(training[:TRAIN_SAMPLE], settings.window, counts, seed, TRAIN_PAIRS),
        )

    def measure(self, vectors: WordVectors) -> dict[str, float]:
        """Return loss and AUC of vectors on both parts; a part without pairs is left out."""
        parts = {"train": self.train, "validation": self.validation}
        scores = {part: pairs.measure(vectors.log_probabilities) for part, pairs in parts.items() if len(pairs)}
        return {f"{p}/loss": s.loss for p, s in scores.items()} | {f"{p}/auc": s.auc for p, s in scores.items()}
