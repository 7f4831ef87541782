import numpy as np
import pytest
import torch

from embedviz.models.ratings.negative_sampling import NegativeSampler

CPU = torch.device("cpu")


@pytest.fixture
def sampler_and_items():
    """Users 0 to 3 with some of 12 items, user 4 with all but the last, user 5 with none."""
    rng = np.random.default_rng(0)
    own = [np.sort(rng.permutation(12)[: 2 + 3 * u]) for u in range(4)] + [np.arange(11), np.empty(0, np.int64)]
    user = np.repeat(np.arange(6), [len(x) for x in own])
    item = np.concatenate(own).astype(np.int64)
    order = rng.permutation(len(user))
    return NegativeSampler(user[order], item[order], 6, 12, CPU), own


@pytest.mark.parametrize("user", range(6))
def test_only_items_that_the_user_does_not_have_are_drawn_all_equally_often(sampler_and_items, user):
    sampler, own = sampler_and_items
    drawn = sampler.draw(torch.full((24_000,), user), torch.Generator().manual_seed(0)).numpy()
    others = np.setdiff1d(np.arange(12), own[user])
    counts = np.bincount(drawn, minlength=12)
    assert np.flatnonzero(counts).tolist() == others.tolist()
    assert counts[others] == pytest.approx(24_000 / len(others), rel=0.1)
