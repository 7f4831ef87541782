"""A sample of a table's rows that is spread over all of it, for a file may be sorted."""

from __future__ import annotations

import numpy as np

BLOCK_ROWS = 100  # that stay together, so that what repeats among neighbours is seen to repeat


def spread_rows(n: int, size: int, block: int = BLOCK_ROWS) -> np.ndarray:
    """Return numbers of at most `size` of n rows, in blocks of neighbours spread evenly over them: (<= size,) int64.

    Examples
    --------
    >>> spread_rows(1000, 6, block=2).tolist()
    [0, 1, 499, 500, 998, 999]
    """
    if n <= size:
        return np.arange(n)
    n_blocks = max(1, size // block)
    starts = np.linspace(0, n - block, n_blocks).astype(np.int64)
    return np.unique(starts[:, None] + np.arange(block))
