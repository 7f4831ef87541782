"""Co-occurrence counts: how often two words stand near each other, weighted by their distance.

Pennington, Socher and Manning 2014, "GloVe: Global vectors for word representation" (EMNLP), section 4.2; Levy, Goldberg and Dagan
2015, "Improving distributional similarity with lessons learned from word embeddings" (TACL 3), section 3.1. Letters: T tokens,
V words, P pairs.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from embedviz.core.compiled import compiled
from embedviz.core.progress import Progress

Weighting = Literal[
    "harmonic", "linear", "equal"
]  # 1/d, as GloVe; (window + 1 - d) / window, as word2vec on average; 1
FIRST_SLOTS = 1 << 18
MAX_LOAD = 0.6  # of the slots
BLOCK = 1 << 18  # tokens counted before progress is reported
_EMPTY = -1


@dataclass(frozen=True)
class Cooccurrences:
    """Counts of unordered pairs.

    Attributes
    ----------
    first, second
        (P,) int32, first <= second; ascending. The matrix is symmetric: entry [first, second] is entry [second, first].
    counts
        (P,) float64. A word beside itself is counted twice, once in each direction.
    n_words
        V.
    """

    first: np.ndarray
    second: np.ndarray
    counts: np.ndarray
    n_words: int

    def __len__(self) -> int:
        return len(self.first)

    def sums(self) -> np.ndarray:
        """Return the sum of each row of the matrix, (V,) float64."""
        off_diagonal = self.first != self.second
        sums = np.bincount(self.first, self.counts, self.n_words)
        return sums + np.bincount(self.second[off_diagonal], self.counts[off_diagonal], self.n_words)


def count_cooccurrences(
    tokens: np.ndarray, n_words: int, window: int, weighting: Weighting = "harmonic"
) -> Generator[Progress, None, Cooccurrences]:
    """Count pairs of words at most `window` apart.

    Parameters
    ----------
    tokens
        (T,) int32, -1 after each unit.
    n_words
        V; tokens are below.
    window
        Words on each side.
    weighting
        What a pair at distance d counts.

    Returns
    -------
    Cooccurrences
    """
    apart = np.arange(1, window + 1)
    weights = {"harmonic": 1 / apart, "linear": (window + 1 - apart) / window, "equal": np.ones(window)}[weighting]
    keys, counts = np.full(FIRST_SLOTS, _EMPTY, np.int64), np.zeros(FIRST_SLOTS)
    state = np.zeros(2, np.int64)  # pairs in the table, tokens that were read
    while state[1] < len(tokens):
        end = min(len(tokens), int(state[1]) + BLOCK)
        count_span(tokens, end, weights, n_words, keys, counts, MAX_LOAD, state)
        if state[1] < end:  # the table is full
            filled = keys != _EMPTY
            old_keys, old_counts = keys[filled], counts[filled]
            keys, counts = np.full(2 * len(keys), _EMPTY, np.int64), np.zeros(2 * len(keys))
            put_again(old_keys, old_counts, keys, counts)
        share = f"{state[1] / len(tokens):.0%}"
        yield Progress(int(state[1]), len(tokens), message=f"Counting words that stand together: {share}")
    filled = np.flatnonzero(keys != _EMPTY)
    order = filled[np.argsort(keys[filled])]
    first, second = np.divmod(keys[order], n_words)
    return Cooccurrences(first.astype(np.int32), second.astype(np.int32), counts[order], n_words)


@compiled
def count_span(
    tokens: np.ndarray, end: int, weights: np.ndarray, n_words: int, keys: np.ndarray, counts: np.ndarray, max_load: float,
    state: np.ndarray,
) -> None:  # fmt: skip
    """Count the pairs of tokens[state[1]:end] with those before them, until the end or until the table is full."""
    shift, mask = np.uint64(20), np.uint64(len(keys) - 1)
    window = len(weights)
    limit = max_load * len(keys)
    for i in range(state[1], end):
        word = np.int64(tokens[i])
        if word >= 0:
            if state[0] + window > limit:
                state[1] = i
                return
            for apart in range(1, min(window, i) + 1):
                other = np.int64(tokens[i - apart])
                if other < 0:
                    break
                key = min(word, other) * n_words + max(word, other)
                digest = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing (Knuth, TAOCP 3, 6.4)
                slot = np.int64((digest >> shift) & mask)
                while keys[slot] != _EMPTY and keys[slot] != key:
                    slot = (slot + 1) & np.int64(mask)
                if keys[slot] == _EMPTY:
                    keys[slot] = key
                    state[0] += 1
                counts[slot] += weights[apart - 1] * (2 if word == other else 1)
    state[1] = end


@compiled
def put_again(old_keys: np.ndarray, old_counts: np.ndarray, keys: np.ndarray, counts: np.ndarray) -> None:
    """Put counted pairs into a larger, empty table."""
    shift, mask = np.uint64(20), np.uint64(len(keys) - 1)
    for i in range(len(old_keys)):
        digest = np.uint64(old_keys[i]) * np.uint64(0x9E3779B97F4A7C15)
        slot = np.int64((digest >> shift) & mask)
        while keys[slot] != _EMPTY:
            slot = (slot + 1) & np.int64(mask)
        keys[slot] = old_keys[i]
        counts[slot] = old_counts[i]
