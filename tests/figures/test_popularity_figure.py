import pandas as pd

from embedviz.figures.popularity_figure import popularity_figure

FRAME = pd.DataFrame({"from": [4, 0, 1], "to": [7, 0, 1], "rmse": [0.5, 1.0, 0.8], "mae": [0.4, 0.9, 0.7], "rows": [9, 5, 7]})  # fmt: skip


def test_the_error_is_drawn_over_the_bins_the_rarest_first():
    [bars] = popularity_figure(FRAME).data
    assert list(bars.x) == ["0", "1", "4–7"]
    assert list(bars.y) == [1.0, 0.8, 0.5]


def test_bins_are_names_and_no_numbers_on_a_scale():
    assert popularity_figure(FRAME).layout.xaxis.type == "category"


def test_mean_absolute_error_and_rows_are_under_the_pointer():
    [bars] = popularity_figure(FRAME).data
    assert "mean absolute error" in bars.hovertemplate
    assert [list(row) for row in bars.customdata] == [["0.9", "5"], ["0.7", "7"], ["0.4", "9"]]
