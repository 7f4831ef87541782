import numpy as np
import pytest

from embedviz.models.ratings import als as ratings_als
from embedviz.models.ratings.als import STRONGEST, WEAKEST, Als, penalty_path, solve_rows


def kernel_input(seed=0, rows=6, partners=9, dim=4):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 8, rows)
    starts = np.r_[0, np.cumsum(counts)]
    n = starts[-1]
    partner = rng.integers(0, partners, n).astype(np.int32)
    target, weight = rng.normal(size=n).astype(np.float32), rng.uniform(0.5, 2, n).astype(np.float32)
    X, Y = rng.normal(size=(rows, dim + 1)).astype(np.float32), rng.normal(size=(partners, dim + 1)).astype(np.float32)
    return starts, partner, target, weight, X, Y, np.float32(2.0), rng.uniform(1, 3, rows).astype(np.float32)


def test_a_row_ends_at_its_weighted_ridge_regression():
    starts, partner, target, weight, X, Y, damping, penalty = kernel_input()
    solved = X.copy()
    solve_rows(starts, partner, target, weight, solved, Y, damping, penalty, 50, 0, len(X))
    for a in range(len(X)):
        own = slice(starts[a], starts[a + 1])
        y = Y[partner[own]].astype(float)
        Z = np.hstack([np.ones((len(y), 1)), y[:, 1:]])
        A = Z.T @ (weight[own, None] * Z) + np.diag([damping, *[penalty[a]] * (X.shape[1] - 1)])
        expected = np.linalg.solve(A, Z.T @ (weight[own] * (target[own] - y[:, 0])))
        assert solved[a] == pytest.approx(expected, abs=1e-4)


def test_rows_outside_the_span_are_left_alone():
    given = kernel_input()
    X = given[4].copy()
    solve_rows(*given[:4], X, *given[5:], 5, 2, 4)
    assert np.array_equal(X[[0, 1, 4, 5]], given[4][[0, 1, 4, 5]])
    assert not np.allclose(X[2:4], given[4][2:4])


def test_the_penalty_grows_from_weak_to_strong_unless_one_is_given():
    path = penalty_path(None, 5)
    assert (path[0], path[-1]) == pytest.approx((WEAKEST, STRONGEST))
    assert np.allclose(path[1:] / path[:-1], path[1] / path[0])
    assert penalty_path(3.0, 4).tolist() == [3.0] * 4


def learner(prepared, **settings):
    model = prepared(**settings)
    model._start()
    return model._learner


def test_a_rounds_objective_falls(prepared):
    als = learner(prepared, penalty=4.0, rounds=8)
    values = []
    for _ in als.run(1):
        values.append(objective(als))
    assert all(b <= a * (1 + 1e-5) for a, b in zip(values, values[1:], strict=False))
    assert values[-1] < 0.9 * values[0]


def objective(als: Als) -> float:
    """What the module's docstring says is lowered, written out."""
    items, users = als._sides
    per_user = np.diff(users.starts)
    item = np.repeat(np.arange(len(als.Q)), np.diff(items.starts))
    user = items.partner
    P, Q = als.P.astype(float), als.Q.astype(float)
    error = items.target - P[user, 0] - Q[item, 0] - (P[user, 1:] * Q[item, 1:]).sum(1)
    w = np.empty(len(P))
    w[users_of(als)] = (items.weight / als_t(als))[:]
    penalty = als.penalties[0]
    own = w * (users.damping * P[:, 0] ** 2 + penalty * np.sqrt(per_user / per_user.mean()) * (P[:, 1:] ** 2).sum(1))
    return float((items.weight * error**2).sum() + own.sum() + items.damping * (Q[:, 0] ** 2).sum() + penalty * (Q[:, 1:] ** 2).sum())  # fmt: skip


def users_of(als: Als) -> np.ndarray:
    return als._sides[0].partner


def als_t(als: Als) -> np.ndarray:
    """t of each rating in the order of the items' side; als.weight is in the order of the training part."""
    return als.weight[np.argsort(als.train_item, kind="stable")]


def test_any_number_of_threads_gives_the_same_numbers(prepared):
    one, three = learner(prepared, rounds=6), learner(prepared, rounds=6)
    for side in one._sides + three._sides:
        side.spans = [(a, a + 1) for a in range(side.spans[-1][1])]
    for _ in one.run(1):
        pass
    for _ in three.run(3):
        pass
    assert np.array_equal(one.P, three.P)
    assert np.array_equal(one.Q, three.Q)


def test_stopped_in_the_middle_of_a_round_it_goes_on_to_the_same_numbers(prepared, monkeypatch):
    monkeypatch.setattr(ratings_als, "EVENT_EVERY", 0.0)
    monkeypatch.setattr(ratings_als, "SPAN", 2000)
    whole = learner(prepared, rounds=3)
    events = list(whole.run(1))
    assert len(events) > 20
    for stop in (3, 13):
        first, second = learner(prepared, rounds=3), learner(prepared, rounds=3)
        for _, event in zip(range(stop), first.run(1), strict=False):
            assert not event.metrics or stop > 3
        arrays, values = first.state()
        second.restore({name: array.copy() for name, array in arrays.items()}, values)
        for _ in second.run(1):
            pass
        assert np.array_equal(second.P, whole.P)
        assert np.array_equal(second.best_Q, whole.best_Q)


def test_before_the_first_measurement_the_current_vectors_are_the_best(prepared, monkeypatch):
    monkeypatch.setattr(ratings_als, "EVENT_EVERY", 0.0)
    monkeypatch.setattr(ratings_als, "SPAN", 2000)
    als = learner(prepared, rounds=3)
    next(als.run(1))
    assert np.array_equal(als.factors(best=True).Q, als.factors(best=False).Q)
    again = learner(prepared, rounds=3)
    again.restore(*als.state())
    steps = again.run(1)
    next(steps)
    assert np.array_equal(again.factors(best=True).Q, again.factors(best=False).Q)


def test_ratings_on_another_scale_give_the_same_vectors_but_for_their_length(prepared):
    small, large = learner(prepared), learner(lambda **s: prepared(times=20, **s))
    for als in (small, large):
        for _ in als.run(1):
            pass
    assert small.best_penalty == large.best_penalty
    assert np.allclose(small.best_P, large.best_P, atol=1e-3)
    assert np.allclose(20 * small.factors().scores(np.arange(5)), large.factors().scores(np.arange(5)), atol=0.2)
