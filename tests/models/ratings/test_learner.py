import json

import numpy as np
import pytest
import torch

from embedviz.core import archive
from embedviz.evaluation.learning_curves import learning_curves
from embedviz.models.ratings.prepared import PreparedRatings
from embedviz.models.ratings.settings import DEFAULTS
from embedviz.training.protocols import State
from tests.models.ratings.tastes import METHODS, finished, learner_of, train

pytestmark = pytest.mark.slow


def factors_of(training):
    f, ranking = training.trained.factors, training.trained.ranking or training.trained.factors
    return {"P": f.P, "Q": f.Q, "user_bias": f.user_bias, "item_bias": f.item_bias, "rp": ranking.P, "rq": ranking.Q}


@pytest.mark.parametrize("method", METHODS)
def test_resuming_from_any_state_ends_where_never_stopping_does(tastes, method):
    settings = {"method": method, "rounds": 3, "ranking_rounds": 2, "epochs": 4}
    whole = factors_of(train(tastes, **settings))
    stops = (1, 3) if method not in ("als", "ials") else (1, 3, 6, 8, 11)  # in each of the stages, and at their borders
    for stop in stops:
        first = learner_of(tastes, **settings)
        for _, _ in zip(range(stop), first.run(), strict=False):
            pass
        state = first.state()
        arrays = {name: array.copy() for name, array in state.arrays.items()}
        second = learner_of(tastes, **settings)
        second.restore(State(arrays, json.loads(json.dumps(state.values))))
        ended = factors_of(finished(second))
        assert all(np.array_equal(ended[name], whole[name]) for name in whole)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_trains_the_same_vectors_and_another_one_others(tastes, method):
    few = {"method": method, "rounds": 3, "epochs": 2}
    one, again, other = (factors_of(train(tastes, seed=seed, **few)) for seed in (0, 0, 1))
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert not np.array_equal(one["P"], other["P"])


def test_a_growing_penalty_is_mentioned(tastes):
    few = {"rounds": 2, "ranking_rounds": 1, "refit": False}
    growing, given = ([event.message for event in learner_of(tastes, penalty=p, **few).run()][-2] for p in (None, 3.0))
    assert "it grows from round to round" in growing
    assert given == "Training, penalty 3"


def test_the_best_weights_are_kept_and_patience_ends_the_training(tastes):
    learner = learner_of(tastes, method="gradient", learning_rate=0.05, patience=2, epochs=40)
    rmse = [event.metrics["validation/rmse"] for event in learner.run() if event.metrics]
    assert len(rmse) < 40
    assert np.argmin(rmse) == len(rmse) - 3
    part, best = learner.prepared.parts["validation"], learner.best()
    error = best.factors.predict(part.user, part.item) - part.rating
    assert float(np.sqrt((error**2).mean())) == min(rmse)


def test_the_textbook_preset_trains_the_textbook_network(tastes):
    training = train(tastes, preset="textbook", epochs=2, dim=6)
    network, prepared = training.learner.choosing[0].engine.task.network, training.prepared
    shapes = {name: tuple(parameter.shape) for name, parameter in network.named_parameters()}
    users, items = len(prepared.users), len(prepared.items)
    assert shapes == {"user_embedding.weight": (users, 6), "item_embedding.weight": (items, 6)}
    u, i = torch.tensor([0, 3, 9]), torch.tensor([5, 0, 7])
    state = network.state_dict()
    expected = torch.sum(state["user_embedding.weight"][u] * state["item_embedding.weight"][i], dim=1)
    assert torch.allclose(network(u, i), expected)
    factors = training.learner.current().factors
    estimates = expected.clamp(*prepared.scale).numpy()
    assert factors.predict(u.numpy(), i.numpy()) == pytest.approx(estimates, abs=1e-5)


def test_every_method_has_defaults():
    assert set(DEFAULTS) == set(METHODS)


def test_what_was_prepared_is_saved_and_trains_the_same(tastes, tmp_path):
    learner = learner_of(tastes, rounds=3)
    archive.save(learner.prepared, tmp_path / "prepared.safetensors")
    loaded = archive.load(PreparedRatings, tmp_path / "prepared.safetensors")
    one, two = finished(learner), finished(loaded.learner(learner.settings, None, 1))
    assert np.array_equal(one.trained.factors.P, two.trained.factors.P)
    assert one.evaluate().metrics == two.evaluate().metrics


def curves_of(tastes, **settings):
    events = [event.as_dict() for event in learner_of(tastes, **settings).run()]
    return [(c.stage, c.score, c.pass_name, [each.part for each in c.curves]) for c in learning_curves(events)]


def test_als_shows_its_ranking_and_the_error_of_its_estimates_apart_and_no_loss_that_grows_with_the_penalty(tastes):
    assert curves_of(tastes, method="als", rounds=3, ranking_rounds=2) == [
        ("Ranking", "ndcg@10", "round", ["validation"]),
        ("Estimates", "rmse", "round", ["validation"]),
    ]


def test_a_fixed_penalty_shows_the_training_error_too(tastes):
    assert curves_of(tastes, method="als", rounds=3, ranking_rounds=2, penalty=1.0)[1] == (
        "Estimates", "rmse", "round", ["training", "validation"],
    )  # fmt: skip


def test_gradient_descent_shows_both_errors_in_one_unit_over_epochs(tastes):
    assert curves_of(tastes, method="gradient", epochs=3) == [("", "rmse", "epoch", ["training", "validation"])]
