import pandas as pd

from embedviz.figures.map_figure import map_figure

FRAME = pd.DataFrame({"label": list("abcd"), "x": [0.0, 1, 2, 3], "y": [0.0, 1, 0, 1]})


def test_a_category_is_a_trace_with_its_name():
    figure = map_figure(FRAME, pd.Series(["hot", "cold", "hot", None], name="kind"))
    assert [(trace.name, list(trace.x)) for trace in figure.data] == [("hot", [0, 2]), ("cold", [1]), ("no value", [3])]
    assert figure.layout.showlegend


def test_numbers_are_one_trace_with_a_bar_from_smallest_to_largest():
    figure = map_figure(FRAME, pd.Series([-5.0, 0, 5, 15], name="n"))
    [trace] = figure.data
    assert list(trace.marker.color) == [0, 64, 127, 254]
    assert list(trace.marker.colorbar.ticktext) == ["-5", "15"]


def test_three_dimensions_are_a_scatter_to_turn():
    figure = map_figure(FRAME.assign(z=0.0))
    assert figure.data[0].type == "scatter3d"


def test_labels_are_shown_as_they_are():
    figure = map_figure(FRAME.assign(label=["<b>bold</b>", "%{x}", "x" * 100, "d"]))
    assert list(figure.data[0].text[:2]) == ["&lt;b&gt;bold&lt;/b&gt;", "%&#123;x}"]
    assert len(figure.data[0].text[2]) == 80


def test_named_directions_are_axes_with_titles_and_a_line_at_zero():
    layout = map_figure(FRAME, axes=("she - he", "<b>good</b> - bad")).layout
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("she - he", "&lt;b&gt;good&lt;/b&gt; - bad")
    assert layout.xaxis.visible is None
    assert layout.xaxis.zeroline
    assert map_figure(FRAME).layout.xaxis.visible is False
