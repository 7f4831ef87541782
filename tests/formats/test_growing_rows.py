import numpy as np

from embedviz.formats.growing_rows import GrowingRows


def test_rows_come_back_in_order_whatever_the_blocks():
    rows = GrowingRows(2)
    for count, value in [(1, 1), (0, 9), (3, 2), (2, 3)]:
        rows.add(count)[:] = value
    assert rows.finish().tolist() == [[1, 1]] + [[2, 2]] * 3 + [[3, 3]] * 2


def test_nothing_added_is_an_empty_array():
    found = GrowingRows(3).finish()
    assert found.shape == (0, 3)
    assert found.dtype == np.float32
