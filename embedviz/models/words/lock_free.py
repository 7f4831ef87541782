"""Engine on the CPU: threads run a compiled kernel over slices of the data, without locks.

Niu, Recht, Ré and Wright 2011, "Hogwild: a lock-free approach to parallelizing stochastic gradient descent" (NIPS).
"""

from __future__ import annotations

import time
from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import NotRequired

import numpy as np
from pydantic import JsonValue
from typing_extensions import TypedDict

from embedviz.models.words.engine import WordEngine
from embedviz.training.learner import ADVANCE_SECONDS, Advance
from embedviz.training.protocols import State

_POOL = ThreadPoolExecutor(256, thread_name_prefix="words")
FIRST_SPAN = 50_000  # items that a thread takes before it reports; fitted to ADVANCE_SECONDS as it goes
MIN_SPAN = 2_000


class _Place(TypedDict):
    epoch: int
    at: list[int] | int  # of each thread; one number from an engine on a GPU
    random: NotRequired[list[str]]


class LockFreeEngine(WordEngine):
    """Runs a kernel on threads. On one thread it goes on from a state to the very same numbers.

    Parameters
    ----------
    slices
        [begin, end] of the items that each thread reads in an epoch.
    epochs
        Passes over the items.
    seed
        Of the threads' random states.
    """

    def __init__(self, slices: list[list[int]], epochs: int, seed: int):
        self._slices, self._epochs = slices, epochs
        self._size = slices[-1][1]
        self.per_epoch = float(self._size)
        self.total = epochs * self._size
        self.set_intervals()
        seeds = np.random.SeedSequence(seed).generate_state(len(slices), np.uint64)
        self._random = [np.array([number], np.uint64) for number in seeds]
        self._epoch = 0
        self._at = [begin for begin, _ in slices]
        self._span = FIRST_SPAN

    @property
    def done(self) -> int:
        """Items that were seen, over all epochs."""
        here = sum(at - begin for at, (begin, _) in zip(self._at, self._slices, strict=True))
        return self._epoch * self._size + here

    @abstractmethod
    def run_kernel(
        self, thread: int, span: np.ndarray, whole: np.ndarray, rates: np.ndarray, random: np.ndarray, tally: np.ndarray
    ) -> int:
        """Train on items span[0] to span[1] and return where the kernel stopped.

        Parameters
        ----------
        thread
            From 0 on.
        span, whole
            (2,) int64: begin and end of what to read, and of the slice that it is part of, along which the learning rate goes
            from rates[0] to rates[1].
        random
            (1,) uint64, the random state, changed in place.
        tally
            (2,) float64, to which the loss and the number of examples that it is of are added.
        """

    def advance(self) -> Advance:
        """Train for a while, over the ends of epochs where the data is small."""
        due, late = self.next_measurement(self.done), time.perf_counter() + ADVANCE_SECONDS
        loss = examples = 0.0
        while self.done < due and self._epoch < self._epochs:
            started = time.perf_counter()
            span = min(self._span, -(-(due - self.done) // len(self._slices)))
            tallies = list(_POOL.map(self._run_span, range(len(self._slices)), [span] * len(self._slices)))
            took = time.perf_counter() - started
            self._span = int(min(max(span * ADVANCE_SECONDS / max(took, 1e-3), MIN_SPAN), self._size))
            loss, examples = np.stack([np.array([loss, examples]), *tallies]).sum(axis=0)
            if all(at >= end for at, (_, end) in zip(self._at, self._slices, strict=True)):
                self._epoch, self._at = self._epoch + 1, [begin for begin, _ in self._slices]
            if time.perf_counter() > late:
                break
        return Advance(float(loss / examples) if examples else None, measure=self.done >= due)

    def state(self) -> State:
        """Return the arrays, how far each thread's slice is, and its random state."""
        random: list[JsonValue] = [str(state[0]) for state in self._random]
        return State(self.arrays(), {"epoch": self._epoch, "at": [*self._at], "random": random})

    def restore(self, state: State) -> None:
        """Take a state back; with another number of threads the epoch begins again."""
        self.restore_arrays(state)
        place = state.values_as(_Place)
        at, self._epoch = place["at"], place["epoch"]
        if isinstance(at, list) and len(at) == len(self._slices):
            self._at = at
            self._random = [np.array([int(number)], np.uint64) for number in place.get("random", [])]

    def _run_span(self, i: int, span: int) -> np.ndarray:
        tally = np.zeros(2)
        begin, end = self._slices[i]
        at = self._at[i]
        if at < end:
            rates = np.array([self.rate((self._epoch + passed) / self._epochs) for passed in (0, 1)])
            here, whole = np.array([at, min(end, at + span)]), np.array([begin, end])
            self._at[i] = self.run_kernel(i, here, whole, rates, self._random[i], tally)
        return tally


def slices_between_units(tokens: np.ndarray, threads: int) -> list[list[int]]:
    """Return [begin, end] of the tokens (T,) for each thread, cut between units; fewer for a short text."""
    cuts = {0, len(tokens)}
    for target in np.linspace(0, len(tokens), threads + 1)[1:-1].astype(int):
        following = np.flatnonzero(tokens[target : target + 2000] < 0)
        cuts |= {int(target + following[0] + 1)} if len(following) else set()
    edges = sorted(cuts)
    return [[begin, end] for begin, end in zip(edges, edges[1:], strict=False)]


def even_slices(size: int, threads: int) -> list[list[int]]:
    """Return [begin, end] of `size` items for each thread; fewer where there are fewer items."""
    edges = sorted({int(edge) for edge in np.linspace(0, size, threads + 1)})
    return [[begin, end] for begin, end in zip(edges, edges[1:], strict=False)]
