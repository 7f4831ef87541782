"""Hash table from pairs of neighbouring words to numbers: how often they stand side by side, or what joins them.

Letters: T tokens, V words, P pairs, S slots.
"""

from __future__ import annotations

import numpy as np

from embedviz.core.compiled import compiled

FIRST_SLOTS = 1 << 16
MAX_LOAD = 0.6  # of the slots
BYTES_A_PAIR = 40  # where the slots are half empty and are copied when they grow
_EMPTY = -1


class PairTable:
    """Numbers of pairs of ids.

    Parameters
    ----------
    n_words : int
        V; ids are below.
    """

    def __init__(self, n_words: int):
        self._n_words = n_words
        self._state = np.zeros(2, np.int64)  # pairs; tokens of the array that were read
        self._allocate(FIRST_SLOTS)

    def __len__(self) -> int:
        return int(self._state[0])

    def count(self, ids: np.ndarray, is_counted: np.ndarray) -> None:
        """Count the pairs of neighbours in ids (T,) int32, END apart, both of words that are counted: (V,) bool."""
        self._state[1] = 0
        while True:
            _count(ids, is_counted, self._n_words, self._keys, self._values, MAX_LOAD, self._state)
            if self._state[1] == len(ids):
                return
            self._grow()

    def put(self, pairs: np.ndarray, values: np.ndarray) -> None:
        """Set the numbers of pairs: (P, 2) and (P,) int."""
        while len(pairs) + len(self) > MAX_LOAD * len(self._keys):
            self._grow()
        keys = pairs[:, 0].astype(np.int64) * self._n_words + pairs[:, 1]
        _put(keys, values.astype(np.int64), self._keys, self._values, self._state)

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs (P, 2) int64 in ascending order, and their numbers (P,) int64."""
        filled = np.flatnonzero(self._keys != _EMPTY)
        keys = self._keys[filled]
        order = np.argsort(keys)
        return np.stack(np.divmod(keys[order], self._n_words), axis=1), self._values[filled][order]

    def prune(self, max_count: int) -> None:
        """Forget the pairs counted at most so often."""
        pairs, counts = self.pairs()
        kept = counts > max_count
        self._allocate(len(self._keys))
        self._state[0] = 0
        self.put(pairs[kept], counts[kept])

    def join(self, ids: np.ndarray) -> np.ndarray:
        """Return the ids (T,) int32 with each pair that is in the table replaced by its number, from left to right.

        What was joined is not joined to the next word.
        """
        joined = np.empty(len(ids), np.int32)
        return joined[: _join(ids, self._n_words, self._keys, self._values, joined)]

    def _allocate(self, n_slots: int) -> None:
        self._keys = np.full(n_slots, _EMPTY, np.int64)
        self._values = np.zeros(n_slots, np.int64)

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._allocate(2 * len(keys))
        self._state[0] = 0
        filled = keys != _EMPTY
        _put(keys[filled], values[filled], self._keys, self._values, self._state)


@compiled
def _put(new_keys: np.ndarray, new_values: np.ndarray, keys: np.ndarray, values: np.ndarray, state: np.ndarray) -> None:
    shift = np.uint64(32)
    mask = np.uint64(len(keys) - 1)
    for i in range(len(new_keys)):
        digest = np.uint64(new_keys[i]) * np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing (Knuth, TAOCP 3, 6.4)
        slot = np.int64((digest >> shift) & mask)
        while keys[slot] != _EMPTY and keys[slot] != new_keys[i]:
            slot = (slot + 1) & np.int64(mask)
        if keys[slot] == _EMPTY:
            keys[slot] = new_keys[i]
            state[0] += 1
        values[slot] = new_values[i]


@compiled
def _count(
    ids: np.ndarray,
    is_counted: np.ndarray,
    n_words: int,
    keys: np.ndarray,
    counts: np.ndarray,
    max_load: float,
    state: np.ndarray,
) -> None:
    """Read ids from state[1] to their end, or until the table is full."""
    shift = np.uint64(32)
    mask = np.uint64(len(keys) - 1)
    start = state[1]
    before = np.int64(-1)
    if start > 0 and ids[start - 1] >= 0 and is_counted[ids[start - 1]]:
        before = np.int64(ids[start - 1])
    for i in range(start, len(ids)):
        word = np.int64(ids[i])
        if word < 0 or not is_counted[word]:
            before = np.int64(-1)
            continue
        if before >= 0:
            if state[0] > max_load * len(keys):
                state[1] = i
                return
            key = before * n_words + word
            digest = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
            slot = np.int64((digest >> shift) & mask)
            while keys[slot] != _EMPTY and keys[slot] != key:
                slot = (slot + 1) & np.int64(mask)
            if keys[slot] == _EMPTY:
                keys[slot] = key
                state[0] += 1
            counts[slot] += 1
        before = word
    state[1] = len(ids)


@compiled
def _join(ids: np.ndarray, n_words: int, keys: np.ndarray, values: np.ndarray, joined: np.ndarray) -> int:
    shift = np.uint64(32)
    mask = np.uint64(len(keys) - 1)
    n = 0
    before = np.int64(-1)  # the last word, unless it was joined
    for i in range(len(ids)):
        word = np.int64(ids[i])
        if word >= 0 and before >= 0:
            key = before * n_words + word
            digest = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
            slot = np.int64((digest >> shift) & mask)
            while keys[slot] != _EMPTY and keys[slot] != key:
                slot = (slot + 1) & np.int64(mask)
            if keys[slot] == key:
                joined[n - 1] = values[slot]
                before = np.int64(-1)
                continue
        joined[n] = word
        n += 1
        before = word
    return n
