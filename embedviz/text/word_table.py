"""Hash table from words, as bytes, to numbers in the order of their first occurrence, and the kernel that reads a text by it.

Open addressing with linear probing over FNV-1a hashes (Fowler, Noll and Vo, draft-eastlake-fnv); a word is a few bytes in
one array and no Python object. A table that grows past its bound is pruned as word2vec.c prunes its own (ReduceVocab): the
rarest words go, then those seen twice, and so on.

Letters: V words, S slots, B bytes.
"""

from __future__ import annotations

import numpy as np

from embedviz.core.compiled import compiled
from embedviz.text.character_kinds import BETWEEN, CONTEXTUAL, INSIDE, LEFT_OUT, LETTER, SIGN, SPACE, CharacterKinds

END = -1  # stands after each unit
TEXT_END = 0xFF  # the byte after each text of a batch; UTF-8 has none
AT_TEXT_END, AT_LINE_END, AT_BLANK_LINE, AT_FILE_END = range(4)  # where a unit ends
# places in the state of a table, which the kernels change
POSITION, N_IDS, N_WORDS, N_BYTES, UNIT_FILLED, LINE_FILLED = range(6)
FIRST_SLOTS = 1 << 16
BYTES_A_WORD = 120  # of a table and of the list of its words


class WordTable:
    """Words and their counts.

    Attributes
    ----------
    state : (6,) int64 array
        Place in the block that is read, ids written, words, bytes of words, and whether the unit and its last line hold
        anything but white space.
    counts : (>= V,) int64 array
        How often each word was read.
    """

    def __init__(self) -> None:
        self.state = np.zeros(6, np.int64)
        self._slots = np.full(FIRST_SLOTS, -1, np.int32)
        self._hashes = np.zeros(FIRST_SLOTS // 2, np.uint64)
        self._starts = np.zeros(FIRST_SLOTS // 2 + 1, np.int64)
        self._bytes = np.zeros(1 << 20, np.uint8)
        self.counts = np.zeros(FIRST_SLOTS // 2, np.int64)

    def __len__(self) -> int:
        return int(self.state[N_WORDS])

    def read(self, block: np.ndarray, start: int, stop: int, kinds: CharacterKinds, unit_end: int) -> np.ndarray:
        """Return the ids of the words in block[start:stop], END where a unit ends.

        Parameters
        ----------
        block : (B,) uint8 array
            UTF-8 without CONTEXTUAL characters in that part; neither the block nor the part begins or ends inside a word.
        kinds : CharacterKinds
        unit_end : int
            AT_TEXT_END for units that end at TEXT_END, AT_LINE_END for lines, AT_BLANK_LINE for paragraphs, and AT_FILE_END
            for none. White space alone is no unit, but for texts.

        Returns
        -------
        (T,) int32 array
        """
        ids = np.empty(stop - start, np.int32)
        self._reserve_bytes(2 * (stop - start))
        self.state[POSITION], self.state[N_IDS] = start, 0
        while True:
            _read_words(
                block, stop, kinds.kinds, kinds.written, unit_end, self._slots, self._hashes, self._starts, self._bytes,
                self.counts, ids, self.state,
            )  # fmt: skip
            if self.state[POSITION] == stop:
                return ids[: self.state[N_IDS]]
            self._grow()

    def number(self, word: str) -> int:
        """Return a word's number, a new one for a new word, without counting it."""
        encoded = np.frombuffer(word.encode("utf-8", "surrogatepass"), np.uint8)
        self._reserve_bytes(len(encoded))
        if len(self) == len(self._hashes):
            self._grow()
        return _number(encoded, self._slots, self._hashes, self._starts, self._bytes, self.state)

    def labels(self) -> list[str]:
        """Return the words in the order of their numbers."""
        starts = self._starts[: len(self) + 1].tolist()
        data = self._bytes[: self.state[N_BYTES]].tobytes()
        return [data[a:b].decode("utf-8", "surrogatepass") for a, b in zip(starts[:-1], starts[1:], strict=True)]

    def prune(self, max_count: int) -> np.ndarray:
        """Forget the words seen at most `max_count` times; return each word's new number, -2 for those: (V,) int32."""
        kept = np.flatnonzero(self.counts[: len(self)] > max_count)
        places = np.full(len(self), -2, np.int32)
        places[kept] = np.arange(len(kept), dtype=np.int32)
        lengths = np.diff(self._starts[: len(self) + 1])[kept]
        moved = np.repeat(self._starts[kept] - (np.cumsum(lengths) - lengths), lengths)
        n_bytes = int(lengths.sum())
        self._bytes[:n_bytes] = self._bytes[moved + np.arange(n_bytes)]
        self._starts[: len(kept) + 1] = np.concatenate([[0], np.cumsum(lengths)])
        self._hashes[: len(kept)] = self._hashes[kept]
        self.counts[: len(kept)] = self.counts[kept]
        self.counts[len(kept) :] = 0
        self.state[N_WORDS], self.state[N_BYTES] = len(kept), n_bytes
        self._slots.fill(-1)
        _fill_slots(self._slots, self._hashes, len(kept))
        return places

    def _grow(self) -> None:
        """Make room for twice the words."""
        n = len(self._hashes)
        self._hashes, self.counts = _longer(self._hashes, 2 * n), _longer(self.counts, 2 * n)
        self._starts = _longer(self._starts, 2 * n + 1)
        self._slots = np.full(2 * len(self._slots), -1, np.int32)
        _fill_slots(self._slots, self._hashes, len(self))

    def _reserve_bytes(self, n: int) -> None:
        needed = int(self.state[N_BYTES]) + n
        if needed > len(self._bytes):
            self._bytes = _longer(self._bytes, max(needed, len(self._bytes) * 3 // 2))


def next_contextual(block: np.ndarray, start: int, kinds: CharacterKinds) -> int:
    """Return where the next CONTEXTUAL character of a block (B,) uint8 stands, B where there is none."""
    return _next_contextual(block, start, kinds.kinds)


def _longer(array: np.ndarray, n: int) -> np.ndarray:
    longer = np.zeros(n, array.dtype)
    longer[: len(array)] = array
    return longer


@compiled
def _fill_slots(slots: np.ndarray, hashes: np.ndarray, n_words: int) -> None:
    mask = len(slots) - 1
    for word in range(n_words):
        slot = np.int64(hashes[word] & np.uint64(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = word


@compiled
def _next_contextual(block: np.ndarray, start: int, kinds: np.ndarray) -> int:
    i = start
    while i < len(block):
        byte = np.int64(block[i])
        code, size = byte, 1
        if byte == TEXT_END:
            i += 1
            continue
        if byte >= 0xF0:
            return i
        if byte >= 0xE0:
            code, size = ((byte & 15) << 12) | ((block[i + 1] & 63) << 6) | (block[i + 2] & 63), 3
        elif byte >= 0x80:
            code, size = ((byte & 31) << 6) | (block[i + 1] & 63), 2
        if code >= len(kinds) or kinds[code] == CONTEXTUAL:
            return i
        i += size
    return len(block)


@compiled
def _number(
    word: np.ndarray,
    slots: np.ndarray,
    hashes: np.ndarray,
    starts: np.ndarray,
    known: np.ndarray,
    state: np.ndarray,
) -> int:
    """The number of a word given as bytes."""
    digest = np.uint64(14695981039346656037)
    for byte in word:
        digest = (digest ^ np.uint64(byte)) * np.uint64(1099511628211)
    digest ^= digest >> np.uint64(32)
    mask = len(slots) - 1
    slot = np.int64(digest & np.uint64(mask))
    while slots[slot] >= 0:
        number = slots[slot]
        first = starts[number]
        if hashes[number] == digest and starts[number + 1] - first == len(word):
            same = True
            for i in range(len(word)):
                if known[first + i] != word[i]:
                    same = False
                    break
            if same:
                return number
        slot = (slot + 1) & mask
    number, end = state[N_WORDS], state[N_BYTES]
    known[end : end + len(word)] = word
    slots[slot], hashes[number], starts[number + 1] = number, digest, end + len(word)
    state[N_WORDS] += 1
    state[N_BYTES] += len(word)
    return number


@compiled
def _read_words(
    block: np.ndarray,
    stop: int,
    kinds: np.ndarray,
    written: np.ndarray,
    unit_end: int,
    slots: np.ndarray,
    hashes: np.ndarray,
    starts: np.ndarray,
    known: np.ndarray,
    counts: np.ndarray,
    ids: np.ndarray,
    state: np.ndarray,
) -> None:
    """Read from state[POSITION] to `stop`, or to the first new word that there is no room for.

    A word is written after the known ones as it is read, and stays there when it is new.
    """
    i, n, n_words = state[POSITION], state[N_IDS], state[N_WORDS]
    unit_filled, line_filled = state[UNIT_FILLED], state[LINE_FILLED]
    mask = len(slots) - 1
    while i < stop:
        byte = np.int64(block[i])
        if byte == TEXT_END or byte == 10:
            if (
                (byte == TEXT_END)
                or (unit_end == AT_LINE_END and unit_filled)
                or (unit_end == AT_BLANK_LINE and unit_filled and not line_filled)
            ):
                ids[n] = END
                n += 1
                unit_filled = 0
            line_filled = 0
            i += 1
            continue
        # a word, from its first letter to what ends it
        begun, kind, size = i, BETWEEN, 0
        end = starts[n_words]
        digest = np.uint64(14695981039346656037)
        inside = 0  # bytes of an apostrophe that belongs to the word if a letter comes next
        while i < stop:
            byte = np.int64(block[i])
            if byte < 0x80:
                code, size = byte, 1
            elif byte == TEXT_END:
                break
            elif byte < 0xE0:
                code, size = ((byte & 31) << 6) | np.int64(block[i + 1] & 63), 2
            elif byte < 0xF0:
                code = ((byte & 15) << 12) | (np.int64(block[i + 1] & 63) << 6) | np.int64(block[i + 2] & 63)
                size = 3
            else:
                code, size = np.int64(-1), 4
            kind = kinds[code] if 0 <= code < len(kinds) else BETWEEN
            if kind == LETTER:
                if inside:
                    known[end] = 39
                    end += 1
                    digest = (digest ^ np.uint64(39)) * np.uint64(1099511628211)
                    inside = 0
            elif kind == INSIDE and end > starts[n_words] and not inside:
                inside = size
                i += size
                continue
            elif kind == LEFT_OUT:
                unit_filled = line_filled = 1
                i += size
                continue
            elif kind != SIGN or end > starts[n_words]:
                break
            letter = np.int64(written[code])
            if letter < 0x80:
                known[end] = letter
                end += 1
                digest = (digest ^ np.uint64(letter)) * np.uint64(1099511628211)
            else:
                if letter < 0x800:
                    first = 0xC0 | (letter >> 6)
                else:
                    first = 0xE0 | (letter >> 12)
                    known[end + 1] = 0x80 | ((letter >> 6) & 63)
                known[end] = first
                digest = (digest ^ np.uint64(first)) * np.uint64(1099511628211)
                end += 1
                if letter >= 0x800:
                    digest = (digest ^ np.uint64(known[end])) * np.uint64(1099511628211)
                    end += 1
                known[end] = 0x80 | (letter & 63)
                digest = (digest ^ np.uint64(known[end])) * np.uint64(1099511628211)
                end += 1
            i += size
            if kind == SIGN:
                break
        length = end - starts[n_words]
        if length == 0:
            if i < stop and block[i] != TEXT_END and block[i] != 10:  # what stands between words
                if kind != SPACE:
                    unit_filled = line_filled = 1
                i += size
            continue
        unit_filled = line_filled = 1
        digest ^= digest >> np.uint64(32)
        slot = np.int64(digest & np.uint64(mask))
        number = np.int64(-1)
        while slots[slot] >= 0:
            candidate = slots[slot]
            first = starts[candidate]
            if hashes[candidate] == digest and starts[candidate + 1] - first == length:
                number = np.int64(candidate)
                for k in range(length):
                    if known[first + k] != known[starts[n_words] + k]:
                        number = np.int64(-1)
                        break
                if number >= 0:
                    break
            slot = (slot + 1) & mask
        if number < 0:
            if n_words == len(hashes):
                i = begun
                break
            number = n_words
            slots[slot], hashes[number], starts[number + 1] = number, digest, end
            n_words += 1
        counts[number] += 1
        ids[n] = number
        n += 1
    state[POSITION], state[N_IDS], state[N_WORDS], state[N_BYTES] = i, n, n_words, starts[n_words]
    state[UNIT_FILLED], state[LINE_FILLED] = unit_filled, line_filled
