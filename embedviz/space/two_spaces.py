"""Two spaces on the labels that both have: shared neighbours, and whose neighbours changed most.

Neighbours are found in the original spaces, which may have different dimensions. Letters: S shared labels, Q of them
whose neighbours are looked for, D dimensions, k neighbours.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.progress import Progress
from embedviz.space.checks import check_question
from embedviz.space.searchable_space import SearchableSpace

MAX_SHARED = 50_000  # labels among which neighbours are looked for
MAX_QUERIES = 5_000  # labels whose neighbours are looked for: a share is then right to about 0.005
BLOCK_ENTRIES = 4_000_000  # similarities held at a time: 16 MB


@dataclass(frozen=True)
class TwoSpaces:
    """Comparison of two spaces on their shared labels.

    Attributes
    ----------
    k : int
        How many neighbours were compared.
    shared, only_a, only_b : int
        Labels in both, and in one of them alone.
    looked_at : int
        Q, the labels whose neighbours were looked for.
    overlap : float
        Mean over Q labels of the share of their k nearest, by cosine among the shared labels, that both spaces have.
    chance : float
        The overlap of two unrelated spaces.
    residual : float or None
        What is left after a is aligned with b by the best rotation (orthogonal Procrustes: Schönemann 1966, Psychometrika
        31, p. 1), as a share of b's length, every vector at length 1. None where dimensions differ, or for so few shared
        labels (S < 2 D) that a rotation can fit them by itself.
    movers : pd.DataFrame
        label, overlap, and moved (1 less the cosine after the alignment; left out without one): the labels that kept
        fewest neighbours first, among equals those that moved most.
    """

    k: int
    shared: int
    only_a: int
    only_b: int
    looked_at: int
    overlap: float
    chance: float
    residual: float | None
    movers: pd.DataFrame


def shared_rows(a: SearchableSpace, b: SearchableSpace) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the shared labels in a and in b, (S,) int64 each, a's most frequent first."""
    pairs = [(row, b.index(a.labels[row])) for row in map(int, a.by_frequency) if a.labels[row] in b]
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def compare_spaces(a: SearchableSpace, b: SearchableSpace, k: int = 10) -> Generator[Progress, None, TwoSpaces]:
    """Compare two spaces on at most their 50,000 most frequent shared labels, at most 5,000 of them queried.

    Parameters
    ----------
    a, b : SearchableSpace
        a decides which labels are frequent.
    k : int
        How many neighbours of each label to compare.

    Yields
    ------
    Progress
        In labels.

    Returns
    -------
    TwoSpaces
        What they have in common.

    Raises
    ------
    DataError
        When they share no more than k labels.
    """
    check_question(k, "cosine")
    rows_a, rows_b = shared_rows(a, b)
    shared = len(rows_a)
    rows_a, rows_b = rows_a[:MAX_SHARED], rows_b[:MAX_SHARED]
    size = len(rows_a)
    if size <= k:
        raise DataError(f"The two spaces have {size:,} labels in common; to compare {k} neighbours they need {k + 1}.")
    x, y = _unit(a.vectors[rows_a]), _unit(b.vectors[rows_b])
    queries = min(size, MAX_QUERIES)
    overlap = np.empty(queries, np.float32)
    step = max(1, BLOCK_ENTRIES // size)
    for start in range(0, queries, step):
        rows = np.arange(start, min(start + step, queries))
        overlap[rows] = _in_common(_nearest(x, rows, k), _nearest(y, rows, k)) / k
        yield Progress(int(rows[-1]) + 1, queries, message="Comparing neighbours")
    movers = pd.DataFrame({"label": [a.labels[row] for row in rows_a[:queries]], "overlap": overlap})
    order, ascending, residual = ["overlap"], [True], None
    if a.dim == b.dim and size >= 2 * a.dim:
        aligned = x @ rotation(x, y)
        residual = float(np.linalg.norm(aligned - y) / np.linalg.norm(y))
        movers["moved"] = 1 - np.einsum("sd,sd->s", aligned[:queries], y[:queries])
        order, ascending = ["overlap", "moved"], [True, False]
    return TwoSpaces(
        k=k,
        shared=shared,
        only_a=len(a) - shared,
        only_b=len(b) - shared,
        looked_at=queries,
        overlap=float(overlap.mean()),
        chance=k / (size - 1),
        residual=residual,
        movers=movers.sort_values(order, ascending=ascending, kind="stable", ignore_index=True),
    )


def rotation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the orthogonal matrix (D, D) float32 that brings x (S, D) nearest to y (S, D) in squared distance."""
    left, _, right = np.linalg.svd(x.T.astype(np.float64) @ y)
    return (left @ right).astype(np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _nearest(unit: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """Return the k nearest of each of the rows, the row itself left out, in no order: (S, D), (R,) -> (R, k)."""
    similar = unit[rows] @ unit.T
    similar[np.arange(len(rows)), rows] = -np.inf
    return np.argpartition(-similar, k - 1, axis=1)[:, :k]


def _in_common(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return how many entries a row of a (R, k) has in common with the same row of b (R, k): (R,)."""
    both = np.sort(np.concatenate([a, b], axis=1), axis=1)
    return (both[:, 1:] == both[:, :-1]).sum(axis=1)
