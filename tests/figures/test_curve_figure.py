import pytest

from embedviz.evaluation.learning_curves import Curve, CurveChart, learning_curves
from embedviz.figures.curve_figure import MAX_COMPARED_RUNS, chart_title, compared_curves_figure, curve_figure

LOSSES = [(1, 2.9), (2, 2.5), (3, 2.2)]


def chart(*values, score="loss", stage="", best=None, part="validation"):
    return CurveChart(stage, score, "epoch", [Curve(part, list(enumerate(values, 1)), best)])


def test_the_best_validation_loss_is_marked_and_nothing_is_cut():
    both = CurveChart(
        "", "loss", "epoch", [Curve("training", LOSSES), Curve("validation", [(1, 3.4), (2, 2.8)], (2, 2.8))]
    )
    figure = curve_figure(both)
    training, validation, best = figure.data
    assert list(training.y) == [2.9, 2.5, 2.2]
    assert list(validation.x) == [1, 2]
    assert (best.x[0], best.y[0]) == (2, 2.8)
    low, high = figure.layout.yaxis.range
    assert low < 2.2
    assert high > 3.4
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("epoch", "loss")


def test_a_long_training_draws_at_most_twice_300_points_a_line():
    assert 300 <= len(curve_figure(chart(*[1.0] * 10_000)).data[0].x) < 600


def test_a_title_names_the_stage_the_score_and_the_only_set():
    assert chart_title(chart(0.5, score="ndcg@10", stage="Ranking")) == "Ranking: NDCG@10, validation set"
    assert chart_title(chart(0.5, score="loss", part="training")) == "Loss, training set"
    assert chart_title(learning_curves([{"epoch": 1.0, "loss": 2.0, "metrics": {"validation/loss": 1.0}}])[0]) == "Loss"


def test_compared_runs_share_one_axis_and_differ_in_colour():
    figure = compared_curves_figure(
        {"a": chart(3.0, 2.0, best=(2, 2.0)), "b": chart(9.0, 8.0, best=(2, 8.0))}, ["a", "b"]
    )
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [(line.name, list(line.y)) for line in lines] == [("a", [3.0, 2.0]), ("b", [9.0, 8.0])]
    assert len({line.line.color for line in lines}) == 2
    assert {trace.yaxis for trace in figure.data} == {None}
    assert figure.layout.yaxis.range[0] < 2.0 < 9.0 < figure.layout.yaxis.range[1]


@pytest.mark.parametrize("name", ["<b>bold</b>", "%{x}"])
def test_the_name_of_a_run_is_shown_as_it_is(name):
    line = compared_curves_figure({name: chart(1.0), "b": chart(1.0)}, [name, "b"]).data[0]
    assert "<" not in line.name
    assert "%{" not in line.name


def test_every_run_that_may_be_compared_has_a_colour_that_plotly_knows():
    runs = [str(i) for i in range(MAX_COMPARED_RUNS)]
    figure = compared_curves_figure({run: chart(1.0) for run in runs}, runs)
    colors = {trace.line.color for trace in figure.data}
    assert len(colors) == MAX_COMPARED_RUNS
    assert all(color.startswith("#") for color in colors)


def test_a_run_has_the_same_colour_in_every_chart():
    both = compared_curves_figure({"a": chart(1.0), "b": chart(1.0)}, ["a", "b"])
    alone = compared_curves_figure({"b": chart(1.0)}, ["a", "b"])
    assert both.data[1].line.color == alone.data[0].line.color != both.data[0].line.color
