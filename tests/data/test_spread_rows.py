import numpy as np
import pytest

from embedviz.data.spread_rows import spread_rows


@pytest.mark.parametrize("n", [0, 1, 99, 2000, 2001, 2150, 10_000, 1_000_003])
def test_rows_are_distinct_in_order_and_from_both_ends(n):
    rows = spread_rows(n, 2000)
    assert len(rows) <= 2000
    assert (np.diff(rows) > 0).all()
    if n:
        assert (rows[0], rows[-1]) == (0, n - 1)
        assert len(rows) >= min(n, 1500)
    assert np.diff(rows, prepend=0, append=n).max(initial=0) <= max(1, n // 15)
