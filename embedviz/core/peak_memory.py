"""Peak memory of this process while something is done."""

from __future__ import annotations

import threading
from typing import Self

import psutil

SAMPLE_INTERVAL_S = 0.02


class PeakMemory:
    """Samples the resident memory from a thread of its own: ``with PeakMemory() as memory: …; memory.take_peak()``."""

    def __enter__(self) -> Self:
        self._process = psutil.Process()
        self._peak = self._process.memory_info().rss
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def take_peak(self) -> int:
        """Return the peak since the last call, in bytes, libraries included; the next one begins from what is held now."""
        now = self._process.memory_info().rss
        peak, self._peak = max(self._peak, now), now
        return peak

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_INTERVAL_S):
            self._peak = max(self._peak, self._process.memory_info().rss)
