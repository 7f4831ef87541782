"""Networks that read a table's row: the textbook's, and an ensemble whose members share most weights.

Letters: B rows, K category columns, V values of one, D dimensions of its vectors, P numbers, Q of them with a vector for
each bin, E dimensions of all K + Q vectors together, F encoded numbers, M members, H hidden units, O outputs (a logit for
each class, or one number).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.number_inputs import NumberBins, NumberEncoding
from embedviz.models.categories.settings import CategoriesSettings

FIXED_STD = 0.3  # of the fixed random vectors
DROPOUT_LEVELS = 256  # of a random byte


class MultiClassClassifier(nn.Module):
    """The textbook's network: a category's vector beside the other features, a hidden layer, an output layer."""

    wide_values = ()  # it has no linear terms

    def __init__(
        self,
        num_categories: int,
        embedding_dim: int,
        num_features: int,
        num_classes: int,
        hidden: int = 64,
        one_hot: bool = False,
    ):
        super().__init__()
        self.one_hot = one_hot  # then a category's vector is its row of the hidden layer's weights
        self.category_embedding = nn.Embedding(num_categories, hidden if one_hot else embedding_dim)
        n_inputs = num_features if one_hot else embedding_dim + num_features
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Initializing zero-element tensors")  # one-hot inputs without numbers
            self.fc1 = nn.Linear(n_inputs, hidden)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, category_ids: Tensor, other_features: Tensor) -> Tensor:
        """(B,), (B, F) -> (B, O)."""
        return self.deep(self.category_embedding(category_ids), other_features)[:, 0]

    def vectors(self, k: int, codes: Tensor) -> Tensor:
        """Return the vectors of values of column k, which is 0; `codes` as in `look_up`."""
        return look_up(self.category_embedding.weight, codes)

    def deep(self, vectors: Tensor, features: Tensor, generator: Generator | None = None) -> Tensor:
        """(B, E), (B, F) -> (B, 1, O): one member."""
        return self.head(self.hidden(vectors, features, generator), features)

    def hidden(self, vectors: Tensor, features: Tensor, generator: Generator | None = None) -> Tensor:
        """Return what the output layer reads: (B, E), (B, F) -> (1, B, H). It has no dropout to draw."""
        if self.one_hot:
            return torch.relu(vectors + self.fc1(features))[None]
        return torch.relu(self.fc1(torch.cat((vectors, features), dim=1)))[None]

    def head(self, hidden: Tensor, features: Tensor) -> Tensor:
        """(1, B, H), (B, F) -> (B, 1, O)."""
        return self.fc2(hidden[0])[:, None]

    def pool(self, hidden: Tensor) -> Tensor:
        """Return a vector a row: (1, B, H) -> (B, H)."""
        return hidden[0]

    @torch.no_grad()
    def initialise(self, generator: Generator) -> None:
        """Draw weights as torch does: vectors from N(0, 1), layers from U(-1/√n, 1/√n), n their inputs. Rows of one-hot inputs
        belong to the hidden layer."""
        n_inputs, table = self.fc1.in_features, self.category_embedding.weight
        if self.one_hot:
            n_inputs += len(table)
            _uniform(table, n_inputs, generator)
        else:
            table.normal_(generator=generator)
        for layer, n in ((self.fc1, n_inputs), (self.fc2, self.fc2.in_features)):
            for parameter in layer.parameters():
                _uniform(parameter, n, generator)


class Ensemble(nn.Module):
    """M networks that share their layers' weights and differ in the scales of inputs and outputs, biases and last
    layer.

    Gorishniy, Kotelnikov and Babenko 2024, "TabM: advancing tabular deep learning with parameter-efficient ensembling",
    section 3. Unlike there, the first layer, whose inputs are many, has no scales of its inputs: its product is computed
    once for all members, and the signs of their output scales set them apart. That halves the time of a training at equal
    validation loss.

    A value is read as the sum of its trained vector, which starts at zero, and a fixed random one. By the fixed one
    the layers tell values apart from the first step; the trained one alone is the vector in the column's space, where
    values of similar effect are close, which a random start would blur.

    One-hot inputs go straight into the first layer. A one-hot vector times a matrix is a row of the matrix, so the rows of each
    column's values are looked up and summed: `embeddings` holds them, (V, H) each, and `weights[0]` those of the encoded
    numbers alone. There is no fixed vector, and dropout takes an indicator as a whole.

    With `wide`, a linear term of each value and encoded number is added to every member's output: Cheng et al. 2016,
    "Wide & deep learning for recommender systems" (DLRS), section 3.1.

    Parameters
    ----------
    shapes
        (V, D) of each category column.
    n_features, n_outputs
        F and O.
    settings
        hidden_dim, layers, members, wide, and the rates of dropout; none where they are None.
    """

    def __init__(
        self, shapes: Sequence[tuple[int, int]], n_features: int, n_outputs: int, settings: CategoriesSettings
    ):
        super().__init__()
        self.one_hot = settings.inputs == "one-hot"
        self.embeddings = nn.ParameterList(torch.zeros(shape) for shape in shapes)
        fixed = [] if self.one_hot else shapes
        self.fixed = nn.ParameterList(nn.Parameter(torch.empty(shape), requires_grad=False) for shape in fixed)
        self.dropout, self.embedding_dropout = settings.dropout or 0.0, settings.embedding_dropout or 0.0
        self.wide = settings.wide
        members, hidden_dim = settings.members, settings.hidden_dim
        n_looked_up = 0 if self.one_hot else sum(dim for _, dim in shapes)
        widths = [n_looked_up + n_features] + [hidden_dim] * settings.layers
        self.weights = nn.ParameterList(torch.empty(a, b) for a, b in pairwise(widths))
        self.scales_in = nn.ParameterList(torch.ones(members, 1, a) for a in widths[1:-1])
        self.scales_out = nn.ParameterList(torch.ones(members, 1, b) for b in widths[1:])
        self.biases = nn.ParameterList(torch.empty(members, 1, b) for b in widths[1:])
        self.heads = nn.Parameter(torch.empty(members, hidden_dim, n_outputs))
        self.head_biases = nn.Parameter(torch.zeros(members, 1, n_outputs))
        self.wide_values = nn.ParameterList(torch.zeros(n, n_outputs) for n, _ in shapes if self.wide)
        if self.wide:
            self.wide_numbers = nn.Parameter(torch.zeros(n_features, n_outputs))

    def vectors(self, k: int, codes: Tensor) -> Tensor:
        """Return what the layers read for values of column k: (B, D); `codes` as in `look_up`."""
        vectors = look_up(self.embeddings[k], codes)
        return vectors if self.one_hot else vectors + look_up(self.fixed[k], codes)

    def deep(self, vectors: Tensor, features: Tensor, generator: Generator | None = None) -> Tensor:
        """(B, E), (B, F) -> (B, M, O), without the linear terms of values. A generator draws dropout; None: no
        dropout."""
        return self.head(self.hidden(vectors, features, generator), features)

    def hidden(self, vectors: Tensor, features: Tensor, generator: Generator | None = None) -> Tensor:
        """Return what the members' output layers read: (B, E), (B, F) -> (M, B, H)."""
        z = self._first_product(vectors, features, generator)[None]  # (1, B, H), once for all members
        for i, (scale_out, bias) in enumerate(zip(self.scales_out, self.biases, strict=True)):
            z = z * self.scales_in[i - 1] @ self.weights[i] if i else z
            z = torch.relu(z * scale_out + bias)
            z = _dropout(z, self.dropout, generator)  # (M, B, H)
        return z

    def _first_product(self, vectors: Tensor, features: Tensor, generator: Generator | None) -> Tensor:
        """Return the first layer's inputs times its weights: (B, E), (B, F) -> (B, H)."""
        if not self.one_hot:
            return torch.cat([_dropout(vectors, self.embedding_dropout, generator), features], 1) @ self.weights[0]
        rows = vectors.unflatten(1, (len(self.embeddings), self.weights[0].shape[1]))  # (B, K + Q, H)
        kept = _dropout(rows.new_ones(*rows.shape[:2], 1), self.embedding_dropout, generator)
        return (rows * kept).sum(1) + features @ self.weights[0]

    def head(self, hidden: Tensor, features: Tensor) -> Tensor:
        """Return outputs without the linear terms of values: (M, B, H), (B, F) -> (B, M, O)."""
        out = torch.bmm(hidden, self.heads) + self.head_biases
        return (out + features @ self.wide_numbers if self.wide else out).transpose(0, 1)

    def pool(self, hidden: Tensor) -> Tensor:
        """Return the members' mean, a vector a row: (M, B, H) -> (B, H). Members of one layer differ in the signs of its units,
        which are taken out first."""
        return (hidden * self.scales_out[-1].sign()).mean(0)

    @torch.no_grad()
    def initialise(self, generator: Generator) -> None:
        """Draw weights. Members differ by the signs of the first layer's output scales (as in BatchEnsemble), their
        biases and their last layers."""
        for fixed in self.fixed:
            fixed.normal_(0, FIXED_STD, generator=generator)
        indicators = sum(len(table) for table in self.embeddings) if self.one_hot else 0
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            n_inputs = weight.shape[0] + (0 if i else indicators)
            _uniform(weight, n_inputs, generator)
            _uniform(bias, n_inputs, generator)
        for table in self.embeddings if self.one_hot else ():
            _uniform(table, self.weights[0].shape[0] + indicators, generator)
        first = self.scales_out[0]
        first.copy_(torch.randint(0, 2, first.shape, generator=generator) * 2.0 - 1)
        _uniform(self.heads, self.heads.shape[1], generator)


class TableNetwork(nn.Module):
    """The encoding of numbers, and the network that reads them beside the values."""

    def __init__(self, settings: CategoriesSettings, encoder: TableEncoder, n_outputs: int):
        super().__init__()
        self.numbers = NumberEncoding(encoder.numbers)
        self.bins = NumberBins(encoder.numbers if settings.network == "ensemble" else [])
        sizes = [len(values) for values in encoder.values.values()] + self.bins.sizes
        shapes = [(size, settings.dim_for(size)) for size in sizes]
        self.owners = [*encoder.values, *(encoder.numbers[p].column for p in self.bins.number_of)]
        n_features, self.n_outputs = len(self.numbers.number_of), n_outputs
        self.column_of = [
            k for k, (_, dim) in enumerate(shapes) for _ in range(dim)
        ]  # (E,) the place in `owners` of each dimension
        if settings.network == "textbook":
            one_hot = settings.inputs == "one-hot"
            self.inner = MultiClassClassifier(*shapes[0], n_features, n_outputs, settings.hidden_dim, one_hot)
        else:
            self.inner = Ensemble(shapes, n_features, n_outputs, settings)

    def forward(self, codes: Tensor, numbers: Tensor, generator: Generator | None = None) -> Tensor:
        """Return logits of each member, or standardised numbers: (B, K) int64, (B, P) -> (B, M, O). A generator draws
        dropout; None: no dropout."""
        return self.combine(*self.inputs(codes.unbind(1), numbers), generator)

    @property
    def device(self) -> torch.device:
        """Device of its parameters."""
        return next(self.parameters()).device

    def inputs(self, codes: Sequence[Tensor], numbers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return vectors (B, E), linear terms (B, K + Q or 0, O) and encoded numbers (B, F).

        Parameters
        ----------
        codes
            Of each of the K columns, as in `look_up`.
        numbers
            (B, P).
        """
        codes = [*codes, *self.bins(numbers).unbind(1)]
        vectors = [self.inner.vectors(k, column) for k, column in enumerate(codes)]
        terms = [look_up(table, column) for column, table in zip(codes, self.inner.wide_values, strict=False)]
        return (
            torch.cat([numbers.new_zeros(len(numbers), 0), *vectors], 1),
            torch.stack(terms, 1) if terms else numbers.new_zeros(len(numbers), 0, self.n_outputs),
            self.numbers(numbers),
        )

    def combine(
        self, vectors: Tensor, wide_terms: Tensor, features: Tensor, generator: Generator | None = None
    ) -> Tensor:
        """(B, E), (B, K + Q or 0, O), (B, F) -> (B, M, O)."""
        return self.inner.deep(vectors, features, generator) + wide_terms.sum(1)[:, None]

    def read(self, codes: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Return what `forward` does without dropout, and a vector a row, which the output layer reads: (B, M, O), (B, H)."""
        vectors, wide_terms, features = self.inputs(codes.unbind(1), numbers)
        hidden = self.inner.hidden(vectors, features)
        return self.inner.head(hidden, features) + wide_terms.sum(1)[:, None], self.inner.pool(hidden)


def average_members(outputs: Tensor) -> Tensor:
    """Return the log of the members' mean probability, or their mean number: (B, M, O) -> (B, O)."""
    if outputs.shape[2] == 1:
        return outputs.mean(1)
    return torch.logsumexp(outputs.log_softmax(2), 1) - math.log(outputs.shape[1])


def look_up(table: Tensor, codes: Tensor) -> Tensor:
    """Return rows of a table (V, D) by number (B,) int64, or their means by weights (B, V): -> (B, D)."""
    return codes @ table if codes.is_floating_point() else nn.functional.embedding(codes, table)


def _uniform(parameter: Tensor, n_inputs: int, generator: Generator) -> None:
    bound = 1 / math.sqrt(max(1, n_inputs))
    parameter.uniform_(-bound, bound, generator=generator)


def _dropout(x: Tensor, rate: float, generator: Generator | None) -> Tensor:
    """Return F.dropout drawn from the generator, its rate to the next of `DROPOUT_LEVELS`; x itself without one.

    A byte decides on each entry, and one random number gives eight of them: on a CPU that takes a tenth of the time of
    `bernoulli_`.
    """
    level = round(rate * DROPOUT_LEVELS)
    if generator is None or not level:
        return x
    words = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
    words.random_(torch.iinfo(torch.int64).min, None, generator=generator)
    kept = words.view(torch.uint8)[: x.numel()].view(x.shape) >= level
    return x * (kept.to(x.dtype) / (1 - level / DROPOUT_LEVELS))
