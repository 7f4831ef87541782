"""Nearest neighbours of which a few are missed, for where comparing all points with all takes too long."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from embedviz.projection.inverted_file import InvertedFile
from embedviz.projection.nearest import Nearest, distances, nearest

WANTED = 0.98  # recall
SAMPLED = 1_000  # points whose true neighbours are found: recall is then right to about 0.003
LISTS_PER_ROOT = 4  # lists / sqrt(N): half and twice as many are as quick
MOST = 0.1  # share of all points that a point is compared with, from which comparing all with all is as quick
FILL_SHARE = 0.2  # of the whole way


def nearest_approximate(vectors: torch.Tensor, k: int, metric: str, seed: int) -> Iterator[float | Nearest]:
    """Yields the share that is done, and the Nearest last, its recall measured on a sample. vectors (N, D) prepared,
    1 <= k < N.

    Where every point would have to be compared with many of the others, the exact neighbours are found instead.
    """
    n, device = len(vectors), vectors.device
    generator = torch.Generator().manual_seed(seed)
    sample = torch.randperm(n, generator=generator)[:SAMPLED].to(device)
    for found in nearest(vectors, k, metric, rows=sample):
        true = found
        yield 0.0
    file = InvertedFile(vectors, min(n, int(LISTS_PER_ROOT * n**0.5)), metric)
    for share in file.fill(generator):
        yield share * FILL_SHARE
    visits, recall, compared = file.visits_needed(sample, true.indices, WANTED)
    if compared > MOST:
        yield from nearest(vectors, k, metric)
        return
    for found in file.visit(visits, k):
        if isinstance(found, float):
            yield FILL_SHARE + (1 - FILL_SHARE) * found
    indices, closeness = found
    apart = distances(closeness, vectors, metric)
    lonely = closeness[:, -1].isinf().nonzero()[:, 0]  # met fewer than k others
    if len(lonely):
        for found in nearest(vectors, k, metric, rows=lonely):
            true = found
            yield 1.0
        indices[lonely], apart[lonely] = true.indices, true.distances
    yield Nearest(indices, apart, recall)
