"""Numbers as text: the fewest digits that give the same float32 back, a row of a matrix a line.

Arrow's cast writes them a third faster than its CSV writer and 7 times as fast as NumPy's or pandas' own; measured by
benchmarks/vectors_writing.py.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MAX_ROWS = 4096  # written at a time,
MAX_NUMBERS = 1 << 22  # and at most this many numbers: their text stays far below Arrow's limit of 2 GiB


def rows_at_a_time(dim: int) -> int:
    """Return how many rows of `dim` numbers are turned into text at a time."""
    return max(1, min(MAX_ROWS, MAX_NUMBERS // max(dim, 1)))


def number_lines(block: np.ndarray, separator: str) -> pa.StringArray:
    """Return the text of each row of a matrix: (N, D) -> N lines without their end.

    Parameters
    ----------
    block : np.ndarray
        (N, D) numbers, D at least 1.
    separator : str
        What stands between two numbers.
    """
    rows, dim = block.shape
    numbers = pc.cast(pa.array(np.ascontiguousarray(block, np.float32).reshape(-1)), pa.string())
    ends = pa.array(np.arange(0, rows * dim + 1, dim, dtype=np.int32))
    return pc.binary_join(pa.ListArray.from_arrays(ends, numbers), separator)


def joined_lines(lines: pa.StringArray) -> bytes:
    """Return lines as one text in UTF-8, a line break behind each."""
    whole = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    return bytes(pc.binary_join(whole, "\n")[0].as_buffer()) + b"\n"
