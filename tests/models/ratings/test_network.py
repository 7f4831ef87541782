import numpy as np
import torch
import torch.nn as nn

from embedviz.models.ratings.network import CollaborativeFiltering, init_vectors


def test_the_textbook_network_has_two_embeddings_and_their_dot_product():
    network = CollaborativeFiltering(num_users=10, num_items=50, embedding_dim=6)
    shapes = {name: tuple(parameter.shape) for name, parameter in network.named_parameters()}
    assert shapes == {"user_embedding.weight": (10, 6), "item_embedding.weight": (50, 6)}
    users, items = nn.Embedding(10, 6), nn.Embedding(50, 6)
    network.load_state_dict({"user_embedding.weight": users.weight, "item_embedding.weight": items.weight})
    user_ids, item_ids = torch.tensor([0, 3, 9]), torch.tensor([49, 0, 7])
    expected = torch.sum(users(user_ids) * items(item_ids), dim=1)
    assert torch.allclose(network(user_ids, item_ids), expected)


def test_vectors_are_drawn_by_a_local_generator():
    torch.manual_seed(5)
    untouched = torch.get_rng_state()
    networks = [CollaborativeFiltering(3, 4, 5) for _ in range(3)]
    torch.set_rng_state(untouched)
    for network, seed in zip(networks, (1, 1, 2), strict=True):
        init_vectors(network, 0.1, seed)
    weights = [network.user_embedding.weight for network in networks]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.get_rng_state(), untouched)


def test_biases_are_added_and_penalised_where_there_are_some():
    user_bias, item_bias = np.arange(3.0), np.arange(4.0) / 8
    network = CollaborativeFiltering(3, 4, 2, user_bias, item_bias)
    users, items = torch.tensor([0, 2]), torch.tensor([3, 1])
    P, Q = network.user_embedding.weight, network.item_embedding.weight
    dots = (P[users] * Q[items]).sum(1)
    assert torch.allclose(network(users, items), dots + torch.tensor([0.375, 2.125]))
    squares = (P[users] ** 2).sum(1) + (Q[items] ** 2).sum(1) + torch.tensor([0.375**2, 4 + 0.125**2])
    assert torch.allclose(network.penalty(users, items), squares.mean())
    plain = CollaborativeFiltering(3, 4, 2)
    assert set(dict(network.named_parameters())) - set(dict(plain.named_parameters())) == {"user_bias", "item_bias"}
