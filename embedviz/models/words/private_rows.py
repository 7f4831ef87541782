"""Rows that each thread has a copy of for itself, so that threads do not wait for each other.

Rows of frequent words are updated by every thread all the time, and a cache line that one core has written is not there for another for
longer than all the work on it takes. So each thread updates copies of the most used rows. Every 64 to 4,096 words it adds
its changes to the shared rows and copies these back (as in Zhang, Choromanska and LeCun 2015, "Deep learning with elastic averaging
SGD", NIPS, where every row would be such a copy). On two cores and a vocabulary of 5,000 words skip-gram is 1.4 times as fast.

Layout of a table of R rows: the shared ones, then for each thread n copies and n rows as they were at the last exchange.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.core.compiled import aligned_rows, compiled

MAX_PRIVATE = 512  # rows of a table: with their copies they fit into a core's own cache
TICK = 64  # words that a thread trains on between two exchanges of the most used rows
LEVELS = 7  # other rows are exchanged every 2nd, 4th, ... time; all of them every 2 ** (LEVELS - 1) ticks
MIN_WORDS = 100_000  # that a thread reads in an epoch; fewer would hold too few exchanges to learn from
MAX_STEPS = 64.0  # of a row between two exchanges
SETTLED = 100.0  # updates after which a row of skip-gram has nearly converged


@dataclass(frozen=True)
class Table:
    """A table of vectors, with the copies of its first rows.

    Attributes
    ----------
    rows, squares
        (R + 2 * threads * n, D) float32, and Adagrad's sum of each row.
    n_shared
        R.
    weights
        (n,) float32: the share of a thread's change of a row that is added.
    due
        (LEVELS,) int64: a tick that 2 ** i divides, and no higher power, exchanges the first due[i] rows.
    """

    rows: np.ndarray
    squares: np.ndarray
    n_shared: int
    weights: np.ndarray
    due: np.ndarray

    @classmethod
    def of(cls, n_shared: int, dim: int, uses: np.ndarray, threads: int, settled: float = SETTLED) -> Table:
        """Return a table of zeros.

        Parameters
        ----------
        uses
            (U,) float64, how often each of the first U rows is updated for a word of the text, the most used first. One thread
            needs no copies.
        settled
            Updates after which a row has nearly converged.
        """
        n = min(len(uses), MAX_PRIVATE) if threads > 1 else 0
        periods = TICK << np.arange(LEVELS)
        often = uses[:n] * periods[:, None] > MAX_STEPS / 2  # (LEVELS, n)
        due = np.where(often, np.arange(1, n + 1), 0).max(axis=1, initial=0)
        due[-1] = n
        # After a few updates the changes of all threads are added up. After many each thread has converged on its own, and
        # their mean is right.
        updates = uses[:n] * periods[np.searchsorted(due, np.arange(n), side="right")]
        weights = 1 / (1 + (threads - 1) * updates / (updates + settled))
        rows = aligned_rows(n_shared + 2 * threads * n, dim)
        return cls(rows, np.zeros(len(rows), np.float32), n_shared, weights.astype(np.float32), due)

    @property
    def shared(self) -> np.ndarray:
        """(R, D) float32, the rows without the copies."""
        return self.rows[: self.n_shared]

    @property
    def shared_squares(self) -> np.ndarray:
        """(R,) float32, Adagrad's sums of these."""
        return self.squares[: self.n_shared]

    def copies_of(self, thread: int) -> int:
        """Return where the copies of a thread begin."""
        return self.n_shared + 2 * thread * len(self.weights)


@compiled
def exchange(rows: np.ndarray, squares: np.ndarray, first: int, weights: np.ndarray, n_due: int) -> None:
    """Add a thread's changes of its copies of the first n_due rows to the shared rows, and copy these back.

    first, weights: see `Table`. At the beginning of a thread's work the copies are as they were at the last exchange, and only take
    over.
    """
    n = len(weights)
    for r in range(n_due):
        own, last = rows[first + r], rows[first + n + r]
        shared = rows[r]
        for d in range(rows.shape[1]):
            now = shared[d] + weights[r] * (own[d] - last[d])
            shared[d] = now
            own[d] = now
            last[d] = now
        now = squares[r] + squares[first + r] - squares[first + n + r]
        squares[r] = now
        squares[first + r] = now
        squares[first + n + r] = now
