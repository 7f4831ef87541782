"""The layers of a trained sentiment model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from embedviz.models.sentiment.linear import LinearTerm
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.training.architecture import Layer, Network, Shape

COMBINATION = "The probabilities of the classes are the softmax of the mean of these logits."


def text_network(
    title: str, settings: SentimentSettings, weights: Mapping[str, np.ndarray], further: np.ndarray, word: str, row: int
) -> Network:
    """Return the layers that read the word vectors of a text.

    Parameters
    ----------
    title
        Of the network.
    settings
        The architecture.
    weights, further
        The state dict, and vectors of words that are not trained.
    word, row
        An example of a word, and its row of the table.
    """
    size, dim = weights["embedding.weight"].shape
    tables: dict[str, Shape] = {"weights.embedding.weight": (size, dim)}
    fixed: dict[str, Shape] = {"further": further.shape} if len(further) else {}
    trained = tables if settings.fine_tune else {}
    fixed = fixed if settings.fine_tune else {**tables, **fixed}
    words = [
        Layer(f"word “{word}”", f"index {row:,} of {size + len(further):,}"),
        Layer("lookup table", f"row of {dim:,} numbers", trained, fixed),
    ]
    layers = []
    if settings.encoder == "lstm":
        directions = 2 if settings.bidirectional else 1
        name = "LSTM in both directions" if settings.bidirectional else "LSTM"
        layers.append(
            Layer(name, f"{directions * settings.hidden_dim:,} numbers for each word", _named(weights, "lstm"))
        )
    n_classes, pooled = weights["fc.weight"].shape
    pooling = "output at the last word" if settings.pooling == "last" else "mean and maximum over the words"
    layers.append(Layer(pooling, f"{pooled:,} numbers for the text"))
    layers.append(Layer("output layer", f"{n_classes:,} logits, one for each class", _named(weights, "fc")))
    return Network(title, [words], layers)


def linear_network(title: str, name: str, inputs: str, term: LinearTerm) -> Network:
    """Return the layers of a linear term.

    Parameters
    ----------
    title
        Of the network.
    name
        Of the term in the model's file.
    inputs
        What its features are.
    term
        The term.
    """
    n_features, n_classes = term.weights.shape
    shapes: dict[str, Shape] = {f"{name}.weights": term.weights.shape, f"{name}.bias": term.bias.shape}
    features = Layer(inputs, f"{n_features:,} numbers")
    return Network(title, [[features]], [Layer("linear layer", f"{n_classes:,} logits, one for each class", shapes)])


def _named(weights: Mapping[str, np.ndarray], prefix: str) -> dict[str, Shape]:
    return {f"weights.{name}": array.shape for name, array in weights.items() if name.startswith(prefix)}
