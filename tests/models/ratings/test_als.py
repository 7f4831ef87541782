import numpy as np
import pytest

from embedviz.models.ratings import als, alternation
from embedviz.models.ratings.als import MAX_PENALTY, MIN_PENALTY, explicit_alternation, penalty_path, solve_rows
from embedviz.models.ratings.alternation import Alternation
from tests.models.ratings.tastes import finished, learner_of


def kernel_input(seed=0, rows=6, partners=9, dim=4):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 8, rows)
    starts = np.r_[0, np.cumsum(counts)]
    n = starts[-1]
    partner = rng.integers(0, partners, n).astype(np.int32)
    target, weight = rng.normal(size=n).astype(np.float32), rng.uniform(0.5, 2, n).astype(np.float32)
    X, Y = rng.normal(size=(rows, dim + 1)).astype(np.float32), rng.normal(size=(partners, dim + 1)).astype(np.float32)
    prior = rng.normal(size=X.shape).astype(np.float32)
    return starts, partner, target, weight, X, Y, prior, np.float32(2.0), rng.uniform(1, 3, rows).astype(np.float32)


def test_a_row_ends_at_its_weighted_ridge_regression():
    starts, partner, target, weight, X, Y, prior, damping, penalty = kernel_input()
    solved = X.copy()
    solve_rows(starts, partner, target, weight, solved, Y, prior, damping, penalty, 50, 0, len(X))
    for a in range(len(X)):
        own = slice(starts[a], starts[a + 1])
        y = Y[partner[own]].astype(float)
        Z = np.hstack([np.ones((len(y), 1)), y[:, 1:]])
        ridge = np.diag([damping, *[penalty[a]] * (X.shape[1] - 1)])
        A = Z.T @ (weight[own, None] * Z) + ridge
        expected = np.linalg.solve(A, Z.T @ (weight[own] * (target[own] - y[:, 0])) + ridge @ prior[a])
        assert solved[a] == pytest.approx(expected, abs=1e-4)


def test_rows_outside_the_span_are_left_alone():
    given = kernel_input()
    X = given[4].copy()
    solve_rows(*given[:4], X, *given[5:], 5, 2, 4)
    assert np.array_equal(X[[0, 1, 4, 5]], given[4][[0, 1, 4, 5]])
    assert not np.allclose(X[2:4], given[4][2:4])


def test_items_are_drawn_towards_a_map_of_their_features(tastes):
    learner = learner_of(tastes)
    engine, items, _, _ = explicit_alternation(learner.prepared, learner.settings, 1, None)
    items.features = np.random.default_rng(0).normal(size=(len(engine.Q), 3)).astype(np.float32)
    items.begin(engine.Q, engine.P)
    n = learner.prepared.item_counts
    F, c = items.features.astype(float), (n / (n + 10.0))[:, None]
    expected = F @ np.linalg.solve(F.T @ (c * F) + 100 * np.eye(3), F.T @ (c * engine.Q))
    assert items.begun == pytest.approx(expected, abs=1e-4)
    free = engine.Q.copy()
    items.solve(free, engine.P, 2.0, (0, len(free)))
    items.solve(engine.Q, engine.P, 1e4, (0, len(free)))
    assert np.abs(engine.Q[:, 1:] - expected[:, 1:]).max() < 0.1 * np.abs(free[:, 1:] - expected[:, 1:]).max()


def test_the_penalty_grows_from_weak_to_strong_unless_one_is_given():
    path = penalty_path(None, 5)
    assert (path[0], path[-1]) == pytest.approx((MIN_PENALTY, MAX_PENALTY))
    assert np.allclose(path[1:] / path[:-1], path[1] / path[0])
    assert penalty_path(3.0, 4).tolist() == [3.0] * 4


def engine_of(frame, threads=1, **settings) -> Alternation:
    learner = learner_of(frame, **settings)
    return explicit_alternation(learner.prepared, learner.settings, threads, None).engine


def run(engine):
    while engine.done < engine.total:
        engine.advance()
    return engine


def test_a_rounds_objective_falls(tastes):
    learner = learner_of(tastes, penalty=4.0, rounds=8)
    engine, _, _, rating_weight = explicit_alternation(learner.prepared, learner.settings, 1, None)
    values = []
    while engine.done < engine.total:
        engine.advance()
        values.append(objective(engine, rating_weight, learner.prepared.train.item))
    assert len(values) == 8
    assert all(b <= a * (1 + 1e-5) for a, b in zip(values, values[1:], strict=False))
    assert values[-1] < 0.9 * values[0]


def objective(als: Alternation, rating_weight, train_item) -> float:
    """The objective of the module's docstring, written out."""
    items, users = als.sides
    per_user = np.diff(users.starts)
    item = np.repeat(np.arange(len(als.Q)), np.diff(items.starts))
    user = items.partner
    P, Q = als.P.astype(float), als.Q.astype(float)
    error = items.target - P[user, 0] - Q[item, 0] - (P[user, 1:] * Q[item, 1:]).sum(1)
    t = rating_weight[np.argsort(train_item, kind="stable")]  # in the order of the items' side
    w = np.empty(len(P))
    w[user] = items.weight / t
    penalty = als.penalties[0]
    own = w * (users.damping * P[:, 0] ** 2 + penalty * np.sqrt(per_user / per_user.mean()) * (P[:, 1:] ** 2).sum(1))
    return float((items.weight * error**2).sum() + own.sum() + items.damping * (Q[:, 0] ** 2).sum() + penalty * (Q[:, 1:] ** 2).sum())  # fmt: skip


def test_any_number_of_threads_gives_the_same_numbers(tastes):
    one, three = (engine_of(tastes, rounds=6, threads=threads) for threads in (1, 3))
    for side in one.sides + three.sides:
        side.spans = [(a, a + 1) for a in range(side.spans[-1][1])]
    for engine in (one, three):
        run(engine)
    assert np.array_equal(one.P, three.P)
    assert np.array_equal(one.Q, three.Q)


@pytest.fixture
def long_rounds(monkeypatch):
    """An event after each of many spans, as of a table that takes more than a second a round."""
    monkeypatch.setattr(alternation, "ADVANCE_SECONDS", 0.0)
    monkeypatch.setattr(als, "SPAN_NUMBERS", 2000)


@pytest.mark.usefixtures("long_rounds")
@pytest.mark.parametrize("has_features", [False, True])
def test_stopped_in_the_middle_of_a_round_it_resumes_to_the_same_numbers(tastes, has_features):
    def engine() -> Alternation:
        made = engine_of(tastes, rounds=3)
        for side in made.sides if has_features else ():
            side.features = np.random.default_rng(0).normal(size=(len(side.starts) - 1, 3)).astype(np.float32)
        return made

    whole = run(engine())
    for stop in (3, 13):
        first, second = engine(), engine()
        for _ in range(stop):
            first.advance()
        assert first.state().values["span"] > 0
        second.restore(first.state())
        run(second)
        assert np.array_equal(second.P, whole.P)
        assert np.array_equal(second.Q, whole.Q)


@pytest.mark.usefixtures("long_rounds")
def test_before_the_first_measurement_the_current_vectors_are_the_best(tastes):
    few = {"rounds": 3, "ranking_rounds": 1}
    learner = learner_of(tastes, **few)
    events = learner.run()
    while not next(events).metrics:
        continue
    next(events)  # the first one of the estimates
    assert np.array_equal(learner.best().factors.Q, learner.current().factors.Q)
    again = learner_of(tastes, **few)
    again.restore(learner.state())
    next(again.run())
    assert np.array_equal(again.best().factors.Q, again.current().factors.Q)
    assert not np.array_equal(again.best().factors.Q, learner.best().factors.Q)


def test_ratings_on_another_scale_give_the_same_vectors_but_for_their_length(tastes):
    small, large = (finished(learner_of(tastes.assign(stars=tastes["stars"] * times))) for times in (1, 20))
    users = np.arange(5)
    scores, others = (f.scores(f.P[users]) for f in (small.trained.factors, large.trained.factors))
    assert 20 * small.trained.ridge.penalty == pytest.approx(large.trained.ridge.penalty)
    assert np.allclose(np.sqrt(20) * small.trained.factors.P, large.trained.factors.P, atol=1e-2)
    assert np.allclose(20 * scores, others, atol=0.2)
