"""The largest entries of each row of a matrix product, without sorting through it, on any device.

Letters: R rows at a time, N columns, D dimensions, k entries asked for, in groups of S columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

ON_CPU = 128, 4_096  # rows and columns of a piece: 2 MB, which stay in a core's cache for the pass that follows
ON_GPU = 2_048, 32_768
HELD_ON_CPU, HELD_ON_GPU = 1 << 25, 1 << 29  # entries of the product held at a time: 128 MB a thread, 2 GB
MAX_GROUP = 32


class LargestProducts:
    """Finds the k largest products of rows with all columns.

    Sorting takes far longer than the product, so the columns are taken in groups of S. The k groups with the largest
    maxima hold the k largest entries, and only their k * S entries are sorted. The product is computed piece by piece,
    and the maxima are taken while a piece is still in the cache.

    Parameters
    ----------
    columns : torch.Tensor
        (N, D) float32.
    k : int
        1 <= k <= N.
    """

    def __init__(self, columns: torch.Tensor, k: int):
        n, device = len(columns), columns.device
        self.columns, self.k = columns, k
        self.size = 2 ** min(round(math.log2(n / k) / 2), int(math.log2(MAX_GROUP)))  # S: N / S and k S alike small
        (self.height, width), held = (ON_CPU, HELD_ON_CPU) if device.type == "cpu" else (ON_GPU, HELD_ON_GPU)
        self.height = max(1, min(self.height, held // n))  # R
        self.width = min(width, -(-n // self.size) * self.size)
        self.groups = self.width // self.size  # of a piece
        pieces = -(-n // self.width)
        self.product = torch.full((self.height, pieces * self.width), -torch.inf, device=device)  # past N nothing is
        self.maxima = torch.empty((self.height, pieces * self.groups), device=device)
        self.steps = torch.arange(self.size, device=device) * self.groups  # from a group's first column to the others

    def __call__(self, rows: torch.Tensor, exclude: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """Find the k largest products of each row, as `torch.topk` returns them.

        Parameters
        ----------
        rows : torch.Tensor
            (R, D) float32, R <= height.
        exclude : torch.Tensor, optional
            (R,) int64: a column of each row that is left out.

        Returns
        -------
        values : torch.Tensor
            (R, k) float32, the largest first.
        columns : torch.Tensor
            (R, k) int64.
        """
        product, maxima = self.product[: len(rows)], self.maxima[: len(rows)]
        n, width, groups = len(self.columns), self.width, self.groups
        for piece, first in enumerate(range(0, n, width)):
            last = min(n, first + width)
            torch.mm(rows, self.columns[first:last].T, out=product[:, first:last])
            grouped = product[:, first : first + width].unflatten(1, (self.size, groups))
            torch.amax(grouped, 1, out=maxima[:, piece * groups : (piece + 1) * groups])
        if exclude is not None:
            exclude = exclude[:, None]
            product.scatter_(1, exclude, -torch.inf)
            its_group = exclude // width * groups + exclude % width % groups
            maxima.scatter_(1, its_group, product.gather(1, self._members(its_group)).amax(1, keepdim=True))
        among = self._members(maxima.topk(self.k, dim=1, sorted=False).indices)
        values, place = product.gather(1, among).topk(self.k, dim=1)
        return values, among.gather(1, place)

    def _members(self, groups: torch.Tensor) -> torch.Tensor:
        """Return the columns of groups (R, j): (R, j * S)."""
        first = groups // self.groups * self.width + groups % self.groups
        return (first[:, :, None] + self.steps).flatten(1)


def in_blocks(part: slice, columns: torch.Tensor, k: int) -> Iterator[tuple[slice, LargestProducts]]:
    """Yield which rows to multiply at a time, of those in the part, and the finder to call with them."""
    largest = LargestProducts(columns, k)
    for start in range(part.start, part.stop, largest.height):
        yield slice(start, min(part.stop, start + largest.height)), largest
