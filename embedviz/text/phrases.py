"""Phrases: neighbouring words that stand together more often than by chance, joined to one word, as new_york.

Mikolov, Sutskever, Chen, Corrado and Dean 2013, "Distributed representations of words and phrases" (NIPS), section 4,
equation 6; with the words of the text as a factor, as in the authors' word2phrase.c, so that a threshold means the same in a
text of any size: score(a, b) = (count(ab) - min_count) / (count(a) count(b)) * words.

Letters: V words, P phrases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.text.pair_table import BYTES_A_PAIR, PairTable

JOINT = "_"


@dataclass(frozen=True)
class PhraseRule:
    """What is joined.

    Parameters
    ----------
    passes : int
        Each joins two words, which may be phrases of the pass before: two passes give phrases of up to four words.
    threshold : float
        Pairs that score above it are joined.
    min_count : int
        Rarer words are in no phrase, and it is subtracted from the count of a pair.
    memory_bytes : int
        For counting pairs; past it the rarest are forgotten.
    """

    passes: int
    threshold: float
    min_count: int
    memory_bytes: int = 1_000_000_000


@dataclass(frozen=True, eq=False)
class Phrases:
    """Phrases that were joined, the highest score of each pass first.

    Parameters
    ----------
    labels : list of str
        The phrases (P).
    counts : (P,) int64 array
        How often the two words stand side by side in the training set.
    scores : (P,) float64 array
    """

    labels: list[str]
    counts: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def frame(self) -> pd.DataFrame:
        """Return a row a phrase: phrase, count, score."""
        return pd.DataFrame({"phrase": self.labels, "count": self.counts, "score": self.scores})

    @classmethod
    def none(cls) -> Phrases:
        """Return no phrases."""
        return cls([], np.empty(0, np.int64), np.empty(0))

    def __add__(self, other: Phrases) -> Phrases:
        counts, scores = np.concatenate([self.counts, other.counts]), np.concatenate([self.scores, other.scores])
        return Phrases(self.labels + other.labels, counts, scores)


@dataclass(frozen=True, eq=False)
class FoundPhrases:
    """Phrases of one pass.

    Parameters
    ----------
    phrases : Phrases
    table : PairTable
        Joins them.
    labels : list of str
        The words, with the new phrases after the ones that were given.
    """

    phrases: Phrases
    table: PairTable
    labels: list[str]


def find_phrases(training: Callable[[], Iterator[np.ndarray]], labels: list[str], rule: PhraseRule) -> FoundPhrases:
    """Find pairs of words to join in one pass.

    Parameters
    ----------
    training : callable
        Yields the ids of the training set, (T,) int32 each, END after each unit; called twice.
    labels : list of str
        The words (V).
    """
    counts = np.zeros(len(labels) + 1, np.int64)
    for ids in training():
        counts += np.bincount(ids + 1, minlength=len(counts))
    counts = counts[1:]
    pairs, joint = _pair_counts(training, counts >= rule.min_count, rule.memory_bytes // BYTES_A_PAIR)
    a, b = pairs.T
    scores = (joint - rule.min_count) / counts[a] / counts[b] * counts.sum()
    found = np.flatnonzero(scores > rule.threshold)
    found = found[np.argsort(-scores[found], kind="stable")]
    index = {label: i for i, label in enumerate(labels) if JOINT in label}
    together, numbers = list(labels), np.empty(len(found), np.int64)
    names = [f"{labels[i]}{JOINT}{labels[j]}" for i, j in pairs[found].tolist()]
    for place, name in enumerate(names):
        numbers[place] = index.setdefault(name, len(together))
        if numbers[place] == len(together):
            together.append(name)
    table = PairTable(len(labels))
    table.put(pairs[found], numbers)
    return FoundPhrases(Phrases(names, joint[found], scores[found]), table, together)


def _pair_counts(
    training: Callable[[], Iterator[np.ndarray]], is_frequent: np.ndarray, max_pairs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of frequent words (P, 2) and how often they stand side by side (P,)."""
    table, forgotten = PairTable(len(is_frequent)), 0
    for ids in training():
        table.count(ids, is_frequent)
        while len(table) > max_pairs:
            forgotten += 1
            table.prune(forgotten)
    return table.pairs()
