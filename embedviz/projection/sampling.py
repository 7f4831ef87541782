"""Which of a space's labels a map shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embedviz.projection.settings import ProjectionSettings

if TYPE_CHECKING:
    from embedviz.space import EmbeddingSpace

STRATA = 10


def sampled(space: EmbeddingSpace, settings: ProjectionSettings) -> np.ndarray:
    """Indices of settings.n_points labels, (n,) int64, the most frequent first; of all where there are no more.

    "stratified": equally many, or one more, by the seed from each tenth of the labels in the order of their counts, or
    in the given order where there are no counts.
    """
    order = np.asarray(space.by_frequency, np.int64)
    n = settings.n_points
    if settings.sample == "most frequent" or n >= len(order):
        return order[:n]
    rng = np.random.default_rng(settings.seed)
    shares = [len(part) for part in np.array_split(np.arange(n), STRATA)]
    drawn = [
        stratum[np.sort(rng.choice(len(stratum), share, replace=False))]
        for stratum, share in zip(np.array_split(order, STRATA), shares, strict=True)
    ]
    return np.concatenate(drawn)


def sampling_sentence(n: int, total: int, counted: str, sample: str) -> str:
    """What a map of n of them shows, without a full stop. counted: all of them as one says it, "20,000 words"."""
    if sample == "stratified" and n < total:
        return f"{n:,} of {counted}, drawn evenly from rare to frequent"
    return f"The {n:,} most frequent of {counted}"
