"""How much memory this process holds at its most while something is done, whatever it held before."""

from __future__ import annotations

import threading
from typing import Self

import psutil

EVERY = 0.02  # seconds between two looks


class PeakMemory:
    """Looks on from a thread of its own: with PeakMemory() as held: …; held.take() is the most since the last take."""

    def __enter__(self) -> Self:
        self._process = psutil.Process()
        self._most = self._process.memory_info().rss
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def take(self) -> int:
        """Bytes, libraries included; the next take begins from what is held now."""
        now = self._process.memory_info().rss
        most, self._most = max(self._most, now), now
        return most

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            self._most = max(self._most, self._process.memory_info().rss)
