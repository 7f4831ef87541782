from embedviz.figures.loss_figure import loss_figure


def event(epoch, loss, held_out=None):
    return {"epoch": epoch, "loss": loss, "metrics": {} if held_out is None else {"validation/loss": held_out}}


def test_the_best_held_out_moment_is_marked_and_nothing_is_cut():
    figure = loss_figure([event(1, 2.9, 3.4), event(2, 2.5, 2.8), event(3, 2.2, 3.0)])
    training, held_out, best = figure.data
    assert list(training.y) == [2.9, 2.5, 2.2]
    assert list(held_out.x) == [1, 2, 3]
    assert (best.x[0], best.y[0]) == (2, 2.8)
    low, high = figure.layout.yaxis.range
    assert low < 2.2
    assert high > 3.4


def test_a_long_training_draws_at_most_twice_300_points_a_line():
    figure = loss_figure([event(i, 1.0) for i in range(10_000)])
    assert 300 <= len(figure.data[0].x) < 600


def test_before_the_first_event_the_figure_is_empty():
    assert all(not len(trace.x) for trace in loss_figure([]).data)
