import numpy as np
import pytest
import torch
import torch.nn as nn

from embedviz.models.ratings.bpr import NegativeSampler
from embedviz.models.ratings.network import CollaborativeFiltering, begin

CPU = torch.device("cpu")


def test_the_textbook_network_has_two_embeddings_and_their_dot_product():
    network = CollaborativeFiltering(num_users=10, num_items=50, embedding_dim=6)
    shapes = {name: tuple(parameter.shape) for name, parameter in network.named_parameters()}
    assert shapes == {"user_embedding.weight": (10, 6), "item_embedding.weight": (50, 6)}
    users, items = nn.Embedding(10, 6), nn.Embedding(50, 6)
    network.load_state_dict({"user_embedding.weight": users.weight, "item_embedding.weight": items.weight})
    user_ids, item_ids = torch.tensor([0, 3, 9]), torch.tensor([49, 0, 7])
    expected = torch.sum(users(user_ids) * items(item_ids), dim=1)
    assert torch.allclose(network(user_ids, item_ids), expected)


def test_vectors_begin_by_a_generator_of_their_own():
    torch.manual_seed(5)
    untouched = torch.get_rng_state()
    networks = [CollaborativeFiltering(3, 4, 5) for _ in range(3)]
    torch.set_rng_state(untouched)
    for network, seed in zip(networks, (1, 1, 2), strict=True):
        begin(network, 0.1, seed)
    weights = [network.user_embedding.weight for network in networks]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.get_rng_state(), untouched)


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
def test_only_items_that_the_user_has_not_are_drawn_and_all_of_them_alike(sampler_and_items, user):
    sampler, own = sampler_and_items
    drawn = sampler.draw(torch.full((24_000,), user), torch.Generator().manual_seed(0)).numpy()
    others = np.setdiff1d(np.arange(12), own[user])
    counts = np.bincount(drawn, minlength=12)
    assert np.flatnonzero(counts).tolist() == others.tolist()
    assert counts[others] == pytest.approx(24_000 / len(others), rel=0.1)
