"""The layers of a trained model of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from embedviz.data.category_values import OTHER
from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.schema import Target
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.training.architecture import Architecture, Layer, Network, Shape

INNER = "inner."  # before the names of the state dict


def table_architecture(
    settings: CategoriesSettings, encoder: TableEncoder, target: Target, weights: Mapping[str, np.ndarray]
) -> Architecture:
    """Return the layers of the network whose state dict these weights are."""
    shapes: dict[str, Shape] = {name.removeprefix(INNER): array.shape for name, array in weights.items()}
    is_textbook, one_hot = "fc1.weight" in shapes, settings.inputs == "one-hot"
    branches, dims = _value_branches(encoder, shapes, one_hot)
    n_inputs = shapes["fc1.weight"][1] if is_textbook else shapes["weights.0"][0]
    if n_features := n_inputs - (0 if one_hot else dims):
        columns = dict.fromkeys(number.column for number in encoder.numbers)
        branches.append([Layer(f"numbers: {', '.join(columns)}", f"{n_features:,} encoded numbers")])
    answer = f"{len(target.classes):,} logits, one for each class" if target.classes else f"{target.name}, a number"
    layers = _textbook_layers(shapes, answer) if is_textbook else _ensemble_layers(shapes, answer)
    if one_hot:
        layers[0] = replace(layers[0], title=f"sum, {layers[0].title}")
    return Architecture([Network("", branches, layers)])


def _value_branches(encoder: TableEncoder, shapes: Mapping[str, Shape], one_hot: bool) -> tuple[list[list[Layer]], int]:
    """Return a branch for each lookup table, of values and of bins of numbers, and the numbers in a row of all together."""
    title = "one-hot times the first hidden layer's weights" if one_hot else "lookup table"
    tables = [name for name in shapes if name == "category_embedding.weight" or name.startswith("embeddings.")]
    columns = [(f"{column} “{values.labels[-1]}”", len(values) - 1) for column, values in encoder.values.items()]
    columns += [(f"{number.column}, in bins", OTHER + 1) for number in encoder.numbers if number.has_vectors]
    branches, dims = [], 0
    for name, (what, row) in zip(tables, columns, strict=False):
        size, dim = shapes[name]
        fixed = _named(shapes, [name.replace("embeddings.", "fixed.")]) if name.startswith("embeddings.") else {}
        read = Layer(what, f"index {row:,} of {size:,}")
        branches.append([read, Layer(title, f"row of {dim:,} numbers", _named(shapes, [name]), fixed)])
        dims += dim
    return branches, dims


def _textbook_layers(shapes: Mapping[str, Shape], answer: str) -> list[Layer]:
    hidden = f"{shapes['fc1.weight'][0]:,} numbers"
    return [
        Layer("hidden layer, ReLU", hidden, _starting(shapes, "fc1.")),
        Layer("output layer", answer, _starting(shapes, "fc2.")),
    ]


def _ensemble_layers(shapes: Mapping[str, Shape], answer: str) -> list[Layer]:
    members = shapes["heads"][0]
    layers: list[Layer] = []
    for i in range(sum(name.startswith("weights.") for name in shapes)):
        names = [f"weights.{i}", f"scales_in.{i - 1}", f"scales_out.{i}", f"biases.{i}"]
        title = f"hidden layer {i + 1}, ReLU, {members:,} members"
        layers.append(Layer(title, f"{shapes[f'weights.{i}'][1]:,} numbers for each member", _named(shapes, names)))
    own = _named(shapes, ["heads", "head_biases"])
    linear = _starting(shapes, "wide_")
    layers.append(Layer("output layers of the members", f"{answer}, for each member", own))
    if linear:
        layers.append(Layer("plus a linear term of each value and number", f"{answer}, for each member", linear))
    return [*layers, Layer("mean of the members", answer)]


def _starting(shapes: Mapping[str, Shape], prefix: str) -> dict[str, Shape]:
    return _named(shapes, [name for name in shapes if name.startswith(prefix)])


def _named(shapes: Mapping[str, Shape], names: Iterable[str]) -> dict[str, Shape]:
    return {f"weights.{INNER}{name}": shapes[name] for name in names if name in shapes}
