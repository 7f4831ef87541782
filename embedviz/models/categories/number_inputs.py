"""How a table's numbers enter a network: encoded piecewise linearly, and as the bins that they are in.

Letters: B rows, P numbers, Q of them with a vector for each bin, F encoded numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from embedviz.models.categories.encoding import NumberEncoder

MAX_DEVIATION = 4.0  # standard deviations at which the linear part of an encoded number is clipped


class NumberEncoding(nn.Module):
    """Encode standardised numbers, (B, P) -> (B, F); NaN is missing.

    A number with bin edges gives one number for each bin: the share of the bin below it, 0 to 1 (Gorishniy, Rubachev
    and Babenko 2022, "On embeddings for numerical features in tabular deep learning", NeurIPS, section 3.2). Unlike
    there, the outermost bins end at the extremes of the training set, so that a number far outside is encoded as the
    extreme. Then comes each number itself, since a straight line takes fewer rows to learn than a height for each
    bin: clipped to its bins and to MAX_DEVIATION; one without edges is not clipped. All of them are 0 where the
    number is missing. Last, for each number with `has_indicator`, 1 where it is missing.
    """

    source: Tensor
    affine: Tensor
    indicated: Tensor

    def __init__(self, numbers: Sequence[NumberEncoder]):
        super().__init__()
        encoded: list[tuple[int, float, float, float, float]] = []  # number, shift, scale, lower and upper limit
        for p, number in enumerate(numbers):
            encoded += [(p, low, high - low, 0, 1) for low, high in pairwise(number.edges)]
        for p, number in enumerate(numbers):
            if edges := number.edges:
                encoded.append((p, 0, 1, max(edges[0], -MAX_DEVIATION), min(edges[-1], MAX_DEVIATION)))
            elif not number.has_indicator:
                encoded.append((p, 0, 1, -math.inf, math.inf))
        source, indicated = [row[0] for row in encoded], [p for p, number in enumerate(numbers) if number.has_indicator]
        self.number_of = source + indicated  # (F,) the number that each encoded one is of
        affine = torch.tensor([row[1:] for row in encoded], dtype=torch.float32).reshape(-1, 4).T
        self.register_buffer("affine", affine, persistent=False)
        self.register_buffer("source", torch.tensor(source, dtype=torch.int64), persistent=False)
        self.register_buffer("indicated", torch.tensor(indicated, dtype=torch.int64), persistent=False)

    def forward(self, numbers: Tensor) -> Tensor:
        """Encode raw numbers, NaN where missing: (B, P) -> (B, F)."""
        missing = torch.isnan(numbers)
        shift, scale, lower, upper = self.affine
        encoded = ((numbers[:, self.source] - shift) / scale).clamp(lower, upper)
        indicators = missing[:, self.indicated].to(numbers.dtype)
        return torch.cat([encoded.masked_fill(missing[:, self.source], 0), indicators], 1)


class NumberBins(nn.Module):
    """Assign numbers to their bins, (B, P) -> (B, Q), for the Q numbers whose bins have vectors.

    A bin has a vector and linear terms as a category's value has. A steep or jagged effect, as of a tax bracket, is learned
    far sooner by them than by the slopes of `NumberEncoding`.
    """

    edges: Tensor
    source: Tensor

    def __init__(self, numbers: Sequence[NumberEncoder]):
        super().__init__()
        binned = [p for p, number in enumerate(numbers) if number.has_vectors]
        self.number_of = binned  # (Q,) the number that each is of
        inner = [numbers[p].edges[1:-1] for p in binned]  # the outermost bins are open
        self.sizes = [len(edges) + 2 for edges in inner]  # and one for missing
        padded = torch.full((len(binned), max(map(len, inner), default=0)), math.inf)
        for row, edges in zip(padded, inner, strict=True):
            row[: len(edges)] = torch.tensor(edges)
        self.register_buffer("edges", padded, persistent=False)
        self.register_buffer("source", torch.tensor(binned, dtype=torch.int64), persistent=False)

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the bin of each number, from 1, and 0 where it is missing: (B, P) -> (B, Q) int64."""
        picked = numbers[:, self.source].T.contiguous()
        bins = torch.searchsorted(self.edges, picked, right=True) + 1
        return bins.masked_fill(torch.isnan(picked), 0).T
