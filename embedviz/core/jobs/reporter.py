"""The reporter that a job gets: it takes progress, and tells the job when to stop or to give way."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from typing import Protocol, TypeVar, Unpack

from embedviz.core.jobs.events import EventDetails
from embedviz.core.progress import Progress

T = TypeVar("T")


class StopRequested(Exception):
    """Someone pressed Stop. What was done so far is kept."""


class Interrupted(Exception):
    """The process has to go. The job saves its state and is resumed later."""


class TakenOver(Exception):
    """Another process has taken the job over. Nothing may be written any more."""


class Control:
    """Stop and interrupt flags of a running job, set from any thread.

    Attributes
    ----------
    reason : str
        Why the job was interrupted, in a sentence; empty until then.
    stop_reason : str
        Why it was stopped, where that was nobody's wish.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._interrupt = threading.Event()
        self._taken_over = threading.Event()
        self.reason = self.stop_reason = ""

    def request_stop(self, reason: str = "") -> None:
        """Ask the job to end and keep the best so far; the first reason counts."""
        self.stop_reason = self.stop_reason or reason
        self._stop.set()

    def request_interrupt(self, reason: str) -> None:
        """Ask the job to save its state and give way; the first reason counts."""
        self.reason = self.reason or reason
        self._interrupt.set()

    def give_up(self) -> None:
        """Tell the job that another process has taken it over."""
        self._taken_over.set()

    @property
    def stop_requested(self) -> bool:
        """True once `request_stop` was called."""
        return self._stop.is_set()

    @property
    def interrupt_requested(self) -> bool:
        """True once `request_interrupt` was called."""
        return self._interrupt.is_set()

    @property
    def is_taken_over(self) -> bool:
        """True once `give_up` was called."""
        return self._taken_over.is_set()


class Emit(Protocol):
    """Callable that takes a reporter's events."""

    def __call__(self, progress: Progress, /, **details: Unpack[EventDetails]) -> None:
        """Take an event, and details to be kept with it."""


def _discard(progress: Progress, **details: Unpack[EventDetails]) -> None:
    """Take an event that nobody wants to hear."""


class Reporter:
    """Progress reports of a job function, and checks whether it has to stop.

    Parameters
    ----------
    emit : callable, optional
        Called with every event. By default events are discarded.
    control : Control, optional
        The flags to look at. By default the job is never asked to stop.
    """

    def __init__(self, emit: Emit = _discard, control: Control | None = None) -> None:
        self._emit = emit
        self._control = control or Control()

    def __call__(self, progress: Progress, **details: Unpack[EventDetails]) -> None:
        """Report one event.

        Parameters
        ----------
        progress : Progress
            How far the job is.
        **details
            Further values of the event.
        """
        self._emit(progress, **details)

    def report(self, message: str, step: int = 0, total_steps: int = 0) -> None:
        """Report an event that is a message and, where it is known, how far the job is."""
        self._emit(Progress(step=step, total_steps=total_steps, message=message))

    def check(self) -> None:
        """Return if the job may go on.

        Raises
        ------
        TakenOver
            When another process has taken the job over.
        Interrupted
            When the job is to save its state and give way.
        StopRequested
            When the job is to end and keep the best so far.
        """
        if self._control.is_taken_over:
            raise TakenOver
        if self._control.interrupt_requested:
            raise Interrupted
        if self._control.stop_requested:
            raise StopRequested

    @property
    def stop_requested(self) -> bool:
        """True when the job is asked to stop, for a job that does more than to end then."""
        return self._control.stop_requested

    def with_emit(self, emit: Emit) -> Reporter:
        """Return a reporter that sends its events elsewhere, and is asked to stop together with this one."""
        return Reporter(emit, self._control)

    def follow(self, steps: Generator[Progress, None, T]) -> T:
        """Report every event of a generator and return its value; `check` is called after each event."""
        while True:
            try:
                progress = next(steps)
            except StopIteration as end:
                value: T = end.value
                return value
            self(progress)
            self.check()

    def follow_all(self, steps: Iterable[Progress]) -> None:
        """Report every event of an iterable without a value; `check` is called after each event."""
        for progress in steps:
            self(progress)
            self.check()
