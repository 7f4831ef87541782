"""Turns of pages: few are run at once, as all share one core, and those of a visitor who takes a large share wait."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator

from components.shares import Shares

AT_ONCE = 2  # one that computes, and one that waits for the disk or a worker
AROUND_S = 0.01  # that a page takes outside its script: in the loop that takes requests and sends answers
TIMEOUT_S = 1.0  # that a page waits for a turn: the pages that have one may be slow


class Turns:
    """Turns of pages to be run. All methods may be called from any thread.

    Python runs one thread at a time. Ten pages that are run at once all end after the time that ten take, and the loop that
    takes requests and sends answers waits for each of them again and again. One after the other, they end after half of it
    on average.

    Parameters
    ----------
    at_once : int, optional
        The pages that are run at once.
    timeout_s : float, optional
        How long a page waits for its visitor's share, and then for its turn; after that it is run without one.
    """

    def __init__(self, at_once: int = AT_ONCE, timeout_s: float = TIMEOUT_S) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._timeout_s = timeout_s
        self._shares = Shares()

    @contextlib.contextmanager
    def take(self, visitor: str) -> Generator[None]:
        """Wait for a turn, and give it back at the end.

        Parameters
        ----------
        visitor : str
            The visitor whose page it is. Above a share of the time, their pages wait while others are there.
        """
        if wait := self._shares.seconds_to_wait(visitor):
            time.sleep(min(wait, self._timeout_s))
        is_taken = self._free.acquire(timeout=self._timeout_s)
        begun = time.thread_time()
        try:
            yield
        finally:
            if is_taken:
                self._free.release()
            self._shares.take(visitor, AROUND_S + time.thread_time() - begun)


TURNS = Turns()  # of all visitors of this server
