"""The engine of alternating least squares: with the items held still every user is a regression of its own, and vice versa.

It knows no objective: a `Side` solves its rows. Rows are independent, so that any number of threads gives the same numbers.

Letters: U users, I items, K numbers of a row.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from typing_extensions import TypedDict

from embedviz.training.learner import ADVANCE_SECONDS, Advance
from embedviz.training.protocols import State, Weights

Score = Callable[[Weights], dict[str, float]]


class Side(Protocol):
    """The users, or the items: the rows that are solved while the other side is held still.

    Attributes
    ----------
    spans
        First row and the one after the last, of rows that are solved together.
    begun
        What `begin` computed from X, which changes from then on: a training that resumes within the side needs it. None where X
        has no part in it.
    """

    spans: list[tuple[int, int]]
    begun: np.ndarray | None

    def begin(self, X: np.ndarray, Y: np.ndarray) -> None:
        """Compute what all rows share, of this side's array X and the other side's Y."""
        ...

    def solve(self, X: np.ndarray, Y: np.ndarray, penalty: float, span: tuple[int, int]) -> None:
        """Solve the rows of a span of X, this side's array, on the other side's Y, in place."""
        ...


class _Place(TypedDict):
    round: int
    side: int
    span: int


class Alternation:
    """The engine (embedviz.training.learner.Engine) that alternates. Its units are rounds; a round solves both sides.

    Its weights: "P" (U, K), "Q" (I, K) and "penalty" (1,), under which they were solved.

    Parameters
    ----------
    items, users
        The sides, in the order of a round.
    P, Q
        Where it starts, float32; changed in place.
    penalties
        Of each round.
    examples
        Ratings of a round.
    threads
        That solve spans side by side.
    score
        Measures weights at the end of a round; None leaves out measuring.
    message
        What it is at, for the penalty of a round.
    """

    per_epoch = steps = 1.0

    def __init__(
        self,
        items: Side,
        users: Side,
        P: np.ndarray,
        Q: np.ndarray,
        penalties: np.ndarray,
        *,
        examples: int,
        threads: int,
        score: Score | None,
        message: Callable[[float], str],
    ):
        self.sides, self.P, self.Q, self.penalties = (items, users), P, Q, penalties
        self.total, self.examples = len(penalties), float(examples)
        self._threads, self._pool, self._score = threads, ThreadPoolExecutor(max(1, threads)), score
        self._message = message
        self._scores: dict[str, float] = {}
        self._round = self._side = self._span = 0
        self._has_begun = False  # the side that is being solved

    @property
    def done(self) -> int:
        """Rounds that are done."""
        return self._round

    def advance(self) -> Advance:
        """Solve rows for a while, at most to the end of the round."""
        deadline = time.perf_counter() + ADVANCE_SECONDS
        message = self._message(float(self.penalties[self._round]))
        while not (has_ended := self._solve()) and time.perf_counter() < deadline:
            pass
        if not has_ended or self._score is None:
            return Advance(None, measure=False, message=message)
        self._scores = self._score(self.weights())
        error = self._scores.get("train/rmse")
        return Advance(None if error is None else error**2, measure=True, message=message)

    def measure(self) -> dict[str, float]:
        """Return the scores at the end of the round."""
        return self._scores

    def weights(self) -> Weights:
        """Return the current weights."""
        return {"P": self.P, "Q": self.Q, "penalty": self.penalties[max(self._round - 1, 0)][None]}

    def state(self) -> State:
        """Return the weights and the place in the round, and within a side what it computed at its beginning."""
        arrays = {"P": self.P, "Q": self.Q}
        if self._span and (begun := self.sides[self._side].begun) is not None:
            arrays["begun"] = begun
        return State(arrays, {"round": self._round, "side": self._side, "span": self._span})

    def restore(self, state: State) -> None:
        """Take a state back."""
        np.copyto(self.P, state.arrays["P"])
        np.copyto(self.Q, state.arrays["Q"])
        place = state.values_as(_Place)
        self._round, self._side, self._span = place["round"], place["side"], place["span"]
        self._has_begun = "begun" in state.arrays
        if self._has_begun:
            self.sides[self._side].begun = state.arrays["begun"].copy()

    def _solve(self) -> bool:
        """Solve the next spans, one a thread, and return whether a round has ended."""
        side, (X, Y) = self.sides[self._side], ((self.Q, self.P), (self.P, self.Q))[self._side]
        penalty = float(self.penalties[self._round])
        if not self._has_begun:
            side.begin(X, Y)
            self._has_begun = True
        first, *others = side.spans[self._span : self._span + max(1, self._threads)]
        solving = [self._pool.submit(side.solve, X, Y, penalty, span) for span in others]
        side.solve(X, Y, penalty, first)
        for future in solving:
            future.result()
        self._span += 1 + len(others)
        if self._span < len(side.spans):
            return False
        self._span, self._side, self._has_begun = 0, 1 - self._side, False
        self._round += self._side == 0
        return self._side == 0


def spans_of(starts: np.ndarray, entries: int) -> list[tuple[int, int]]:
    """Return spans of rows, each of about the same number of entries.

    Parameters
    ----------
    starts
        (n + 1,), where the entries of each row begin.
    entries
        Of a span.
    """
    n = len(starts) - 1
    cuts = np.searchsorted(starts, np.arange(0, starts[-1], max(1, entries)))
    cuts = np.unique(np.r_[0, cuts.clip(0, n), n])
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))
