"""The layers that models describe are those they have: what torch counts, the description counts too."""

import numpy as np
import pytest

from embedviz.models import MODELS, model_spec
from embedviz.testing import make_case
from embedviz.training.architecture import Architecture, Layer, Network
from embedviz.training.protocols import Layered

pytestmark = pytest.mark.slow
SMALL = {"epochs": 1, "rounds": 2, "ranking_rounds": 2}


def trained(model, **settings):
    case = make_case(model_spec(model))
    few = {name: value for name, value in SMALL.items() if name in case.spec.Settings.model_fields}
    return case.train(**few, **settings)[0]


def torch_sizes(network):
    learning = sum(p.numel() for p in network.parameters() if p.requires_grad)
    return learning, sum(p.numel() for p in network.parameters()) - learning


@pytest.mark.parametrize("model", list(MODELS))
def test_every_model_describes_its_layers(model):
    assert issubclass(model_spec(model).Trained, Layered)


@pytest.mark.parametrize("preset", ["recommended", "textbook"])
def test_a_table_network_has_the_parameters_that_torch_counts(preset):
    model = trained("categories", preset=preset)
    architecture = model.architecture()
    assert (architecture.parameters, architecture.fixed_parameters) == torch_sizes(model.network)


@pytest.mark.parametrize(
    "settings",
    [
        {"preset": "recommended"},
        {"preset": "textbook", "fine_tune": True},
        {"preset": "fast"},
        {"fine_tune": True, "encoder": "lstm", "bidirectional": True},
    ],
)
def test_a_text_network_has_the_parameters_that_torch_counts(settings):
    model = trained("sentiment", linear_term=False, **settings)
    [network] = model.architecture().networks
    assert sum(layer.parameters for layer in network) == torch_sizes(model.network)[0]


def test_the_terms_of_a_text_model_are_networks_of_their_own():
    model = trained("sentiment", linear_term=True)
    *_, linear = model.architecture().networks
    assert sum(layer.parameters for layer in linear) == model.linear.weights.size + model.linear.bias.size
    assert model.architecture().combination


@pytest.mark.parametrize("method", ["gradient", "dot"])
def test_factors_have_the_parameters_that_were_trained(method):
    model = trained("ratings", method=method)
    f = model.factors
    biases = f.user_bias.size + f.item_bias.size if method == "gradient" else 0
    assert model.architecture().parameters == f.P.size + f.Q.size + biases


def test_alternating_least_squares_has_a_ranking_and_estimates():
    model = trained("ratings", method="als")
    titles = [network.title for network in model.architecture().networks]
    assert titles[:2] == ["Ranking", "Estimates"]
    tables = [
        layer for network in model.architecture().networks[:2] for layer in network if layer.title == "lookup table"
    ]
    assert tables[0].weights == {"ranking.P": model.ranking.P.shape}
    assert tables[2].weights["factors.P"] == model.factors.P.shape


def test_word_vectors_are_a_lookup_table_of_their_size():
    model = trained("skipgram")
    index, table = model.architecture().networks[0].branches[0]
    n, dim = model.centre.shape
    assert index.output.endswith(f"of {n:,}")
    assert table.weights["centre"] == (n, dim)
    assert np.prod(table.weights["centre"]) == table.parameters - sum(
        a.size for a in (model.centre_bias,) if a is not None
    )


def test_parameters_add_up_over_branches_and_networks():
    table, head = Layer("table", "row", {"a": (3, 2)}, {"b": (3,)}), Layer("head", "logit", {"c": (2, 1)})
    architecture = Architecture([Network("", [[table], [table]], [head]), Network("", [], [head])])
    assert (architecture.parameters, architecture.fixed_parameters) == (16, 6)
