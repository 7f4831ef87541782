import pandas as pd

from embedviz.figures.bar_figures import errors_figure, popularity_figure, size_errors_figure, trend_figure

ERRORS = pd.DataFrame({"rating": [5.0, 0.5], "mean estimate": [4.1, 2.4], "rmse": [1.0, 2.0], "mae": [0.9, 1.9], "rows": [9, 5]})  # fmt: skip
POPULARITY = pd.DataFrame({"from": [4, 0, 1], "to": [7, 0, 1], "rmse": [0.5, 1.0, 0.8], "mae": [0.4, 0.9, 0.7], "rows": [9, 5, 7]})  # fmt: skip


def test_groups_are_bars_and_numbers_a_line():
    groups = pd.DataFrame({"ratings": ["1 to 3", "<4>"], "rmse": [1.2, 0.8], "items": [9, 4]})
    [bars] = trend_figure(groups).data
    assert (bars.type, list(bars.x), list(bars.y)) == ("bar", ["1 to 3", "&lt;4&gt;"], [1.2, 0.8])
    assert list(bars.customdata[1]) == ["4"]
    [line] = trend_figure(groups.assign(ratings=[1, 50])).data
    assert (line.type, list(line.x)) == ("scatter", [1, 50])


def test_numbers_over_many_magnitudes_are_spread_by_their_logarithm():
    frame = pd.DataFrame({"ratings": [1, 10, 1000], "mae": [1.0, 0.9, 0.8]})
    assert trend_figure(frame).layout.xaxis.type == "log"
    assert trend_figure(frame.head(2)).layout.xaxis.type is None


def test_estimates_are_drawn_beside_the_line_on_which_they_are_the_ratings():
    estimates, as_rated = errors_figure(ERRORS).data
    assert (list(estimates.x), list(estimates.y)) == ([0.5, 5.0], [2.4, 4.1])
    assert list(as_rated.x) == list(as_rated.y) == [0.5, 5.0]


def test_the_error_is_drawn_over_the_bins_the_rarest_first():
    [bars] = popularity_figure(POPULARITY).data
    assert list(bars.x) == ["0", "1", "4–7"]
    assert list(bars.y) == [1.0, 0.8, 0.5]


def test_bins_are_names_and_no_numbers_on_a_scale():
    assert popularity_figure(POPULARITY).layout.xaxis.type == "category"


def test_mean_absolute_error_and_rows_are_under_the_pointer():
    [bars] = popularity_figure(POPULARITY).data
    assert "MAE" in bars.hovertemplate
    assert [list(row) for row in bars.customdata] == [["0.9", "5"], ["0.7", "7"], ["0.4", "9"]]


def test_each_group_has_its_bar_also_where_two_hold_the_same_number():
    frame = pd.DataFrame({"low": [0, 0, 0.5], "high": [0, 0, 12000], "mae": [1.0, 2.0, 3.0], "bias": [1.0, 2.0, -3.0], "rows": [4, 4, 4]})  # fmt: skip
    [bars] = size_errors_figure(frame).data
    assert (list(bars.x), list(bars.y)) == ([0, 1, 2], [1.0, 2.0, 3.0])
    assert list(bars.hovertext) == ["0", "0", "0.5 to 12,000"]
    assert "%{hovertext}" in bars.hovertemplate
