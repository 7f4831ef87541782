"""Base of all engines that train word vectors (embedviz.training.learner.Engine): the arrays, the held-out measurement."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from embedviz.core.errors import DataError, SettingsError
from embedviz.models.words.held_out import HeldOut
from embedviz.models.words.start_vectors import StartVectors
from embedviz.models.words.trained import WordVectors
from embedviz.training.learner import Advance, is_finite
from embedviz.training.protocols import State, Weights

MAX_MEASURE_INTERVAL = (
    1_000_000  # items between two held-out measurements; a twelfth of the training where that is less
)
MIN_MEASUREMENTS = 12
QUALITY_EVERY = 3  # measurements, similarity and analogies are measured too


class WordEngine(ABC):
    """Base class of the engines.

    Attributes
    ----------
    held_out
        What is measured as it trains.
    total, per_epoch, examples, steps
        See `embedviz.training.learner.Engine`.
    """

    held_out: HeldOut
    total: int
    per_epoch: float
    examples: float = 1.0
    steps: float = 1.0
    _interval: int = 1

    @property
    @abstractmethod
    def done(self) -> int:
        """Units that are done, over all epochs."""

    @abstractmethod
    def advance(self) -> Advance:
        """Train for a while, at most to the next measurement."""

    @abstractmethod
    def state(self) -> State:
        """Return the arrays and the place in the schedule."""

    @abstractmethod
    def restore(self, state: State) -> None:
        """Take a state back."""

    @abstractmethod
    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything that training changes, by name, not copied."""

    @abstractmethod
    def vectors(self) -> Weights:
        """Return the arrays that `trained` needs, not copied."""

    @abstractmethod
    def trained(self, weights: Weights) -> WordVectors:
        """Make what is kept of the arrays of `vectors`."""

    @abstractmethod
    def rate(self, share: float) -> float:
        """Return the learning rate when a share of the training is done."""

    def measure(self) -> dict[str, float]:
        """Return loss and AUC on the held-out pairs. SettingsError when the vectors are NaN or infinite."""
        vectors = self.trained(self.weights())
        place = self.done // self._interval  # of the units due, for a text is read to the end of a unit
        metrics = self.held_out.measure(vectors)
        # asking for analogies takes longer than all the rest, so only some of the measurements do, and the last
        is_asked = place % QUALITY_EVERY == 0 or self.done >= self.total
        return metrics | self.held_out.measure_quality(vectors) if is_asked else metrics

    def weights(self) -> Weights:
        """Return the arrays of `vectors`. SettingsError when they are NaN or infinite."""
        weights = self.vectors()
        if not is_finite(weights):
            raise SettingsError(
                f"Training diverged: the vectors are NaN or infinite at a learning rate of {self.rate(0):g}. "
                f"Take a lower one; 0.025 is usual."
            )
        return weights

    def start_from(self, start: StartVectors) -> None:
        """Set the vectors of known words. SettingsError for an algorithm that does not learn step by step."""
        raise SettingsError("This algorithm starts from nothing but counts. Set vectors to none.")

    def restore_arrays(self, state: State) -> None:
        """Copy the arrays of a state into those of `arrays`."""
        current: Mapping[str, np.ndarray] = self.arrays()
        for name, array in current.items():
            if state.arrays[name].shape != array.shape:
                raise DataError("This training was interrupted in an earlier version of embedviz. Train again.")
            np.copyto(array, state.arrays[name])

    def set_intervals(self) -> None:
        """Set how often the held-out pairs are measured, once `total` is known."""
        self._interval = max(1, min(MAX_MEASURE_INTERVAL, self.total // MIN_MEASUREMENTS))

    def next_measurement(self, done: int) -> int:
        """Return where the next measurement is due."""
        return min(self.total, (done // self._interval + 1) * self._interval)
