"""A worker that was forked by another process: like subprocess.Popen, as far as an executor needs it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
from typing import IO

KILLED = -9  # exit code


class ForkedProcess:
    """A worker that the fork server forks, or has forked.

    Parameters
    ----------
    stdin, stdout : binary file
        The executor's ends of its standard input and output.
    """

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.pid: int | None = None
        self._handle: int | None = None  # names the process even when its number has been given to another one
        self._code: int | None = None
        self._is_unwanted = False
        self._lock = threading.Lock()
        self._has_ended = threading.Event()

    def poll(self) -> int | None:
        """Return the exit code; None while it runs, or before."""
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code. subprocess.TimeoutExpired after `timeout` seconds."""
        if not self._has_ended.wait(timeout) or self._code is None:
            raise subprocess.TimeoutExpired("worker", timeout or 0.0)
        return self._code

    def kill(self) -> None:
        """End it at once. One that has not begun counts as ended, and is killed as it begins: nobody has to wait for that."""
        with self._lock:
            self._is_unwanted = True
            if self.pid is None:
                self._code = KILLED
                self._has_ended.set()
            self._send_kill()

    def begin(self, pid: int) -> None:
        """Take notice of its process."""
        with self._lock:
            self.pid = pid
            with contextlib.suppress(ProcessLookupError):  # it has ended, which the fork server reports next
                self._handle = os.pidfd_open(pid)
            if self._is_unwanted:
                self._send_kill()

    def end(self, code: int) -> None:
        """Take notice of its exit code, the first that is known."""
        with self._lock:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None
            if self._code is None:
                self._code = code
        self._has_ended.set()

    def _send_kill(self) -> None:
        """Kill the process if there is one, and see to its end: the fork server may be busy. Holds the lock."""
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            threading.Thread(target=self._see_end, args=[os.dup(self._handle)], daemon=True).start()

    def outlive(self) -> None:
        """Wait for its end where the fork server has gone, which alone would know its exit code."""
        with self._lock:
            handle = None if self._handle is None else os.dup(self._handle)
        if handle is None:
            self.end(KILLED)
        else:
            self._see_end(handle)

    def _see_end(self, handle: int) -> None:
        select.select([handle], [], [])
        os.close(handle)
        self.end(KILLED)
