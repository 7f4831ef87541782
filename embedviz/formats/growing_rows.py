"""One array that grows in place as blocks of vectors arrive: no second copy at the end."""

from __future__ import annotations

import numpy as np


class GrowingRows:
    """Rows of `dim` float32 numbers. A list of blocks joined at the end would hold everything twice.

    expected: how many there will be, where that is known; more are welcome.
    """

    def __init__(self, dim: int, expected: int = 0):
        self._array = np.empty((expected, dim), np.float32)
        self._used = 0

    def add(self, count: int) -> np.ndarray:
        """Return the next (count, dim) rows, to be filled at once: the view is void after the next call."""
        start, self._used = self._used, self._used + count
        if self._used > len(self._array):
            self._resize(max(self._used, len(self._array) * 5 // 4))
        return self._array[start : self._used]

    def finish(self) -> np.ndarray:
        """Return all rows, (N, dim) float32; nothing can be added afterwards."""
        self._resize(self._used)
        return self._array

    def _resize(self, rows: int) -> None:
        # refcheck would refuse for the sake of the view that add handed out, which its caller is done with.
        self._array.resize((rows, self._array.shape[1]), refcheck=False)
