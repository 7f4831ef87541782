import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from embedviz.data.column import Column
from embedviz.models.categories.attributions import contributions
from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.networks import (
    Ensemble,
    MultiClassClassifier,
    NumberEncoding,
    TableNetwork,
    average_members,
)
from embedviz.models.categories.schema import Feature, Target
from embedviz.models.categories.settings import CategoriesSettings

FRAME = pd.DataFrame(
    {
        "make": ["a", "b", "c", "a", "b", None] * 10,
        "colour": ["red", "blue"] * 30,
        "power": [float(x) if x % 7 else None for x in range(60)],
        "doors": [2.0, 4.0, 5.0] * 20,
    }
)
FEATURES = [
    Feature("make", "category"),
    Feature("colour", "category"),
    Feature("power", "number"),
    Feature("doors", "number"),
]


class Textbook(nn.Module):
    """The few lines a textbook gives, with a first layer that takes what is handed to it."""

    def __init__(self, num_categories, embedding_dim, num_other, num_classes):
        super().__init__()
        self.category_embedding = nn.Embedding(num_categories, embedding_dim)
        self.fc1 = nn.Linear(embedding_dim + num_other, 64)
        self.fc2 = nn.Linear(64, num_classes)

    def forward(self, category_ids, other_features):
        category_emb = self.category_embedding(category_ids)
        combined = torch.cat((category_emb, other_features), dim=1)
        x = torch.relu(self.fc1(combined))
        x = self.fc2(x)
        return x


def columns_of(frame):
    return {name: Column.of(frame[name]) for name in frame}


def made(n_outputs=3, features=FEATURES, **settings):
    s = CategoriesSettings.of(**settings)
    encoder = TableEncoder.fit(columns_of(FRAME), features, s)
    network = TableNetwork(s, encoder, n_outputs)
    network.inner.initialise(torch.Generator().manual_seed(0))
    return encoder, network.eval()


def tensors(encoder, frame=FRAME):
    rows = encoder.encode(columns_of(frame), len(frame))
    return torch.from_numpy(rows.codes), torch.from_numpy(rows.numbers)


def test_the_textbook_preset_is_the_textbooks_network():
    encoder, network = made(preset="textbook", features=[FEATURES[0], *FEATURES[2:]])
    ours, theirs = network.inner, Textbook(5, 32, 2, 3)
    assert isinstance(ours, MultiClassClassifier)
    shapes = {name: tuple(value.shape) for name, value in theirs.state_dict().items()}
    assert {name: tuple(value.shape) for name, value in ours.state_dict().items()} == shapes
    assert shapes["fc1.weight"] == (64, 34)
    theirs.load_state_dict(ours.state_dict())
    codes, numbers = tensors(encoder)
    features = network.numbers(numbers)
    torch.testing.assert_close(features.mean(0), torch.tensor([0.0, 0.0]), atol=1e-6, rtol=0)
    torch.testing.assert_close(features[:, 1].std(correction=0), torch.tensor(1.0))
    torch.testing.assert_close(ours(codes[:, 0], features), theirs(codes[:, 0], features))
    torch.testing.assert_close(network(codes, numbers)[:, 0], theirs(codes[:, 0], features))


def test_a_number_is_encoded_as_a_loop_over_its_bins_does():
    encoder, network = made(bins=6)
    parts = encoder.numbers
    _, numbers = tensors(encoder)
    found = network.numbers(numbers).numpy()
    for row in range(len(FRAME)):
        expected = []
        for part, cells in zip(parts, (FRAME["power"], FRAME["doors"]), strict=True):
            x = (cells[row] - part.mean) / part.std
            for low, high in zip(part.edges, part.edges[1:], strict=False):
                expected.append(0.0 if np.isnan(x) else min(1.0, max(0.0, (x - low) / (high - low))))
        for part, cells in zip(parts, (FRAME["power"], FRAME["doors"]), strict=True):
            x = (cells[row] - part.mean) / part.std
            expected.append(0.0 if np.isnan(x) else x)
        expected.append(float(np.isnan(FRAME["power"][row])))
        np.testing.assert_allclose(found[row], expected, atol=1e-5)


def test_a_number_far_outside_is_encoded_as_the_outermost_one():
    encoder, network = made()
    frame = FRAME.head(2).assign(power=[1e9, 59.0], doors=[-1e9, 2.0])
    one, two = network.numbers(tensors(encoder, frame)[1])
    torch.testing.assert_close(one, two)


def test_a_member_is_the_plain_network_that_its_scales_make():
    settings = CategoriesSettings.of(hidden_dim=6, layers=2, members=3, wide=False)
    network = Ensemble([(4, 3)], 2, 5, settings)
    network.initialise(torch.Generator().manual_seed(1))
    vectors, features = torch.randn(7, 3, generator=torch.Generator().manual_seed(2)), torch.ones(7, 2)
    found = network.deep(vectors, features)
    assert found.shape == (7, 3, 5)
    for m in range(3):
        z = torch.cat([vectors, features], 1)
        for i in range(2):
            weight = network.scales_in[i][m].T * network.weights[i] * network.scales_out[i][m]
            z = torch.relu(z @ weight + network.biases[i][m])
        torch.testing.assert_close(found[:, m], z @ network.heads[m] + network.head_biases[m])
    assert not torch.allclose(found[:, 0], found[:, 1])


def test_members_are_averaged_by_their_probability():
    outputs = torch.randn(4, 3, 5, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(average_members(outputs).exp(), outputs.softmax(2).mean(1))
    torch.testing.assert_close(average_members(outputs[..., :1]), outputs[..., :1].mean(1))


@pytest.mark.parametrize("preset", ["recommended", "textbook"])
@pytest.mark.parametrize(("n_outputs", "scale"), [(3, "linear"), (1, "linear"), (1, "log")])
def test_contributions_add_up_to_the_difference_from_a_usual_row(preset, n_outputs, scale):
    features = FEATURES if preset == "recommended" else [FEATURES[0], *FEATURES[2:]]
    encoder, network = made(n_outputs, features, preset=preset)
    if network.inner.__class__ is Ensemble:
        for table in (*network.inner.wide_values, *network.inner.embeddings):
            nn.init.normal_(table, generator=torch.Generator().manual_seed(3))
    rows = encoder.encode(columns_of(FRAME), len(FRAME))
    targets = np.zeros(len(FRAME), np.int64)
    added = contributions(network, encoder, rows, targets, Target("t", "number", mean=1.0, std=2.0, scale=scale))
    assert list(added) == [feature.column for feature in features]

    def height(outputs):
        found = average_members(outputs)
        if n_outputs > 1:
            return found[:, 0] - found.mean(1)
        return (found[:, 0] * 2 + 1).exp() if scale == "log" else found[:, 0] * 2

    with torch.no_grad():
        actual = height(network(*tensors(encoder))).numpy()
        shares = [torch.tensor(v.counts / v.counts.sum(), dtype=torch.float32) for v in encoder.values.values()]
        codes = [torch.arange(len(share)) for share in shares]
        vectors = [share @ network.inner.vectors(k, codes[k]) for k, share in enumerate(shares)]
        median = FRAME.head(1).assign(power=FRAME["power"].median(), doors=FRAME["doors"].median())
        codes, numbers = tensors(encoder, median)
        _, wide_terms, features = network.inputs(codes.unbind(1), numbers)
        if len(network.inner.wide_values):
            tables = network.inner.wide_values
            wide_terms = torch.stack([s @ t for s, t in zip(shares, tables, strict=True)])[None]
        usual = height(network.combine(torch.cat(vectors)[None], wide_terms, features)).numpy()
    np.testing.assert_allclose(sum(added.values()), actual - usual, atol=5e-2 if scale == "log" else 2e-2)


def test_a_table_without_numbers_and_one_without_categories_are_read():
    for features in (FEATURES[:2], FEATURES[2:]):
        encoder, network = made(features=features)
        assert network(*tensors(encoder)).shape == (60, 4, 3)
        added = contributions(
            network,
            encoder,
            encoder.encode(columns_of(FRAME), len(FRAME)),
            np.zeros(60, np.int64),
            Target("t", "classes"),
        )
        assert list(added) == [feature.column for feature in features]


def test_no_numbers_are_encoded_as_none():
    assert NumberEncoding([])(torch.zeros(3, 0)).shape == (3, 0)


def test_sizes_of_vectors_grow_with_the_values():
    s = CategoriesSettings.of()
    assert [s.dim_for(n) for n in (2, 10, 100, 1000, 10**6)] == [2, 6, 21, 50, 50]
    assert CategoriesSettings.of(dim=7).dim_for(1000) == 7
    assert CategoriesSettings.of(max_dim=12).dim_for(1000) == 12


def test_few_rows_are_read_in_small_batches_and_often():
    s = CategoriesSettings.of()
    assert [s.batch_size_for(n) for n in (10, 800, 3200, 8000, 10**6)] == [32, 32, 128, 256, 256]
    assert [s.epochs_for(n) for n in (10, 800, 3200, 8000, 10**6)] == [40, 40, 36, 14, 4]
    assert CategoriesSettings.of(batch_size=7).batch_size_for(800) == 7
