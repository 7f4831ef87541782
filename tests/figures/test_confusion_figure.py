import pandas as pd

from embedviz.figures.confusion_figure import confusion_figure

FRAME = pd.DataFrame({"true": ["a", "a", "<b>", "<b>"], "predicted": ["a", "<b>", "a", "<b>"], "rows": [3, 1, 0, 1200]})


def test_numbers_are_rows_and_colours_their_share_of_the_true_class():
    [grid] = confusion_figure(FRAME).data
    assert grid.text.tolist() == [["3", "1"], ["0", "1,200"]]
    assert grid.z.tolist() == [[0.75, 0.25], [0.0, 1.0]]


def test_a_class_without_a_row_divides_nothing_by_nothing():
    [grid] = confusion_figure(FRAME.assign(rows=[0, 0, 1, 1])).data
    assert grid.z.tolist() == [[0.0, 0.0], [0.5, 0.5]]


def test_names_are_shown_as_they_are_and_stay_apart_when_cut():
    long = FRAME.replace({"a": "x" * 40 + "1", "<b>": "x" * 40 + "2"})
    figure = confusion_figure(long)
    assert len(figure.data[0].z) == 2
    assert figure.layout.xaxis.ticktext[0] == "x" * 17 + "…"
    assert confusion_figure(FRAME).layout.yaxis.ticktext == ("a", "&lt;b&gt;")


def test_many_classes_are_numbered():
    names = [f"class {i}" for i in range(12)]
    figure = confusion_figure(pd.DataFrame({"true": names, "predicted": names, "rows": 1}))
    assert figure.layout.xaxis.ticktext[11] == "12"
    assert figure.layout.yaxis.ticktext[11] == "class 11  12"


def test_classes_that_are_numbers_stand_in_their_order():
    pairs = [(true, predicted) for true in ("5", "1", "10") for predicted in ("5", "1", "10")]
    frame = pd.DataFrame(pairs, columns=["true", "predicted"]).assign(rows=range(9))
    figure = confusion_figure(frame)
    assert figure.layout.yaxis.ticktext == figure.layout.xaxis.ticktext == ("1", "5", "10")
    assert figure.data[0].text.tolist() == [["4", "3", "5"], ["1", "0", "2"], ["7", "6", "8"]]
