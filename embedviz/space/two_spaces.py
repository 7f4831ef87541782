"""Two spaces on the labels that both have: how many neighbours a label shares in both, and which labels moved most.

Neighbours are found in the original spaces, which may have different dimensions. Letters: S shared labels, Q of them
looked at, D dimensions, k neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.progress import Progress
from embedviz.space.embedding_space import EmbeddingSpace, check_question

MOST_SHARED = 50_000  # labels among which neighbours are looked for
MOST_LOOKED_AT = 5_000  # labels whose neighbours are looked for: a share is then right to about 0.005
BLOCK_ENTRIES = 4_000_000  # similarities held at a time: 16 MB


@dataclass(frozen=True)
class TwoSpaces:
    """What two spaces have in common.

    shared: how many there are, only_a and only_b: labels that one of them has alone. overlap: the mean over looked_at Q labels of the
    share of their k nearest that they have in both spaces, by cosine among the shared labels; chance: what two
    unrelated spaces would have. residual: what the best rotation of a onto b leaves, as a share of b's length, every
    vector taken at length 1 (Schönemann 1966, Psychometrika 31, p. 1); None where dimensions differ or the shared
    labels are too few for it to mean anything (S < 2 D: a rotation can then fit them by itself).
    movers: label, overlap, moved (1 less the cosine after that rotation; left out where there is none), the labels that
    kept fewest neighbours first, among equals those that moved most.
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


def shared_rows(a: EmbeddingSpace, b: EmbeddingSpace) -> tuple[np.ndarray, np.ndarray]:
    """Where the labels of both stand in a and in b, (S,) int64 each, a's most frequent first."""
    pairs = [(row, b.index(a.labels[row])) for row in a.by_frequency.tolist() if a.labels[row] in b]
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def compare_spaces(a: EmbeddingSpace, b: EmbeddingSpace, k: int = 10) -> Iterator[Progress | TwoSpaces]:
    """Yields progress, and last the TwoSpaces. At most the 50,000 most frequent shared labels are used, and the
    neighbours of at most 5,000 looked at. DataError when they share no more than k labels."""
    check_question(k, "cosine")
    rows_a, rows_b = shared_rows(a, b)
    shared = len(rows_a)
    rows_a, rows_b = rows_a[:MOST_SHARED], rows_b[:MOST_SHARED]
    size = len(rows_a)
    if size <= k:
        raise DataError(f"The two spaces have {size:,} labels in common; to compare {k} neighbours they need {k + 1}.")
    x, y = _unit(a.vectors[rows_a]), _unit(b.vectors[rows_b])
    looked_at = min(size, MOST_LOOKED_AT)
    kept = np.empty(looked_at, np.float32)
    step = max(1, BLOCK_ENTRIES // size)
    for start in range(0, looked_at, step):
        rows = np.arange(start, min(start + step, looked_at))
        kept[rows] = _common(_nearest(x, rows, k), _nearest(y, rows, k)) / k
        yield Progress(int(rows[-1]) + 1, looked_at, message="Comparing neighbours")
    movers = pd.DataFrame({"label": [a.labels[row] for row in rows_a[:looked_at]], "overlap": kept})
    residual = None
    if a.dim == b.dim and size >= 2 * a.dim:
        turned = x @ rotation(x, y)
        residual = float(np.linalg.norm(turned - y) / np.linalg.norm(y))
        movers["moved"] = 1 - np.einsum("sd,sd->s", turned[:looked_at], y[:looked_at])
    order = ["overlap", "moved"] if residual is not None else ["overlap"]
    movers = movers.sort_values(order, ascending=[True, False][: len(order)], kind="stable", ignore_index=True)
    yield TwoSpaces(
        k=k,
        shared=shared,
        only_a=len(a) - shared,
        only_b=len(b) - shared,
        looked_at=looked_at,
        overlap=float(kept.mean()),
        chance=k / (size - 1),
        residual=residual,
        movers=movers,
    )


def rotation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The orthogonal matrix (D, D) that brings x (S, D) nearest to y (S, D) in squared distance."""
    left, _, right = np.linalg.svd(x.T.astype(np.float64) @ y)
    return (left @ right).astype(np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _nearest(unit: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """The k nearest to each of the rows, the row itself left out, in no order: (S, D), (R,) -> (R, k)."""
    similar = unit[rows] @ unit.T
    similar[np.arange(len(rows)), rows] = -np.inf
    return np.argpartition(-similar, k - 1, axis=1)[:, :k]


def _common(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many entries a row of a (R, k) has in common with the same row of b (R, k): (R,)."""
    both = np.sort(np.concatenate([a, b], axis=1), axis=1)
    return (both[:, 1:] == both[:, :-1]).sum(axis=1)
