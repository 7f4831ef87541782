"""A text made ready for word vectors: split by unit, counted and encoded by its training part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embedviz.core.cost import Cost, Machine
from embedviz.models.words.cost import training_cost
from embedviz.models.words.negative_sampling import HeldOut, NegativeSamplingEngine, TrainingText
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.trained import WordVectors
from embedviz.text.corpus import Corpus
from embedviz.training.devices import Device
from embedviz.training.learner import Criterion, IterativeLearner
from embedviz.training.protocols import Weights

# (text, held_out, settings, device, threads) -> the engine of an algorithm
EngineFactory = Callable[[TrainingText, HeldOut, WordSettings, Device, int], NegativeSamplingEngine]


@dataclass(frozen=True, eq=False)
class PreparedCorpus:
    """Corpus prepared for any algorithm for word vectors (embedviz.training.protocols.Prepared).

    Attributes
    ----------
    corpus
        The encoded parts and the vocabulary.
    settings
        Those it was prepared with.
    engine
        Makes the algorithm's engine.
    work
        Work for a word beside that of skip-gram's defaults.
    """

    corpus: Corpus
    settings: WordSettings
    engine: EngineFactory
    work: float

    @property
    def n_training_words(self) -> int:
        """Words of the training part that are in the vocabulary."""
        return self.corpus.sizes["train"]

    def cost(self, settings: WordSettings, machine: Machine) -> Cost:
        """Return what the training ahead will take."""
        c = self.corpus
        return training_cost(settings, len(c.vocabulary), self.n_training_words, c.n_tokens, self.work, machine)

    def learner(self, settings: WordSettings, device: Device, threads: int) -> IterativeLearner[WordVectors]:
        """Return a learner at its beginning.

        It always runs its whole schedule and keeps the weights with the lowest validation loss: under a falling learning
        rate the loss wobbles upwards on its way down, and a rule that stops early ends worse.
        """
        text = TrainingText.of(self.corpus, settings)
        engine = self.engine(text, HeldOut.of(self.corpus, text, settings), settings, device, threads)
        return IterativeLearner(engine, self._trained, Criterion("validation/loss"))

    def _trained(self, weights: Weights) -> WordVectors:
        vocabulary = self.corpus.vocabulary
        centre, context = (np.asarray(weights[name]) for name in ("centre", "context"))
        return WordVectors(vocabulary.labels, vocabulary.counts, centre, context)
