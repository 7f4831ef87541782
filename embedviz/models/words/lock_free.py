"""The engine on the CPU: threads run a compiled kernel over slices of the text, without locks.

Niu, Recht, Ré and Wright 2011, "Hogwild: a lock-free approach to parallelizing stochastic gradient descent" (NIPS).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NotRequired

import numpy as np
from pydantic import JsonValue
from typing_extensions import TypedDict

from embedviz.models.words.negative_sampling import HeldOut, NegativeSamplingEngine, TrainingText
from embedviz.models.words.settings import WordSettings
from embedviz.training.learner import ADVANCE_SECONDS, Advance
from embedviz.training.protocols import State

NOISE_TABLE_SIZE = 1 << 20
SIGMOID_RANGE = 6.0
SIGMOID_STEPS = 2048
MAX_SENTENCE = 1024  # tokens of a unit that a kernel sees together; the corpus cuts units at 1,000
_POOL = ThreadPoolExecutor(256, thread_name_prefix="words")

# A kernel trains on tokens[span[0]:span[1]] and returns where it stopped: the end of the last unit that began in the span.
# Its arguments, in their order:
#   tokens (T,) int32, -1 between units; span, whole: begin and end of what to read, and of the slice that it is part of, along
#   which the learning rate goes from rates[0] to rates[1]; W, C (V, D) float32 and squares_W, squares_C (V,) float32, changed in
#   place; keep (V,) float32; noise (NOISE_TABLE_SIZE,) int32; curve (2, SIGMOID_STEPS + 1) float32, see sigmoid_table; window;
#   negative samples; rates (2,); adagrad: bool; state (1,) uint64, the random state; tally (2,) float64, to which the loss and
#   the pairs that it is of are added.
Kernel = Callable[..., int]


class _Place(TypedDict):
    epoch: int
    at: list[int] | int  # of each thread; one number from the engine of the GPU
    random: NotRequired[list[str]]


class LockFreeEngine(NegativeSamplingEngine):
    """Runs a kernel on threads. On one thread it goes on from a state to the very same numbers."""

    def __init__(self, kernel: Kernel, text: TrainingText, held_out: HeldOut, settings: WordSettings, threads: int):
        super().__init__(text, held_out, settings)
        self._kernel = kernel
        self._slices = _slices(text.tokens, threads)
        self._noise, self._curve = noise_table(text.noise), sigmoid_table()
        seeds = np.random.SeedSequence(settings.seed).generate_state(len(self._slices), np.uint64)
        self._random = [np.array([seed], np.uint64) for seed in seeds]
        self._epoch = 0
        self._at = [begin for begin, _ in self._slices]
        self._span = 50_000  # tokens that a thread takes before it reports; fitted to ADVANCE_SECONDS as it goes

    @property
    def done(self) -> int:
        """Tokens that were seen, ends of units counted, over all epochs."""
        here = sum(at - begin for at, (begin, _) in zip(self._at, self._slices, strict=True))
        return self._epoch * len(self.text.tokens) + here

    def advance(self) -> Advance:
        """Train for a while, over the ends of epochs where the text is small."""
        due, late = self._next_measurement(self.done), time.perf_counter() + ADVANCE_SECONDS
        loss = pairs = 0.0
        while self.done < due and self._epoch < self.text.epochs:
            started = time.perf_counter()
            span = min(self._span, -(-(due - self.done) // len(self._slices)))
            tallies = list(_POOL.map(self._run_span, range(len(self._slices)), [span] * len(self._slices)))
            took = time.perf_counter() - started
            self._span = int(min(max(span * ADVANCE_SECONDS / max(took, 1e-3), 2000), len(self.text.tokens)))
            loss, pairs = np.stack([np.array([loss, pairs]), *tallies]).sum(axis=0)
            if all(at >= end for at, (_, end) in zip(self._at, self._slices, strict=True)):
                self._epoch, self._at = self._epoch + 1, [begin for begin, _ in self._slices]
            if time.perf_counter() > late:
                break
        return Advance(float(loss / pairs) if pairs else None, measure=self.done >= due)

    def state(self) -> State:
        """Return the vectors, how far each thread's slice is, and its random state."""
        random: list[JsonValue] = [str(state[0]) for state in self._random]
        return State(self._arrays(), {"epoch": self._epoch, "at": [*self._at], "random": random})

    def restore(self, state: State) -> None:
        """Take a state back; with another number of threads the epoch begins again."""
        self._restore_arrays(state)
        place = state.values_as(_Place)
        at, self._epoch = place["at"], place["epoch"]
        if isinstance(at, list) and len(at) == len(self._slices):
            self._at = at
            self._random = [np.array([int(number)], np.uint64) for number in place.get("random", [])]

    def _run_span(self, i: int, span: int) -> np.ndarray:
        s, tally = self.settings, np.zeros(2)
        begin, end = self._slices[i]
        at = self._at[i]
        if at < end:
            rates = np.array([self.rate((self._epoch + passed) / self.text.epochs) for passed in (0, 1)])
            self._at[i] = self._kernel(
                self.text.tokens, np.array([at, min(end, at + span)]), np.array([begin, end]), self.W, self.C,
                self.squares_W, self.squares_C, self.text.keep, self._noise, self._curve, s.window, s.negative_samples,
                rates, s.optimizer == "adagrad", self._random[i], tally,
            )  # fmt: skip
        return tally


def noise_table(noise: np.ndarray) -> np.ndarray:
    """Return words in proportion to their probability (V,), so that a random index draws one: (NOISE_TABLE_SIZE,) int32."""
    middles = (np.arange(NOISE_TABLE_SIZE) + 0.5) / NOISE_TABLE_SIZE
    return np.searchsorted(np.cumsum(noise), middles).clip(0, len(noise) - 1).astype(np.int32)


def sigmoid_table() -> np.ndarray:
    """Return sigmoid(x) and log(1 + exp(-x)) for x from -6 to 6: (2, SIGMOID_STEPS + 1) float32."""
    x = np.linspace(-SIGMOID_RANGE, SIGMOID_RANGE, SIGMOID_STEPS + 1)
    return np.stack([1 / (1 + np.exp(-x)), np.logaddexp(0, -x)]).astype(np.float32)


def kernel_speed(kernel: Kernel, words: int = 100_000) -> float:
    """Return the words a second of one thread on made-up text at 100 dimensions, window 5 and 5 negative samples."""
    rng = np.random.default_rng(0)
    size = 5000
    tokens = (rng.zipf(1.3, words) % size).astype(np.int32)
    tokens[::25] = -1
    tokens[-1] = -1
    W = ((rng.random((size, 100)) - 0.5) / 100).astype(np.float32)
    keep, squares = np.full(size, 0.6, np.float32), np.zeros(size, np.float32)
    noise, curve = noise_table(np.full(size, 1 / size)), sigmoid_table()
    whole = np.array([0, len(tokens)])
    started = time.perf_counter()
    kernel(
        tokens, whole, whole, W, np.zeros_like(W), squares, squares.copy(), keep, noise, curve, 5, 5,
        np.array([0.025, 0.02]), False, np.array([1], np.uint64), np.zeros(2),
    )  # fmt: skip
    return words / (time.perf_counter() - started)


def _slices(tokens: np.ndarray, threads: int) -> list[list[int]]:
    """Return [begin, end] for each thread, cut between units; fewer slices than threads for a short text."""
    ends = np.flatnonzero(tokens == -1) + 1
    cuts = sorted(
        {0, len(tokens), *(int(ends[np.searchsorted(ends, c)]) for c in np.linspace(0, len(tokens), threads + 1)[1:-1])}
    )
    return [[a, b] for a, b in zip(cuts, cuts[1:], strict=False)]
