"""What the world asks of a job while it works: to stop and keep the best, or to put itself away for later."""

from __future__ import annotations

import threading


class Asked(Exception):
    """Raised inside a job that is asked to stop or to give way."""


class Control:
    """Flags set from another thread, read between two steps of the work.

    stop: a person's Stop: end well, keep the best so far.
    interrupt: the process has to go (SIGTERM, a lost server): write a checkpoint and leave. `reason` says why.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._interrupt = threading.Event()
        self.reason = ""

    def ask_stop(self) -> None:
        self._stop.set()

    def ask_interrupt(self, reason: str) -> None:
        self.reason = self.reason or reason
        self._interrupt.set()

    @property
    def stop(self) -> bool:
        return self._stop.is_set()

    @property
    def interrupt(self) -> bool:
        return self._interrupt.is_set()

    @property
    def any(self) -> bool:
        return self.stop or self.interrupt

    def check(self) -> None:
        """Raise Asked when the job is asked to stop or to give way."""
        if self.any:
            raise Asked
