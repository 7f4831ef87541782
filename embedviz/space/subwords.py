"""Vectors of character n-grams, from which a word that is not in the vocabulary gets a vector.

Bojanowski, Grave, Joulin and Mikolov 2017, "Enriching word vectors with subword information" (TACL 5, p. 135). An n-gram
is found by its hash, as in fastText's `Dictionary::computeSubwords`. Letters: B buckets, D dimensions, W words, M n-grams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_OFFSET, _PRIME = np.uint32(2166136261), np.uint32(16777619)  # of FNV-1a, 32 bit
_BEGIN, _END = b"<", b">"  # of a word
END_OF_SENTENCE = "</s>"  # a word without n-grams


@dataclass(frozen=True)
class Subwords:
    """Vectors of character n-grams.

    Attributes
    ----------
    vectors : np.ndarray
        (B, D) float32, in memory or mapped: entry [b] is the vector of every n-gram whose hash leaves b when it is
        divided by B. With `used`, (U, D): the vectors of these buckets alone; those of the others are 0.
    min_n, max_n : int
        Fewest and most characters of an n-gram, the marks at a word's beginning and end counted.
    used : np.ndarray, optional
        (U,) int64, ascending: the buckets that have a vector, where most have none.
    n_buckets : int
        B; 0 for as many as there are vectors.
    """

    vectors: np.ndarray
    min_n: int
    max_n: int
    used: np.ndarray | None = None
    n_buckets: int = 0

    def __len__(self) -> int:
        """B, the number of buckets."""
        return self.n_buckets or len(self.vectors)

    def of_buckets(self, buckets: np.ndarray) -> np.ndarray:
        """Return the vectors of buckets (M,): (M, D) float32, 0 for buckets that have none."""
        if self.used is None:
            return np.asarray(self.vectors[buckets], np.float32)
        at = np.searchsorted(self.used, buckets).clip(0, max(0, len(self.used) - 1))
        is_used = self.used[at] == buckets if len(self.used) else np.zeros(len(buckets), bool)
        found = np.zeros((len(buckets), self.vectors.shape[1]), np.float32)
        found[is_used] = self.vectors[at[is_used]]
        return found

    def compose(self, word: str) -> np.ndarray | None:
        """Return the mean vector of the word's n-grams, (D,) float32, or None when it has none."""
        _, buckets = self.buckets([word.encode("utf-8", "replace")])
        if word == END_OF_SENTENCE or not len(buckets):
            return None
        return self.of_buckets(buckets).mean(axis=0)

    def buckets(self, words: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        """Find the n-grams of words, one that occurs twice twice.

        Parameters
        ----------
        words : sequence of bytes
            W words in UTF-8.

        Returns
        -------
        owners : np.ndarray
            (M,) int64, ascending: the word that each n-gram is of.
        buckets : np.ndarray
            (M,) int64, the row of its vector.
        """
        if not len(self) or self.max_n < 1 or not words:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        marked = [_BEGIN + word + _END for word in words]
        text = np.frombuffer(b"".join(marked), np.uint8)
        lengths = np.fromiter(map(len, marked), np.int64, len(marked))
        ends = np.cumsum(lengths)
        owner = np.repeat(np.arange(len(words)), lengths)
        starts_character = (text & 0xC0) != 0x80
        # fastText hashes signed bytes: one past 127 is extended by its sign
        signed = text.view(np.int8).astype(np.int32).view(np.uint32)
        end_of = ends[owner]
        begin_of = end_of - lengths[owner]
        start = np.flatnonzero(starts_character)
        at = start.copy()
        hashes = np.full(len(start), _OFFSET)
        characters = np.zeros(len(start), np.int64)
        owners, found, order = [np.empty(0, np.int64)], [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
        while len(start):
            hashes = (hashes ^ signed[at]) * _PRIME
            at = at + 1
            stop = end_of[start]
            at_end = at == stop
            whole = at_end.copy()
            whole[~at_end] = starts_character[at[~at_end]]
            characters = characters + whole
            # a mark alone is no n-gram
            is_mark = (characters == 1) & ((start == begin_of[start]) | at_end)
            emitted = whole & (characters >= self.min_n) & ~is_mark
            owners.append(owner[start[emitted]])
            found.append(hashes[emitted])
            order.append(start[emitted])
            goes_on = ~at_end & ~(whole & (characters >= self.max_n))
            start, at, hashes, characters = start[goes_on], at[goes_on], hashes[goes_on], characters[goes_on]
        by_start = np.argsort(np.concatenate(order), kind="stable")
        return np.concatenate(owners)[by_start], (np.concatenate(found)[by_start] % np.uint32(len(self))).astype(
            np.int64
        )
