"""The kernel of pairwise ranking beside autograd, its negatives, and what it promises of seeds and stops."""

import numpy as np
import pandas as pd
import pytest
import torch

from embedviz.models.ratings.bpr import PairwiseRanking, train_pairs
from tests.models.ratings.tastes import learner_of


def tables(n_users=6, n_items=8, dim=4, seed=0):
    rng = np.random.default_rng(seed)
    P, Q = (rng.normal(size=(n, dim)).astype(np.float32) for n in (n_users, n_items))
    return P, Q, rng.normal(size=n_items).astype(np.float32)


def test_a_step_is_that_of_autograd():
    """The user has all items but one, so that the drawn item is known."""
    P, Q, bias = tables()
    owned, rate, decay = np.array([0, 1, 2, 3, 5, 6, 7]), 0.1, 0.02
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (P, Q, bias)]
    p, q, c = tensors
    difference = c[5] - c[4] + p[2] @ (q[5] - q[4])
    loss = -torch.nn.functional.logsigmoid(difference)
    used = p[2].pow(2).sum() + q[5].pow(2).sum() + q[4].pow(2).sum() + c[5] ** 2 + c[4] ** 2
    (loss + decay / 2 * used).backward()
    expected = [x.detach().numpy() - rate * x.grad.numpy() for x in tensors]
    starts = np.array([0, 0, 0, 7, 7, 7, 7])
    found = train_pairs(
        np.array([2], np.int32), np.array([5], np.int32), starts, owned, P, Q, bias,
        np.float32(rate), np.float32(decay), np.array([1], np.uint64),
    )  # fmt: skip
    assert found == pytest.approx(loss.item(), rel=1e-5)
    for changed, wanted in zip((P, Q, bias), expected, strict=True):
        assert changed == pytest.approx(wanted, abs=1e-5)


def test_items_that_a_user_has_are_never_drawn_and_all_others_equally_often():
    P, Q, bias = tables()
    bias[:] = 0
    owned, n = np.array([1, 4, 6]), 30_000
    user, item = np.zeros(n, np.int32), np.ones(n, np.int32)
    P[:], Q[:] = 0, 0  # only biases move, each drawn item's by half the rate
    train_pairs(
        user, item, np.array([0, 3, 3, 3, 3, 3, 3]), owned, P, Q, bias,
        np.float32(1e-6), np.float32(0), np.array([7], np.uint64),
    )  # fmt: skip
    drawn = -bias / 0.5e-6
    assert (drawn[[4, 6]] == 0).all()
    others = drawn[[0, 2, 3, 5, 7]]
    assert others == pytest.approx(np.full(5, n / 5), rel=0.06)


def liked(tastes):
    return tastes[tastes["stars"] >= 4]


def engine_of(frame, threads=1, **settings) -> PairwiseRanking:
    learner = learner_of(frame, method="bpr", **settings)
    return PairwiseRanking(learner.prepared, learner.settings, threads, lambda weights: {})


def test_threads_share_an_epoch_and_learn_as_much(tastes):
    losses = []
    for threads in (1, 3):
        engine = engine_of(liked(tastes), threads, epochs=60)
        while engine.done < engine.total:
            loss = engine.advance().loss
        losses.append(loss)
    assert max(losses) < 0.4
    assert losses[0] == pytest.approx(losses[1], rel=0.2)


def test_who_has_every_item_is_left_out(tastes):
    frame = liked(tastes)
    everything = pd.DataFrame({"user": "all", "film": sorted(frame["film"].unique()), "stars": 5.0})
    learner = learner_of(
        pd.concat([frame, everything]), method="bpr", epochs=2, validation_share=0.01, test_share=0.0, seed=0
    )
    parts = learner.prepared
    place = parts.users.places["all"]
    assert (parts.train.user == place).sum() == len(parts.items)
    engine = PairwiseRanking(parts, learner.settings, 1, lambda weights: {})
    assert place not in engine._user
    engine.advance()
    assert np.isfinite(engine.P).all()


def test_stopped_in_the_middle_of_an_epoch_it_resumes_to_the_same_numbers(tastes, monkeypatch):
    from embedviz.models.ratings import bpr

    monkeypatch.setattr(bpr, "BLOCK_PAIRS", 100)
    monkeypatch.setattr(bpr, "ADVANCE_SECONDS", 0.0)
    whole = engine_of(liked(tastes), epochs=2)
    while whole.done < whole.total:
        whole.advance()
    first, second = engine_of(liked(tastes), epochs=2), engine_of(liked(tastes), epochs=2)
    for _ in range(3):
        first.advance()
    assert 0 < first.done < first.per_epoch
    second.restore(first.state())
    while second.done < second.total:
        second.advance()
    assert np.array_equal(second.P, whole.P)
    assert np.array_equal(second.Q, whole.Q)
