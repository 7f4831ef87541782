"""The ranking: beside a slow closed form, and what it promises of weights, threads and new users."""

import numpy as np
import pytest

from embedviz.models.ratings import alternation, implicit_als
from embedviz.models.ratings.implicit_als import ImplicitSide, implicit_alternation, pair_weights
from tests.models.ratings.tastes import learner_of, train


def engine_of(frame, threads=1, **settings):
    learner = learner_of(frame, **settings)
    return implicit_alternation(learner.prepared, learner.settings, threads, None), learner


def run(engine):
    while engine.done < engine.total:
        engine.advance()
    return engine


def closed_form(X, Y, pairs, weights, alpha, penalty):
    """Hu, Koren and Volinsky's equation, one row after the other, in 64 bits."""
    Y = Y.astype(float)
    solved = np.empty_like(X, float)
    for a in range(len(X)):
        own = pairs[:, 0] == a
        y, w = Y[pairs[own, 1]], weights[own].astype(float)
        ridge = penalty * (w.sum() + alpha * len(Y))
        solved[a] = np.linalg.solve(alpha * Y.T @ Y + y.T @ (w[:, None] * y) + ridge * np.eye(Y.shape[1]), y.T @ w)
    return solved


def test_a_side_ends_at_the_closed_form(monkeypatch):
    monkeypatch.setattr(implicit_als, "CG_STEPS", 60)
    rng = np.random.default_rng(0)
    pairs = np.unique(rng.integers(0, (20, 30), (150, 2)), axis=0)
    weights, alpha, penalty = rng.uniform(0.5, 2, len(pairs)).astype(np.float32), 0.2, 0.05
    X, Y = (rng.normal(size=(n, 6)).astype(np.float32) for n in (20, 30))
    side = ImplicitSide(pairs[:, 0], pairs[:, 1], weights, 20, 30, alpha)
    expected = closed_form(X, Y, pairs, weights, alpha, penalty)
    side.begin(X, Y)
    for span in side.spans:
        side.solve(X, Y, penalty, span)
    assert pytest.approx(expected, abs=1e-4) == X


def test_whole_trainings_agree_with_the_closed_form(tastes, monkeypatch):
    monkeypatch.setattr(implicit_als, "CG_STEPS", 60)
    few = {"dim": 5, "ranking_rounds": 3, "ranking_penalty": 0.02, "unobserved_weight": 0.3}
    engine, learner = engine_of(tastes, **few)
    P, Q = engine.P.astype(float), engine.Q.astype(float)
    run(engine)
    train_part, weights = learner.prepared.train, pair_weights(learner.prepared, learner.settings.rating_confidence)
    of_users = np.column_stack([train_part.user, train_part.item])
    for _ in range(3):
        Q = closed_form(Q, P, of_users[:, ::-1], weights, 0.3, 0.02)
        P = closed_form(P, Q, of_users, weights, 0.3, 0.02)
    assert pytest.approx(P, abs=1e-3) == engine.P
    assert pytest.approx(Q, abs=1e-3) == engine.Q


def test_a_rounds_objective_falls(tastes):
    engine, learner = engine_of(tastes, ranking_penalty=0.02, ranking_rounds=8)
    part, w = learner.prepared.train, pair_weights(learner.prepared, learner.settings.rating_confidence).astype(float)
    values = []
    while engine.done < engine.total:
        engine.advance()
        P, Q, alpha = engine.P.astype(float), engine.Q.astype(float), 0.15
        dots = P @ Q.T
        own = w.sum(), (w * (1 - dots[part.user, part.item]) ** 2).sum(), alpha * (dots**2).sum()
        of_users = np.bincount(part.user, w, len(P)) + alpha * len(Q)
        of_items = np.bincount(part.item, w, len(Q)) + alpha * len(P)
        ridge = 0.02 * ((of_users[:, None] * P**2).sum() + (of_items[:, None] * Q**2).sum())
        values.append(own[1] + own[2] + ridge)
    assert len(values) == 8
    assert all(b <= a * (1 + 1e-5) for a, b in zip(values, values[1:], strict=False))
    assert values[-1] < 0.9 * values[0]


def test_a_high_rating_weighs_more_and_none_weighs_nothing(tastes):
    prepared = learner_of(tastes).prepared
    weights, rating = pair_weights(prepared, 0.3), prepared.train.rating
    assert weights[rating == 5].min() > weights[rating == 1].max() > 0
    assert (pair_weights(prepared, 0.0) == 1).all()
    liked = tastes[tastes["stars"] >= 4]
    assert (pair_weights(learner_of(liked, method="ials").prepared, 0.3) == 1).all()


def test_any_number_of_threads_gives_the_same_numbers(tastes, monkeypatch):
    monkeypatch.setattr(implicit_als, "SPAN_PAIRS", 200)
    one, three = (run(engine_of(tastes, threads=threads, ranking_rounds=4)[0]) for threads in (1, 3))
    assert len(one.sides[0].spans) > 5
    assert np.array_equal(one.P, three.P)
    assert np.array_equal(one.Q, three.Q)


def test_stopped_in_the_middle_of_a_round_it_resumes_to_the_same_numbers(tastes, monkeypatch):
    monkeypatch.setattr(alternation, "ADVANCE_SECONDS", 0.0)
    monkeypatch.setattr(implicit_als, "SPAN_PAIRS", 200)
    whole = run(engine_of(tastes, ranking_rounds=3)[0])
    for stop in (3, 13):
        first, second = (engine_of(tastes, ranking_rounds=3)[0] for _ in range(2))
        for _ in range(stop):
            first.advance()
        assert first.state().values["span"] != 0
        second.restore(first.state())
        assert np.array_equal(run(second).P, whole.P)


@pytest.mark.parametrize("method", ["als", "ials"])
def test_a_folded_in_user_is_the_trained_one(tastes, method):
    data = tastes if method == "als" else tastes[tastes["stars"] >= 4]
    trained = train(data, method=method, ranking_rounds=40, patience=0, ranking_penalty=0.02).trained
    items, ratings, _ = trained._trained_on(5)
    folded = trained.ranking.fold_in(items, ratings)
    assert folded.shares.sum(0) == pytest.approx(folded.vector)
    assert folded.vector == pytest.approx(trained.ranking.P[5], abs=0.01)
