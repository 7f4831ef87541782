import pandas as pd

from embedviz.figures.size_errors_figure import size_errors_figure


def test_each_group_has_its_bar_also_where_two_hold_the_same_number():
    frame = pd.DataFrame({"low": [0, 0, 0.5], "high": [0, 0, 12000], "mae": [1.0, 2.0, 3.0], "bias": [1.0, 2.0, -3.0], "rows": [4, 4, 4]})  # fmt: skip
    [bars] = size_errors_figure(frame).data
    assert (list(bars.x), list(bars.y)) == ([0, 1, 2], [1.0, 2.0, 3.0])
    assert list(bars.hovertext) == ["0", "0", "0.5 to 12,000"]
    assert "%{hovertext}" in bars.hovertemplate
