import pandas as pd

from embedviz.figures.trend_figure import trend_figure


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
