from embedviz.evaluation.learning_curves import learning_curves


def evaluated(epoch, best=False, loss=1.0, stage="", **metrics):
    event = {"epoch": epoch, "loss": loss, "best": best, "metrics": {f"validation/{k}": v for k, v in metrics.items()}}
    return event | ({"stage": stage} if stage else {})


def shape(charts):
    return [(chart.stage, chart.score, [curve.part for curve in chart.curves]) for chart in charts]


def test_before_the_first_measurement_there_is_no_chart():
    assert learning_curves([]) == []
    assert learning_curves([{"message": "Reading"}, {"loss": 0.7, "message": "Fitting the linear term"}]) == []


def test_the_loss_of_both_sets_shares_a_chart():
    (chart,) = learning_curves([evaluated(1, loss=2.9, log_loss=3.4), evaluated(2, loss=2.5, log_loss=2.8)])
    training, validation = chart.curves
    assert (chart.score, training.part, validation.part) == ("log_loss", "training", "validation")
    assert training.points == [(1, 2.9), (2, 2.5)]
    assert validation.points == [(1, 3.4), (2, 2.8)]
    assert (training.best, validation.best) == (None, (2, 2.8))


def test_what_the_training_kept_is_the_best_whatever_looks_better():
    events = [evaluated(1, True, auc=0.2), evaluated(2, True, auc=0.5), evaluated(3, False, auc=0.6)]
    assert learning_curves(events)[0].curves[0].best == (2, 0.5)


def test_where_nothing_is_marked_the_best_value_is():
    assert learning_curves([evaluated(1, rmse=0.9), evaluated(2, rmse=0.8), evaluated(3, rmse=1.0)])[0].curves[
        0
    ].best == (2, 0.8)
    assert learning_curves([evaluated(1, r2=0.1), evaluated(2, r2=0.3)])[0].curves[0].best == (2, 0.3)


def test_a_loss_in_another_unit_has_a_chart_of_its_own():
    charts = learning_curves([evaluated(1, loss=5.0, accuracy=0.5), evaluated(2, loss=4.0, accuracy=0.6)])
    assert shape(charts) == [("", "accuracy", ["validation"]), ("", "loss", ["training"])]


def test_the_training_set_is_drawn_in_the_unit_of_the_validation_set_where_it_was_measured():
    events = [
        {"epoch": 1.0, "loss": 7.0, "metrics": {"train/rmse": 2.4, "validation/rmse": 2.5}},
        {"epoch": 1.5, "loss": 6.0},
    ]
    (chart,) = learning_curves(events)
    assert [curve.points for curve in chart.curves] == [[(1.0, 2.4)], [(1.0, 2.5)]]


def test_every_stage_has_its_own_chart_in_their_order():
    ranking = [{"epoch": 1.0, "metrics": {"validation/ndcg@10": 0.1}, "stage": "Ranking", "pass_name": "round"}]
    estimates = [{"epoch": 1.0, "metrics": {"validation/rmse": 0.9}, "stage": "Estimates", "pass_name": "round"}]
    charts = learning_curves([{"message": "Reading"}, *ranking, *estimates])
    assert shape(charts) == [("Ranking", "ndcg@10", ["validation"]), ("Estimates", "rmse", ["validation"])]
    assert {chart.pass_name for chart in charts} == {"round"}
