"""Labels along a line between two poles, such as from "poor" to "rich"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.space.embedding_space import EmbeddingSpace
from embedviz.space.metrics import closeness, norms


def axis(
    space: EmbeddingSpace, low: Sequence[str], high: Sequence[str], labels: Sequence[str] | None = None
) -> pd.DataFrame:
    """label, position, then the space's columns, lowest first; all labels unless some are named.

    A pole is the mean of its words' unit vectors. A position is where the label's unit vector falls on the line
    through the poles: −1 at the low one, 1 at the high one, 0 halfway, and past them where a label is more extreme
    (Kozlowski, Taddy and Evans 2019, American Sociological Review 84, p. 905, with the poles' own scale).
    SettingsError when a pole is empty or both are the same point.
    """
    if not low or not high:
        raise SettingsError("An axis needs at least one word at each end.")
    ends = [_mean_unit(space, pole) for pole in (low, high)]
    direction, middle = ends[1] - ends[0], (ends[0] + ends[1]) / 2
    squared = float(direction @ direction)
    if squared < 1e-12:
        raise SettingsError("Both ends of the axis are the same point; give different words.")
    shift = np.float32(2 * (middle @ direction) / squared)
    if labels is None:
        indices = np.arange(len(space))
        along = space.closeness_to(direction[None], "cosine")[0]
    else:
        indices = np.array([space.index(label) for label in labels], np.int64)
        vectors = np.asarray(space.vectors[indices])
        along = closeness(direction[None], vectors, norms(vectors), "cosine")[0]
    positions = along * np.float32(2 / np.sqrt(squared)) - shift
    order = np.argsort(positions, kind="stable")
    return space.answer(indices[order], "position", positions[order])


def _mean_unit(space: EmbeddingSpace, pole: Sequence[str]) -> np.ndarray:
    vectors = np.asarray(space.vectors[[space.index(label) for label in pole]])
    lengths = norms(vectors)[:, None]
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0).mean(axis=0)
