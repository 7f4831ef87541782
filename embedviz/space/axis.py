"""Labels along a line between two poles, such as from "poor" to "rich"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.space.metrics import closeness, norms
from embedviz.space.searchable_space import COMPOSED, SearchableSpace

MIN_SQUARED_DISTANCE = 1e-12  # between the poles


def axis(
    space: SearchableSpace, low: Sequence[str], high: Sequence[str], labels: Sequence[str] | None = None
) -> pd.DataFrame:
    """Place labels on the line through two poles.

    A pole is the mean of its words' unit vectors. A position is where the label's unit vector falls on the line: −1 at
    the low pole, 1 at the high one, 0 halfway, and past them where a label is more extreme (Kozlowski, Taddy and Evans
    2019, American Sociological Review 84, p. 905, with the poles' own scale).

    Parameters
    ----------
    space : SearchableSpace
        Where the labels are.
    low, high : sequence of str
        The labels of each pole.
    labels : sequence of str, optional
        Which labels to place; all by default.

    Returns
    -------
    pd.DataFrame
        label, position, then the space's columns, lowest first. `.attrs["composed"]` says which of the words are unknown and
        have vectors composed from character n-grams; such a label has no values in the space's columns.

    Raises
    ------
    SettingsError
        When a pole is empty or both are the same point.
    UnknownLabelError
        For a label that is not there.
    """
    if not low or not high:
        raise SettingsError("An axis needs at least one word at each end.")
    low_end, high_end = _mean_unit(space, low), _mean_unit(space, high)
    direction, middle = high_end - low_end, (low_end + high_end) / 2
    squared = float(direction @ direction)
    if squared < MIN_SQUARED_DISTANCE:
        raise SettingsError("Both ends of the axis are the same point; give different words.")
    shift = np.float32(2 * (middle @ direction) / squared)
    if labels is None:
        along = space.closeness_to(direction[None], "cosine")[0]
    else:
        vectors = _vectors(space, labels)
        along = closeness(direction[None], vectors, norms(vectors), "cosine")[0]
    positions = along * np.float32(2 / np.sqrt(squared)) - shift
    order = np.argsort(positions, kind="stable")
    if labels is None:
        frame = space.answer(order, "position", positions[order])
    else:
        frame = _placed(space, [labels[int(i)] for i in order], positions[order])
    if composed := space.compositions([*low, *high, *(labels or ())]):
        frame.attrs[COMPOSED] = composed
    return frame


def _mean_unit(space: SearchableSpace, pole: Sequence[str]) -> np.ndarray:
    vectors = _vectors(space, pole)
    lengths = norms(vectors)[:, None]
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0).mean(axis=0)


def _vectors(space: SearchableSpace, labels: Sequence[str]) -> np.ndarray:
    """Return the vectors of labels, composed ones included: (n, D) float32, also for none."""
    return np.array([space.vector(label) for label in labels], np.float32).reshape(-1, space.dim)


def _placed(space: SearchableSpace, labels: Sequence[str], positions: np.ndarray) -> pd.DataFrame:
    """Return label, position and the space's columns, in which a composed label has no values."""
    rows = [space.index(label) if label in space else -1 for label in labels]
    columns = space.columns.reindex(rows).reset_index(drop=True)
    return pd.concat([pd.DataFrame({"label": list(labels), "position": positions}), columns], axis=1)
