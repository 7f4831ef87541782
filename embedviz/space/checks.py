"""Checks of vectors and of questions before a search sees them."""

from __future__ import annotations

import numpy as np

from embedviz.core.errors import SettingsError
from embedviz.space.metrics import METRICS

MAX_ENTRY = 1e15  # past it the square of a vector's length leaves float32


def first_unusable(vectors: np.ndarray) -> int | None:
    """Return the first row of vectors (N, D) with NaN, infinity or a number past 1e15; None when all are usable."""
    if not vectors.size or (vectors.max() <= MAX_ENTRY and vectors.min() >= -MAX_ENTRY):  # NaN fails both
        return None
    return int(np.argmin(usable_rows(vectors)))


def usable_rows(vectors: np.ndarray) -> np.ndarray:
    """Return which rows of vectors (N, D) hold neither NaN, infinity nor a number past 1e15, (N,) bool."""
    return np.all(np.abs(vectors) <= MAX_ENTRY, axis=1)


def check_question(k: int, metric: str) -> None:
    """Raise SettingsError when k or the metric cannot be asked for."""
    if k < 1:
        raise SettingsError(f"k has to be 1 or more, got {k}.")
    if metric not in METRICS:
        raise SettingsError(f"A metric is one of {', '.join(METRICS)}, not {metric!r}.")
