"""Held-out measurement while word vectors are trained: pairs of the validation and of the training set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.evaluation.held_out_pairs import HeldOutPairs
from embedviz.evaluation.quality_curve import QualityCurve
from embedviz.evaluation.small_word_sets import language_of, small_word_set
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.trained import WordVectors
from embedviz.text.corpus import Corpus
from embedviz.text.shuffling import shuffled_units

CURVE_PAIRS = 10_000  # held-out pairs measured each time
TRAIN_PAIRS = 4_000  # pairs of the training text measured with them
PAIRS_A_WINDOW = 2.5  # whole windows take longer to measure than pairs, so that many fewer are drawn
TRAIN_SAMPLE = 200_000  # tokens of the training text that its pairs are drawn from
MAX_TOKENS = 2_000_000  # of a part that pairs are drawn from; of a larger one a random part is taken


@dataclass(frozen=True)
class HeldOut:
    """Pairs of the validation and of the training set, measured at fixed places of the schedule."""

    validation: HeldOutPairs
    train: HeldOutPairs
    quality: QualityCurve | None = None

    @classmethod
    def of(cls, corpus: Corpus, training: np.ndarray, settings: WordSettings) -> HeldOut:
        """Draw the pairs; the same seed draws the same ones. training: (T,) tokens of the training set in random order."""
        seed, labels = settings.seed, corpus.vocabulary.labels
        small = small_word_set(language_of(labels))
        return cls(
            draw_pairs(corpus, corpus.validation, settings, seed, CURVE_PAIRS),
            draw_pairs(corpus, training[:TRAIN_SAMPLE], settings, seed, TRAIN_PAIRS),
            QualityCurve.of(labels, small) if small else None,
        )

    def measure(self, vectors: WordVectors) -> dict[str, float]:
        """Return loss and AUC of vectors on both parts; a part without pairs is left out."""
        parts = {"train": self.train, "validation": self.validation}
        scores = {part: pairs.measure(vectors.log_probabilities) for part, pairs in parts.items() if len(pairs)}
        return {f"{p}/loss": s.loss for p, s in scores.items()} | {f"{p}/auc": s.auc for p, s in scores.items()}

    def measure_quality(self, vectors: WordVectors) -> dict[str, float]:
        """Return the scores on the small set of the language, of the most frequent words; none where there is no set."""
        return self.quality.measure(vectors.first_vectors(self.quality.n_words)) if self.quality else {}


def draw_pairs(corpus: Corpus, tokens: np.ndarray, settings: WordSettings, seed: int, n: int) -> HeldOutPairs:
    """Draw n pairs of tokens (T,) of a corpus; of an algorithm that predicts a word from all around it, whole windows."""
    draw = HeldOutPairs.draw
    if settings.predicts_from_windows:
        draw, n = HeldOutPairs.draw_windows, int(n / PAIRS_A_WINDOW)
    if len(tokens) > MAX_TOKENS:
        tokens = shuffled_units(tokens, seed, MAX_TOKENS)[:MAX_TOKENS]
    return draw(tokens, settings.window, corpus.vocabulary.counts, seed, n)
