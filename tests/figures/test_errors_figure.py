import pandas as pd

from embedviz.figures.errors_figure import errors_figure

FRAME = pd.DataFrame({"rating": [5.0, 0.5], "mean estimate": [4.1, 2.4], "rmse": [1.0, 2.0], "mae": [0.9, 1.9], "rows": [9, 5]})  # fmt: skip


def test_estimates_are_drawn_beside_the_line_on_which_they_are_the_ratings():
    estimates, as_rated = errors_figure(FRAME).data
    assert (list(estimates.x), list(estimates.y)) == ([0.5, 5.0], [2.4, 4.1])
    assert list(as_rated.x) == list(as_rated.y) == [0.5, 5.0]
