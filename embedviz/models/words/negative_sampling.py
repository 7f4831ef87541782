"""Base of the engines of negative sampling: the text as they read it, the vectors, and the held-out measurement.

Mikolov, Sutskever, Chen, Corrado and Dean 2013, "Distributed representations of words and phrases" (NIPS), section 2:
negative sampling (2.2), sub-sampling of frequent words (2.3), noise from unigram counts to the power of 3/4.

Letters: T tokens, V words, D dimensions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import SettingsError
from embedviz.evaluation.held_out_pairs import HeldOutPairs
from embedviz.models.words.settings import WordSettings
from embedviz.text.corpus import Corpus
from embedviz.text.shuffling import shuffled_units
from embedviz.training.learner import Advance, is_finite
from embedviz.training.protocols import State, Weights
from embedviz.training.schedules import linear_decay

MAX_MEASURE_INTERVAL = (
    1_000_000  # tokens between two held-out measurements; a twelfth of the training where that is less
)
CURVE_PAIRS = 10_000  # held-out pairs measured each time
TRAIN_PAIRS = 4_000  # pairs of the training text measured with them
TRAIN_SAMPLE = 200_000  # tokens of the training text that its pairs are drawn from


@dataclass(frozen=True)
class TrainingText:
    """The training part as an engine reads it.

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
    """

    tokens: np.ndarray
    noise: np.ndarray
    keep: np.ndarray
    epochs: int

    @classmethod
    def of(cls, corpus: Corpus, settings: WordSettings) -> TrainingText:
        """Return the training part of a corpus under these settings."""
        counts = corpus.vocabulary.counts.astype(np.float64)
        keep = np.ones(len(counts), np.float32)
        if settings.subsample:
            # Of a few dozen words each is more frequent than any usual threshold, and little would be left to learn from.
            threshold = max(settings.subsample, 1 / len(counts))
            share = counts / counts.sum()
            keep = np.minimum(1, np.sqrt(threshold / share) + threshold / share).astype(np.float32)
        epochs = settings.epochs_for(int((corpus.train >= 0).sum()))
        return cls(shuffled_units(corpus.train, settings.seed), noise_probabilities(corpus, settings), keep, epochs)

    @property
    def words_per_token(self) -> float:
        """Share of the tokens that are words and not the ends of units."""
        return float((self.tokens >= 0).mean())


@dataclass(frozen=True)
class HeldOut:
    """Pairs of the validation and of the training part, measured at fixed places of the schedule."""

    validation: HeldOutPairs
    train: HeldOutPairs

    @classmethod
    def of(cls, corpus: Corpus, text: TrainingText, settings: WordSettings) -> HeldOut:
        """Draw the pairs; the same seed draws the same ones."""
        return cls(
            held_out_pairs(corpus.validation, text.noise, settings, settings.seed, CURVE_PAIRS),
            held_out_pairs(text.tokens[:TRAIN_SAMPLE], text.noise, settings, settings.seed, TRAIN_PAIRS),
        )

    def measure(self, centre: np.ndarray, context: np.ndarray) -> dict[str, float]:
        """Return loss and AUC of vectors (V, D) each on both parts; a part without pairs is left out."""
        parts = {"train": self.train, "validation": self.validation}
        scores = {part: pairs.measure(centre, context) for part, pairs in parts.items() if len(pairs)}
        return {f"{p}/loss": s.loss for p, s in scores.items()} | {f"{p}/auc": s.auc for p, s in scores.items()}


class NegativeSamplingEngine(ABC):
    """Base class of the engines on the CPU and on the GPU (embedviz.training.learner.Engine). Units are tokens.

    Attributes
    ----------
    W, C
        (V, D) float32: vectors of words and of contexts. W becomes the space; only training needs C.
    squares_W, squares_C
        (V,) float32: Adagrad's sums, one for each row.
    """

    def __init__(self, text: TrainingText, held_out: HeldOut, settings: WordSettings):
        self.text, self.held_out, self.settings = text, held_out, settings
        size = len(text.noise)
        rng = np.random.default_rng(settings.seed)
        self.W = ((rng.random((size, settings.dim)) - 0.5) * 2 / settings.dim).astype(np.float32)
        self.C = np.zeros_like(self.W)
        self.squares_W, self.squares_C = np.zeros((2, size), np.float32)
        self.per_epoch = float(len(text.tokens))
        self.total = text.epochs * len(text.tokens)
        self.examples = self.steps = text.words_per_token
        self._interval = max(1, min(MAX_MEASURE_INTERVAL, self.total // 12))

    @property
    @abstractmethod
    def done(self) -> int:
        """Tokens that were seen, ends of units counted, over all epochs."""

    @abstractmethod
    def advance(self) -> Advance:
        """Train for a while, at most to the next measurement."""

    @abstractmethod
    def state(self) -> State:
        """Return the vectors and the place in the text."""

    @abstractmethod
    def restore(self, state: State) -> None:
        """Take a state back."""

    def measure(self) -> dict[str, float]:
        """Return loss and AUC on the held-out pairs. SettingsError when the vectors are NaN or infinite."""
        self.weights()
        return self.held_out.measure(self.W, self.C)

    def weights(self) -> Weights:
        """Return both sides' vectors. SettingsError when they are NaN or infinite."""
        weights = {"centre": self.W, "context": self.C}
        if not is_finite(weights):
            raise SettingsError(
                f"Training diverged: the vectors are NaN or infinite at a learning rate of "
                f"{self.settings.learning_rate:g}. Take a lower one; 0.025 is usual."
            )
        return weights

    def rate(self, share: float) -> float:
        """Return the learning rate when a share of the training is done. Adagrad has a decay of its own."""
        rate = self.settings.learning_rate
        return rate if self.settings.optimizer == "adagrad" else rate * linear_decay(share)

    def _next_measurement(self, done: int) -> int:
        return min(self.total, (done // self._interval + 1) * self._interval)

    def _arrays(self) -> dict[str, np.ndarray]:
        return {"W": self.W, "C": self.C, "squares_W": self.squares_W, "squares_C": self.squares_C}

    def _restore_arrays(self, state: State) -> None:
        for name, array in self._arrays().items():
            np.copyto(array, state.arrays[name])


def noise_probabilities(corpus: Corpus, settings: WordSettings) -> np.ndarray:
    """Return the probability of each word as a negative sample, (V,) float64."""
    noise = corpus.vocabulary.counts.astype(np.float64) ** settings.noise_power
    return noise / noise.sum()


def held_out_pairs(
    tokens: np.ndarray, noise: np.ndarray, settings: WordSettings, seed: int, max_pairs: int
) -> HeldOutPairs:
    """Draw pairs of tokens (T,) under these settings."""
    return HeldOutPairs.draw(tokens, settings.window, noise, settings.negative_samples, seed, max_pairs)
