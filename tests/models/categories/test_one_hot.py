"""One-hot inputs: a lookup and a sum that equal the product with real one-hot vectors."""

import numpy as np
import pytest
import torch
from torch.nn.functional import one_hot

from embedviz.models.categories.networks import Ensemble, MultiClassClassifier
from embedviz.models.categories.settings import CategoriesSettings
from tests.models.categories.shop import KIND, fit, shop

SIZES, N_FEATURES, N_ROWS, HIDDEN = (5, 3), 2, 40, 7


def drawn(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def codes():
    generator = torch.Generator().manual_seed(0)
    return [torch.randint(0, n, (N_ROWS,), generator=generator) for n in SIZES]


def test_rows_that_are_looked_up_and_summed_equal_the_product_with_one_hot_vectors():
    settings = CategoriesSettings.of(inputs="one-hot", hidden_dim=HIDDEN, layers=2, members=2, wide=False)
    network = Ensemble([(n, settings.dim_for(n)) for n in SIZES], N_FEATURES, 3, settings)
    network.initialise(torch.Generator().manual_seed(1))
    features = drawn(2, N_ROWS, N_FEATURES)
    vectors = torch.cat([network.vectors(k, column) for k, column in enumerate(codes())], 1)
    indicators = [one_hot(column, n).float() for column, n in zip(codes(), SIZES, strict=True)]
    inputs = torch.cat([*indicators, features], 1)
    matrix = torch.cat(
        [*network.embeddings, network.weights[0]]
    )  # (5 + 3 + 2, H): one weight matrix of the first layer
    assert inputs.shape[1] == len(matrix) == sum(SIZES) + N_FEATURES
    z = torch.relu((inputs @ matrix) * network.scales_out[0] + network.biases[0])
    z = torch.relu((z * network.scales_in[0]) @ network.weights[1] * network.scales_out[1] + network.biases[1])
    torch.testing.assert_close(network.hidden(vectors, features), z, atol=1e-6, rtol=0)
    assert z.abs().max() > 0.01


@pytest.mark.parametrize("n_features", [0, N_FEATURES])
def test_the_textbooks_network_reads_one_hot_vectors_too(n_features):
    network = MultiClassClassifier(5, 0, n_features, 3, HIDDEN, one_hot=True)
    network.initialise(torch.Generator().manual_seed(1))
    features, column = drawn(2, N_ROWS, n_features), codes()[0]
    matrix = torch.cat([network.category_embedding.weight, network.fc1.weight.T])
    z = torch.relu(torch.cat([one_hot(column, 5).float(), features], 1) @ matrix + network.fc1.bias)
    torch.testing.assert_close(network(column, features), network.fc2(z), atol=1e-6, rtol=0)


def test_dropout_takes_an_indicator_as_a_whole():
    settings = CategoriesSettings.of(inputs="one-hot", hidden_dim=64, layers=1, members=1, embedding_dropout=0.5)
    network = Ensemble([(2, 64)], 0, 1, settings)
    with torch.no_grad():
        network.embeddings[0].fill_(1)
    vectors = network.vectors(0, torch.zeros(200, dtype=torch.int64))
    with torch.no_grad():
        network.biases[0].zero_()
        network.scales_out[0].fill_(1)
        found = network.hidden(vectors, torch.zeros(200, 0), torch.Generator().manual_seed(0))[0]
    assert (found == found[:, :1]).all()
    assert set(found[:, 0].tolist()) == {0.0, 2.0}


@pytest.mark.parametrize("preset", ["recommended", "textbook"])
def test_a_one_hot_network_learns_and_its_spaces_are_rows_of_its_first_layer(preset):
    columns = KIND if preset == "recommended" else {**KIND, "category": ["material"], "number": ["weight"]}
    run = fit(shop(), columns, preset=preset, inputs="one-hot", hidden_dim=16, epochs=15, learning_rate=0.01)
    assert run.evaluation.metrics["test/accuracy"] > run.evaluation.metrics["baseline/accuracy"] + 0.1
    space = run.trained.spaces()["material"]
    name = "inner.embeddings.0" if preset == "recommended" else "inner.category_embedding.weight"
    np.testing.assert_array_equal(space.vectors, run.trained.weights[name][1:])
    assert space.dim == 16
    architecture = run.trained.architecture()
    network = run.trained.network
    assert architecture.parameters == sum(p.numel() for p in network.parameters())
    assert architecture.fixed_parameters == 0
    titles = [layer.title for layer in architecture.networks[0]]
    [numbers] = [layer for layer in architecture.networks[0] if layer.title.startswith("numbers")]
    assert numbers.output == f"{len(network.numbers.number_of)} encoded numbers"
    assert "one-hot times the first hidden layer's weights" in titles
    assert any(title.startswith("sum, hidden layer") for title in titles)


def test_columns_contribute_to_predictions_of_a_one_hot_network():
    run = fit(shop(), KIND, inputs="one-hot", epochs=10)
    reasons = run.trained.predict([{"material": "gold", "weight": 3}], explain=True)["reasons"][0]
    strongest = max(reasons, key=lambda reason: abs(reason["contribution"]))
    assert strongest["feature"] == "material"
