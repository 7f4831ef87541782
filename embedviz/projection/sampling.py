"""Choosing the labels that a map shows."""

from __future__ import annotations

import numpy as np

from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace, SpaceKind
from embedviz.space.kinds import EXAMPLE_KINDS

STRATA = 10


def sampled(space: EmbeddingSpace, settings: ProjectionSettings) -> np.ndarray:
    """Choose settings.n_points labels, or all where there are no more.

    A stratified sample takes equally many, or one more, by the seed from each tenth of the labels in the order of their
    counts, or in the given order where there are no counts.

    Returns
    -------
    np.ndarray
        (n,) int64 rows of the space, the most frequent first.
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


def sampling_sentence(n: int, total: int, counted: str, sample: str, kind: SpaceKind = "word") -> str:
    """Describe what a map of n of a space's labels shows, without a full stop; counted is such as "20,000 words"."""
    if kind in EXAMPLE_KINDS:
        return f"{n:,} of {counted}, drawn evenly" if n < total else f"All {counted}"
    if sample == "stratified" and n < total:
        return f"{n:,} of {counted}, drawn evenly from rare to frequent"
    return f"The {n:,} most frequent of {counted}"
