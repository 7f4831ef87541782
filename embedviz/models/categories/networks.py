"""The networks that read a row: the textbook's, and several that share most weights.

Letters: B rows, K category columns, E numbers of all their vectors together, P numbers, F numbers once encoded,
M members, H hidden units, O outputs (classes, or one number).
"""

from __future__ import annotations

import math

import torch
from torch import nn

from embedviz.models.categories.encoding import NumberPart, TableEncoder
from embedviz.models.categories.settings import CategoriesSettings

WIDEST = 4.0  # standard deviations
SPREAD = 0.3  # of the random numbers by which the layers know a value apart


class NumberEncoding(nn.Module):
    """Standardised numbers to what a network reads, (B, P) -> (B, F); NaN is missing.

    A number with edges becomes a number for each of its stretches: how much of the stretch lies below it, 0 to 1
    (Gorishniy, Rubachev and Babenko 2022, "On embeddings for numerical features in tabular deep learning", NeurIPS,
    section 3.2, but that the outermost stretches end at the smallest and the greatest number of the training part, so
    that one far outside answers as they do). Behind the stretches stands each number as it is, for few rows teach a
    straight line sooner than a height for each stretch: held between the ends of its stretches and within WIDEST, 0 where
    it is missing. One without edges is the textbook's and held nowhere. Last comes a 1 for each missing number of a part
    that is marked.
    """

    def __init__(self, parts: list[NumberPart]):
        super().__init__()
        low, width, source = [], [], []
        for p, part in enumerate(parts):
            edges = part.edges
            low += edges[:-1]
            width += [b - a for a, b in zip(edges, edges[1:], strict=False)]
            source += [p] * max(0, len(edges) - 1)
        plain = [p for p, part in enumerate(parts) if part.edges or not part.marked]
        ends = [_ends(parts[p].edges) for p in plain]
        marked = [p for p, part in enumerate(parts) if part.marked]
        self.part_of = [*source, *plain, *marked]  # (F,) the part that each of the encoded numbers is of
        least, most = [low for low, _ in ends], [high for _, high in ends]
        for name, values in {"low": low, "width": width, "least": least, "most": most}.items():
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32), persistent=False)
        for name, places in {"source": source, "plain": plain, "marked": marked}.items():
            self.register_buffer(name, torch.tensor(places, dtype=torch.int64), persistent=False)

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        missing = torch.isnan(numbers)
        shares = ((numbers[:, self.source] - self.low) / self.width).clamp(0, 1)
        return torch.cat(
            [
                shares.masked_fill(missing[:, self.source], 0),
                numbers.masked_fill(missing, 0)[:, self.plain].clamp(self.least, self.most),
                missing[:, self.marked].to(numbers.dtype),
            ],
            1,
        )


class MultiClassClassifier(nn.Module):
    """The textbook's: a category's vector beside the other features, a hidden layer, a layer to the classes."""

    def __init__(self, num_categories: int, embedding_dim: int, num_features: int, num_classes: int, hidden: int = 64):
        super().__init__()
        self.category_embedding = nn.Embedding(num_categories, embedding_dim)
        self.fc1 = nn.Linear(embedding_dim + num_features, hidden)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, category_ids: torch.Tensor, other_features: torch.Tensor) -> torch.Tensor:
        """(B,), (B, F) -> (B, O)."""
        return self.of_vectors(self.category_embedding(category_ids), other_features)[:, 0]

    def tables(self) -> list[nn.Embedding]:
        """A table of vectors for each category column."""
        return [self.category_embedding]

    def of_values(self, k: int) -> list[torch.Tensor]:
        """What there is a row of for each value of column k, which is 0."""
        return [self.category_embedding.weight]

    def vectors_of(self, k: int) -> torch.Tensor:
        """What the layers read for each value of column k, which is 0, (V, D)."""
        return self.category_embedding.weight

    def vectors(self, codes: torch.Tensor) -> list[torch.Tensor]:
        """(B, 1) -> one of (B, D)."""
        return [self.category_embedding(codes[:, 0])]

    def of_vectors(
        self, vectors: torch.Tensor, features: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """(B, E), (B, F) -> (B, 1, O): one member."""
        x = torch.relu(self.fc1(torch.cat((vectors, features), dim=1)))
        return self.fc2(x)[:, None]

    def initialise(self, generator: torch.Generator) -> None:
        """As torch does from its global generator: vectors from N(0, 1), layers from U(-1/√n, 1/√n), n their inputs."""
        with torch.no_grad():
            self.category_embedding.weight.normal_(generator=generator)
            for layer in (self.fc1, self.fc2):
                for parameter in layer.parameters():
                    _uniform(parameter, layer.in_features, generator)


class Ensemble(nn.Module):
    """M networks that share their layers' weights and differ in what they scale their inputs and outputs by, in their
    biases and in their last layer: Gorishniy, Kotelnikov and Babenko 2024, "TabM: advancing tabular deep learning with
    parameter-efficient ensembling", section 3.

    A value's vector is what is learned of it, which begins at zero, and a random one that stays as it is. By this the
    layers know values apart from the first step; the learned one alone is the value's place in its column's space, where
    values with the same to tell come together, and which a random beginning would blur.

    With `wide`, each member's answer has added to it what a value of a column, or an encoded number, says by itself:
    Cheng et al. 2016, "Wide & deep learning for recommender systems" (DLRS), section 3.1.
    """

    def __init__(
        self,
        sizes: list[int],
        dims: list[int],
        n_numbers: int,
        n_outputs: int,
        *,
        hidden_dim: int,
        layers: int,
        members: int,
        dropout: float,
        embedding_dropout: float,
        wide: bool,
    ):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(n, d) for n, d in zip(sizes, dims, strict=True))
        self.marks = nn.ParameterList(
            nn.Parameter(torch.empty(n, d), requires_grad=False) for n, d in zip(sizes, dims, strict=True)
        )
        self.dropout, self.embedding_dropout = dropout, embedding_dropout
        widths = [sum(dims) + n_numbers] + [hidden_dim] * layers
        self.weights = nn.ParameterList(torch.empty(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.scales_in = nn.ParameterList(torch.ones(members, 1, a) for a in widths[:-1])
        self.scales_out = nn.ParameterList(torch.ones(members, 1, b) for b in widths[1:])
        self.biases = nn.ParameterList(torch.empty(members, 1, b) for b in widths[1:])
        self.heads = nn.Parameter(torch.empty(members, hidden_dim, n_outputs))
        self.head_biases = nn.Parameter(torch.zeros(members, 1, n_outputs))
        self.wide = wide
        if wide:
            self.wide_values = nn.ModuleList(nn.Embedding(n, n_outputs) for n in sizes)
            self.wide_numbers = nn.Parameter(torch.zeros(n_numbers, n_outputs))

    def tables(self) -> list[nn.Embedding]:
        """A table of vectors for each category column."""
        return list(self.embeddings)

    def of_values(self, k: int) -> list[torch.Tensor]:
        """What there is a row of for each value of column k."""
        return [self.embeddings[k].weight, self.marks[k], *([self.wide_values[k].weight] if self.wide else [])]

    def vectors_of(self, k: int) -> torch.Tensor:
        """What the layers read for each value of column k, (V, D)."""
        return self.embeddings[k].weight + self.marks[k]

    def vectors(self, codes: torch.Tensor) -> list[torch.Tensor]:
        """(B, K) -> K of (B, D)."""
        return [table(codes[:, k]) + self.marks[k][codes[:, k]] for k, table in enumerate(self.embeddings)]

    def alone(self, codes: torch.Tensor) -> torch.Tensor | None:
        """What each value says by itself, (B, K) -> (B, K, O); None without `wide`."""
        if not self.wide or not len(self.wide_values):
            return None
        return torch.stack([table(codes[:, k]) for k, table in enumerate(self.wide_values)], 1)

    def of_vectors(
        self, vectors: torch.Tensor, features: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """(B, E), (B, F) -> (B, M, O), without what values say by themselves. With a generator it drops out by it."""
        z = torch.cat([_dropped(vectors, self.embedding_dropout, generator), features], 1)[None]  # (1, B, E + F)
        for weight, scale_in, scale_out, bias in zip(
            self.weights, self.scales_in, self.scales_out, self.biases, strict=True
        ):
            z = _dropped(torch.relu((z * scale_in) @ weight * scale_out + bias), self.dropout, generator)  # (M, B, H)
        out = torch.bmm(z, self.heads) + self.head_biases
        if self.wide:
            out = out + features @ self.wide_numbers
        return out.transpose(0, 1)

    def initialise(self, generator: torch.Generator) -> None:
        """Members begin apart by the signs that they give the first layer's inputs (as in BatchEnsemble), their biases
        and their heads."""
        with torch.no_grad():
            for table, marks in zip(self.embeddings, self.marks, strict=True):
                table.weight.zero_()
                marks.normal_(0, SPREAD, generator=generator)
            for weight, bias in zip(self.weights, self.biases, strict=True):
                _uniform(weight, weight.shape[0], generator)
                _uniform(bias, weight.shape[0], generator)
            first = self.scales_in[0]
            first.copy_(torch.randint(0, 2, first.shape, generator=generator) * 2.0 - 1)
            _uniform(self.heads, self.heads.shape[1], generator)
            if self.wide:
                for parameter in [*self.wide_values.parameters(), self.wide_numbers]:
                    parameter.zero_()


class TableNetwork(nn.Module):
    """The encoding of numbers, and the network behind it."""

    def __init__(self, settings: CategoriesSettings, encoder: TableEncoder, n_outputs: int):
        super().__init__()
        self.numbers = NumberEncoding(encoder.parts)
        sizes = [len(values) for values in encoder.values.values()]
        dims = [settings.dim_for(size) for size in sizes]
        n_numbers = len(self.numbers.part_of)
        self.column_of = [k for k, dim in enumerate(dims) for _ in range(dim)]  # (E,) the column of each number
        if settings.network == "textbook":
            self.inner = MultiClassClassifier(sizes[0], dims[0], n_numbers, n_outputs, settings.hidden_dim)
        else:
            names = ("hidden_dim", "layers", "members", "dropout", "embedding_dropout", "wide")
            chosen = {name: getattr(settings, name) for name in names}
            self.inner = Ensemble(sizes, dims, n_numbers, n_outputs, **chosen)
        self.n_outputs = n_outputs

    def forward(
        self, codes: torch.Tensor, numbers: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """(B, K) int64, (B, P) -> (B, M, O): logits of each member, or the standardised number. With a generator it
        drops out by it; without it does not."""
        return self.of_parts(self.vectors(codes), self.alone(codes), self.numbers(numbers), generator)

    def vectors(self, codes: torch.Tensor) -> torch.Tensor:
        """The values' vectors in a row, (B, K) -> (B, E)."""
        found = self.inner.vectors(codes)
        return torch.cat(found, 1) if found else torch.zeros(len(codes), 0, device=codes.device)

    def alone(self, codes: torch.Tensor) -> torch.Tensor | None:
        """What each value says by itself, (B, K, O), where the network has that."""
        return self.inner.alone(codes) if isinstance(self.inner, Ensemble) else None

    def of_parts(
        self,
        vectors: torch.Tensor,
        alone: torch.Tensor | None,
        features: torch.Tensor,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """(B, E), (B, K, O), (B, F) -> (B, M, O)."""
        out = self.inner.of_vectors(vectors, features, generator)
        return out if alone is None else out + alone.sum(1)[:, None]


def answer(outputs: torch.Tensor, classes: bool) -> torch.Tensor:
    """The members' answer together, (B, M, O) -> (B, O): the logarithm of their mean probability, or their mean number."""
    if not classes:
        return outputs.mean(1)
    return torch.logsumexp(outputs.log_softmax(2), 1) - math.log(outputs.shape[1])


def _ends(edges: list[float]) -> tuple[float, float]:
    """Between which a standardised number with these edges is held."""
    return (max(edges[0], -WIDEST), min(edges[-1], WIDEST)) if edges else (-math.inf, math.inf)


def _uniform(parameter: torch.Tensor, n_inputs: int, generator: torch.Generator) -> None:
    bound = 1 / math.sqrt(max(1, n_inputs))
    parameter.uniform_(-bound, bound, generator=generator)


def _dropped(x: torch.Tensor, share: float, generator: torch.Generator | None) -> torch.Tensor:
    """F.dropout, with chance from the generator; x itself without one."""
    if generator is None or not share:
        return x
    kept = torch.empty_like(x).bernoulli_(1 - share, generator=generator)
    return x * kept.div_(1 - share)
