"""Shares of the server's time: above a limit, the pages of a visitor wait while others are there."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

MAX_SHARE = 0.10  # of the one core that Python has; a person who turns a page each second takes half of that
MAX_SAVED_S = 0.5  # that a visitor may take at once after a pause: several clicks, each of a slow page
MAX_OWED_S = 0.5  # that counts of what a visitor took beyond it, while alone perhaps
PRESENT_S = 5.0  # that somebody counts as there after a page of theirs
EVEN_AFTER_S = (MAX_SAVED_S + MAX_OWED_S) / MAX_SHARE  # an account is as if nothing had been taken


@dataclass
class _Account:
    left_s: float
    seen: float


class Shares:
    """Seconds that the pages of each visitor may still take; they grow as time goes on.

    All methods may be called from any thread. Times are those of the monotonic clock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[str, _Account] = {}

    def seconds_to_wait(self, visitor: str, now: float | None = None) -> float:
        """Return how long a visitor's next page should wait for the sake of others; the visitor counts as there from now on.

        Examples
        --------
        >>> shares = Shares()
        >>> shares.take("somebody who uploads one file after the other", 0.8, now=1.0)
        >>> shares.seconds_to_wait("somebody who uploads one file after the other", now=1.0)  # nobody else is there
        0.0
        >>> shares.seconds_to_wait("a reader", now=1.0)
        0.0
        >>> round(shares.seconds_to_wait("somebody who uploads one file after the other", now=1.0), 3)
        3.0
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            left = self._updated(visitor, now).left_s
            has_others = any(
                other != visitor and now - account.seen < PRESENT_S for other, account in self._accounts.items()
            )
        return -left / MAX_SHARE if has_others and left < 0 else 0.0

    def take(self, visitor: str, seconds: float, now: float | None = None) -> None:
        """Charge a visitor with the time that a page of theirs took of the processor."""
        now = time.monotonic() if now is None else now
        with self._lock:
            account = self._updated(visitor, now)
            account.left_s = max(-MAX_OWED_S, account.left_s - seconds)

    def _updated(self, visitor: str, now: float) -> _Account:
        """Return the account of a visitor as of now; forget those of visitors who have left. Holds the lock."""
        for other in [other for other, account in self._accounts.items() if now - account.seen > EVEN_AFTER_S]:
            del self._accounts[other]
        account = self._accounts.setdefault(visitor, _Account(MAX_SAVED_S, now))
        account.left_s = min(MAX_SAVED_S, account.left_s + MAX_SHARE * (now - account.seen))
        account.seen = now
        return account
