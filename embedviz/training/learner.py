"""The loop that every iterative training runs in: advance, measure, keep the best, report; stop and take up again.

It knows no model. What is trained is an `Engine` (gradient descent, alternating least squares, a word-vector kernel).
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from typing_extensions import TypedDict

from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress
from embedviz.training.protocols import State, Weights

R_co = TypeVar("R_co", covariant=True)  # what is made of weights

IN_MEMORY_BYTES = 64_000_000  # of the best weights; larger ones are kept on the disk
BLOCK_ROWS = 10_000  # written there at a time
ADVANCE_SECONDS = 0.2  # that an engine works before it lets the rest of the program look


@dataclass(frozen=True)
class Advance:
    """Result of one call of an engine.

    Attributes
    ----------
    loss
        Mean training loss since the last call; None when nothing was seen.
    measure
        It has reached a place of its schedule where the validation set is measured.
    message
        What it is at.
    """

    loss: float | None
    measure: bool
    message: str = "Training"


class Engine(Protocol):
    """The work of a training, in units of its own (batches, tokens, rounds).

    Attributes
    ----------
    total, per_epoch
        Units of the whole training, and of one pass over the data.
    examples
        Examples ("words", "ratings", …) in a unit on average.
    steps
        Progress steps in a unit: 1 to report units, or `examples` to report those.
    """

    total: int
    per_epoch: float
    examples: float
    steps: float

    @property
    def done(self) -> int:
        """Units that are done."""
        ...

    def advance(self) -> Advance:
        """Work for about `ADVANCE_SECONDS`, at most to the next place where the validation set is measured."""
        ...

    def measure(self) -> dict[str, float]:
        """Return scores of the current weights: "validation/loss" and so on."""
        ...

    def weights(self) -> Weights:
        """Return the current weights by name, not copied: they change as the training goes on."""
        ...

    def state(self) -> State:
        """Return everything that `restore` needs, the current weights included."""
        ...

    def restore(self, state: State) -> None:
        """Take a state back."""
        ...


@dataclass(frozen=True)
class Criterion:
    """Criterion for the best weights: a metric and the patience of early stopping.

    Attributes
    ----------
    metric
        One of those that the engine measures.
    greater_is_better
        True for accuracy and the like, False for losses.
    patience
        Measurements without a better one after which the training ends; 0 for never.
    """

    metric: str
    greater_is_better: bool = False
    patience: int = 0

    def is_better(self, value: float, best: float) -> bool:
        """Return whether a value is better than the best so far."""
        return value > best if self.greater_is_better else value < best


class _BestValues(TypedDict):
    value: float | None
    waited: int


class BestWeights:
    """A copy of the best weights so far, on the disk where it is large.

    Weights that could not be measured count as better than the last.
    """

    def __init__(self, criterion: Criterion):
        self.criterion = criterion
        self.value: float | None = None
        self.waited = 0  # measurements since the best one
        self.weights: dict[str, np.ndarray] = {}

    def offer(self, value: float | None, weights: Weights) -> bool:
        """Keep the weights when they are the best so far, and return whether they are."""
        if value is not None and self.value is not None and not self.criterion.is_better(value, self.value):
            self.waited += 1
            return False
        self.value, self.waited = value, 0
        self.weights = _kept(weights)  # copies: what was given out stays
        return True

    @property
    def is_out_of_patience(self) -> bool:
        """True when the patience has run out."""
        return 0 < self.criterion.patience <= self.waited

    def state(self) -> State:
        """Return the weights and what is known of them."""
        return State(self.weights, {"value": self.value, "waited": self.waited})

    def restore(self, state: State) -> None:
        """Take a state back."""
        self.weights = _kept(state.arrays)
        values = state.values_as(_BestValues)
        self.value, self.waited = values["value"], values["waited"]


class IterativeLearner(Generic[R_co]):
    """A learner around an engine.

    Parameters
    ----------
    engine
        Does the work.
    build
        Makes what was trained of weights.
    criterion
        Chooses the best weights.
    """

    def __init__(self, engine: Engine, build: Callable[[Weights], R_co], criterion: Criterion):
        self.engine, self.build = engine, build
        self._best = BestWeights(criterion)

    @property
    def is_finished(self) -> bool:
        """True when the schedule is over or the patience has run out."""
        return self.engine.done >= self.engine.total or self._best.is_out_of_patience

    @property
    def has_measured(self) -> bool:
        """True once best weights are known."""
        return bool(self._best.weights)

    def run(self) -> Iterator[Progress]:
        """Train to the end of the schedule, or until the patience has run out.

        Raises
        ------
        SettingsError
            When the loss or the weights are NaN or infinite.
        """
        engine, started, first = self.engine, time.perf_counter(), self.engine.done
        while not self.is_finished:
            advance = engine.advance()
            if advance.loss is not None and not np.isfinite(advance.loss):
                raise SettingsError("Training diverged: the loss is NaN or infinite. Take a lower learning rate.")
            metrics: dict[str, float] = {}
            is_best = False
            if advance.measure:
                metrics = engine.measure()
                is_best = self._best.offer(metrics.get(self._best.criterion.metric), engine.weights())
            done = engine.done
            speed = (done - first) / max(1e-9, time.perf_counter() - started)
            yield Progress(
                step=int(done * engine.steps),
                total_steps=int(engine.total * engine.steps),
                epoch=done / engine.per_epoch,
                loss=advance.loss,
                metrics=metrics,
                examples_per_second=speed * engine.examples,
                seconds_left=(engine.total - done) / speed if speed else None,
                message=advance.message,
                best=is_best,
            )

    def best(self) -> R_co:
        """Return the model of the best weights; of the current ones before anything was measured."""
        return self.build(self._best.weights if self._best.weights else self.engine.weights())

    def current(self) -> R_co:
        """Return the model of the current weights."""
        return self.build(self.engine.weights())

    def state(self) -> State:
        """Return the engine's state and the best weights."""
        return State.join(engine=self.engine.state(), best=self._best.state())

    def restore(self, state: State) -> None:
        """Take a state back; the next `run` goes on from it."""
        self.engine.restore(state.part("engine"))
        self._best.restore(state.part("best"))


def _kept(weights: Weights) -> dict[str, np.ndarray]:
    """Copy weights; more than IN_MEMORY_BYTES of them into a file without a name, mapped, where the disk has room."""
    if sum(array.nbytes for array in weights.values()) <= IN_MEMORY_BYTES:
        return {name: np.array(array) for name, array in weights.items()}
    try:
        kept: dict[str, np.ndarray] = {}
        with tempfile.TemporaryFile() as file:  # the mappings keep it
            for name, array in weights.items():
                begin = file.tell()
                for start in range(0, len(array), BLOCK_ROWS):
                    file.write(np.ascontiguousarray(array[start : start + BLOCK_ROWS]).tobytes())
                file.flush()
                kept[name] = np.memmap(file, array.dtype, "r", begin, array.shape)
                file.seek(0, os.SEEK_END)
    except OSError:
        return {name: np.array(array) for name, array in weights.items()}
    return kept


def is_finite(weights: Weights) -> bool:
    """Return whether no weight is NaN or infinite: their sum tells, and takes no memory."""
    return all(bool(np.isfinite(array.sum(dtype=np.float64))) for array in weights.values())
