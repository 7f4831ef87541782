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
    TableNetwork,
    _dropout,
    average_members,
)
from embedviz.models.categories.number_inputs import NumberEncoding
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


def test_each_bin_of_a_number_has_a_vector_and_a_missing_one_too():
    encoder, network = made(bins=6, bin_vector_rows=60)
    power, doors = encoder.numbers
    asked = FRAME.head(4).assign(power=[-5.0, 1e9, None, power.mean + power.std * power.edges[2]], doors=2.0)
    found = network.bins(tensors(encoder, asked)[1])
    assert found[:, 0].tolist() == [1, len(power.edges) - 1, 0, 3]
    assert network.bins.sizes == [len(power.edges), len(doors.edges)]
    assert [len(table) for table in network.inner.embeddings] == [5, 3, *network.bins.sizes]
    textbook = made(preset="textbook", features=[FEATURES[0], *FEATURES[2:]], bin_vector_rows=60)
    assert textbook[1].bins.sizes == made(bin_vector_rows=61)[1].bins.sizes == []


def test_dropout_falls_with_the_rows_and_drops_its_share():
    s = CategoriesSettings.of()
    assert [round(s.dropout_for(n)[0], 3) for n in (10, 5000, 20_000, 10**7)] == [0.3, 0.3, 0.15, 0.05]
    assert s.dropout_for(10)[1] == pytest.approx(0.2)
    assert CategoriesSettings.of(dropout=0.5, embedding_dropout=0.0).dropout_for(10**6) == (0.5, 0.0)
    x = torch.ones(1000, 130)
    found = _dropout(x, 0.25, torch.Generator().manual_seed(0))
    assert sorted(found.unique().tolist()) == pytest.approx([0, 1 / 0.75])
    shares = (found == 0).float().mean(0)  # of each unit, whichever byte decides on it
    assert shares.mean().item() == pytest.approx(0.25, abs=0.005)
    assert shares.max() - shares.min() < 0.1
    assert _dropout(x, 0.25, None) is x


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
            weight = network.weights[i] * network.scales_out[i][m]
            weight = network.scales_in[i - 1][m].T * weight if i else weight
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
    encoder, network = made(n_outputs, features, preset=preset, bin_vector_rows=60)
    if network.inner.__class__ is Ensemble:
        for table in (*network.inner.wide_values, *network.inner.embeddings):
            nn.init.normal_(table, 0, 0.3, generator=torch.Generator().manual_seed(3))
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
        read, wide_terms, features = network.inputs(codes.unbind(1), numbers)
        values = torch.cat(vectors)
        read[0, : len(values)] = values  # the bins of numbers come after
        for k, (share, table) in enumerate(zip(shares, network.inner.wide_values, strict=False)):
            wide_terms[0, k] = share @ table
        usual = height(network.combine(read, wide_terms, features)).numpy()
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
    assert [s.epochs_for(n) for n in (10, 800, 8000, 29000, 10**6)] == [16, 16, 16, 12, 4]
    assert [s.bins_for(n) for n in (10, 4000, 29000)] == [16, 22, 128]
    assert CategoriesSettings.of(bins=9).bins_for(10**6) == 9
    assert CategoriesSettings.of(batch_size=7).batch_size_for(800) == 7
