"""A text made ready for word vectors: split by unit, counted and encoded by its training set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedviz.core.cost import Cost, Machine
from embedviz.core.errors import DataError
from embedviz.data.reading import TEXT_COLUMN
from embedviz.models.words.cost import training_cost
from embedviz.models.words.engine import WordEngine
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.start_vectors import StartVectors
from embedviz.models.words.trained import WordVectors
from embedviz.text.cooccurrence import Cooccurrences
from embedviz.text.corpus import Corpus
from embedviz.training.devices import Device
from embedviz.training.learner import Criterion, IterativeLearner

# (prepared, settings, device, threads) -> the engine of an algorithm, which knows the class of its settings
EngineFactory = Callable[["PreparedCorpus", Any, Device, int], WordEngine]


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
    pairs
        How often words of the training set stand together, for the algorithms that learn from counts.
    start
        Vectors that the training starts from.
    column
        Of the texts.
    """

    corpus: Corpus
    settings: WordSettings
    engine: EngineFactory
    work: float
    pairs: Cooccurrences | None = None
    start: StartVectors | None = None
    column: str = TEXT_COLUMN

    @property
    def n_training_words(self) -> int:
        """Words of the training set that are in the vocabulary."""
        return self.corpus.sizes["train"]

    def counted_pairs(self) -> Cooccurrences:
        """Return the counts of pairs. DataError when no two words of the vocabulary stand together."""
        if self.pairs is None or not len(self.pairs):
            raise DataError(
                "No two words of the vocabulary stand side by side, so there is nothing to count. Lower the minimum count, or "
                "bring texts of several words."
            )
        return self.pairs

    def cost(self, settings: WordSettings, machine: Machine) -> Cost:
        """Return what the training ahead will take."""
        c = self.corpus
        return training_cost(settings, len(c.vocabulary), self.n_training_words, c.n_tokens, self.work, machine)

    def learner(self, settings: WordSettings, device: Device, threads: int) -> IterativeLearner[WordVectors]:
        """Return a learner at its beginning.

        It always runs its whole schedule and keeps the weights with the lowest validation loss: under a falling learning
        rate the loss wobbles upwards on its way down, and a rule that stops early ends worse.
        """
        engine = self.engine(self, settings, device, threads)
        if self.start is not None:
            engine.start_from(self.start)
        return IterativeLearner(engine, engine.trained, Criterion("validation/loss"))
