import numpy as np
import pandas as pd

from embedviz.figures.calibration_figure import calibration_figure, share_interval

FRAME = pd.DataFrame({"confidence": [0.5, 0.7, 0.95], "accuracy": [0.4, 0.8, 1.0], "rows": [10, 10, 9]})


def test_bins_stand_beside_the_diagonal_and_nothing_is_cut():
    diagonal, answers = calibration_figure(FRAME).data
    assert list(diagonal.x) == list(diagonal.y)
    assert list(answers.y) == [0.4, 0.8, 1.0]
    assert list(answers.customdata) == [10, 10, 9]
    low, high = calibration_figure(FRAME).layout.yaxis.range
    assert low <= (answers.y - answers.error_y.arrayminus).min()
    assert high >= 1


def test_few_rows_that_all_agree_leave_much_open():
    below, above = share_interval(np.array([1.0, 1.0, 0.5]), np.array([9, 900, 100]))
    assert np.allclose(below, [0.7009, 0.9958, 0.4038], atol=1e-4)  # Wilson 1927, by hand
    assert np.allclose(above, [1.0, 1.0, 0.5962], atol=1e-4)
