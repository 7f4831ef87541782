"""The layers of a trained model with their shapes: what its diagram is drawn from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """A step from what a model reads to what it answers.

    Attributes
    ----------
    title
        Its name.
    output
        What comes out, with its size: "row of 100 numbers".
    weights, fixed
        Shapes of the arrays that were trained and of those that were not, by their names in the model's file.
    """

    title: str
    output: str
    weights: dict[str, Shape] = field(default_factory=dict[str, Shape])
    fixed: dict[str, Shape] = field(default_factory=dict[str, Shape])

    @property
    def arrays(self) -> list[tuple[str, Shape]]:
        """All arrays by name, the trained ones first."""
        return [*self.weights.items(), *self.fixed.items()]

    @property
    def parameters(self) -> int:
        """Number of trained parameters."""
        return _size(self.weights)

    @property
    def fixed_parameters(self) -> int:
        """Number of parameters that were not trained."""
        return _size(self.fixed)


@dataclass(frozen=True)
class Network:
    """Layers from inputs to an answer.

    Attributes
    ----------
    title
        Its name among the networks of a model; empty for a model of one.
    branches
        Of each input its layers, one after the other.
    layers
        What joins the branches, and what follows.
    """

    title: str
    branches: list[list[Layer]]
    layers: list[Layer]

    def __iter__(self) -> Iterator[Layer]:
        for branch in self.branches:
            yield from branch
        yield from self.layers


@dataclass(frozen=True)
class Architecture:
    """The networks of a model.

    Attributes
    ----------
    networks
        One or several.
    combination
        How the answers of several become one, in a sentence.
    """

    networks: list[Network]
    combination: str = ""

    @property
    def parameters(self) -> int:
        """Number of trained parameters."""
        return sum(layer.parameters for network in self.networks for layer in network)

    @property
    def fixed_parameters(self) -> int:
        """Number of parameters that were not trained."""
        return sum(layer.fixed_parameters for network in self.networks for layer in network)


def lookup_branch(what: str, label: str, row: int, name: str, shape: Shape, **more: Shape) -> list[Layer]:
    """Return the branch of an embedding: a label, its index, and its row of a lookup table.

    Parameters
    ----------
    what
        A noun for the label: "word".
    label, row
        An example, and its index in the table.
    name, shape
        Of the table, (n, D).
    more
        Further arrays with an entry for each row, by name.
    """
    size, dim = shape
    table = Layer("lookup table", f"row of {dim:,} numbers", {name: shape, **more})
    return [Layer(f"{what} “{label}”", f"index {row:,} of {size:,}"), table]


def _size(shapes: dict[str, Shape]) -> int:
    return sum(math.prod(shape) for shape in shapes.values())
