from embedviz.figures.loss_figure import loss_figure


def event(epoch, loss, validation=None):
    return {"epoch": epoch, "loss": loss, "metrics": {} if validation is None else {"validation/loss": validation}}


def test_the_best_validation_loss_is_marked_and_nothing_is_cut():
    figure = loss_figure([event(1, 2.9, 3.4), event(2, 2.5, 2.8), event(3, 2.2, 3.0)])
    training, validation, best = figure.data
    assert list(training.y) == [2.9, 2.5, 2.2]
    assert list(validation.x) == [1, 2, 3]
    assert (best.x[0], best.y[0]) == (2, 2.8)
    low, high = figure.layout.yaxis.range
    assert low < 2.2
    assert high > 3.4


def test_a_long_training_draws_at_most_twice_300_points_a_line():
    figure = loss_figure([event(i, 1.0) for i in range(10_000)])
    assert 300 <= len(figure.data[0].x) < 600


def test_before_the_first_event_the_figure_is_empty():
    assert all(not len(trace.x) for trace in loss_figure([]).data)


def evaluated(epoch, best=False, **metrics):
    return {"epoch": epoch, "loss": 1.0, "best": best, "metrics": {f"validation/{k}": v for k, v in metrics.items()}}


def test_what_the_training_kept_is_marked_whatever_looks_better():
    figure = loss_figure([evaluated(1, True, loss=2.0), evaluated(2, True, loss=1.5), evaluated(3, False, loss=1.4)])
    assert (figure.data[2].x[0], figure.data[2].y[0]) == (2, 1.5)


def test_without_a_validation_loss_the_log_loss_is_drawn_beside_the_training():
    figure = loss_figure([evaluated(1, accuracy=0.5, log_loss=0.7), evaluated(2, True, accuracy=0.4, log_loss=0.6)])
    assert list(figure.data[1].y) == [0.7, 0.6]
    assert figure.data[1].yaxis == "y"
    assert figure.layout.yaxis.title.text == "loss"


def test_another_score_has_an_axis_of_its_own():
    figure = loss_figure([evaluated(1, rmse=900.0), evaluated(2, rmse=800.0), evaluated(3, rmse=850.0)])
    _, validation, best = figure.data
    assert (validation.yaxis, best.yaxis) == ("y2", "y2")
    assert best.y[0] == 800.0
    assert figure.layout.yaxis.range[1] < 2
    assert figure.layout.yaxis2.title.text == "RMSE"
    assert loss_figure([evaluated(1, r2=0.1), evaluated(2, r2=0.3)]).data[2].y[0] == 0.3


def test_the_training_part_is_drawn_in_the_units_of_the_validation_part_where_it_was_measured():
    events = [
        {"epoch": 1.0, "loss": 7.0, "metrics": {"train/loss": 2.4, "validation/loss": 2.5}},
        {"epoch": 1.5, "loss": 6.0},
    ]
    training, *_ = loss_figure(events).data
    assert training.y == (2.4,)
