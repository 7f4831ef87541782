"""Words of text as numbers, read from bytes: by a compiled kernel where a text allows it, by its tokenizer where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from embedviz.text import tokenizers
from embedviz.text.character_kinds import CONTEXTUAL, N_ASCII, N_CHARACTERS, CharacterKinds, character_kinds
from embedviz.text.word_table import (
    AT_TEXT_END,
    END,
    LINE_FILLED,
    TEXT_END,
    UNIT_FILLED,
    WordTable,
    next_contextual,
)

BATCH_CHARACTERS = 1 << 18  # of texts read at once
MAX_REMEMBERED = 1 << 18  # words of the tokenizer's, which are Python's strings


class Numbering:
    """Numbers the words of one text after the other.

    Parameters
    ----------
    tokenizer : str
        One of `embedviz.text.character_kinds.TOKENIZERS`.
    lowercase : bool

    Attributes
    ----------
    table : WordTable
        The words so far.
    """

    def __init__(self, tokenizer: str, lowercase: bool):
        self.table = WordTable()
        self._name, self._lowercase = tokenizer, lowercase
        self._split: Callable[[str], list[str]] = tokenizers.tokenizer(tokenizer, lowercase)
        self._ascii = character_kinds(tokenizer, lowercase, N_ASCII)
        self._ascii_is_plain = CONTEXTUAL not in self._ascii.kinds
        self._remembered: dict[str, int] = {}

    def texts(self, texts: Iterable[str]) -> Iterator[np.ndarray]:
        """Yield the ids of texts, END after each, in batches of (T,) int32."""
        batch: list[str] = []
        size = 0
        for text in texts:
            if len(text) > tokenizers.PIECE_CHARACTERS:
                if batch:
                    yield self._batch(batch)
                    batch, size = [], 0
                for piece in tokenizers.pieces(text):
                    yield self.block(piece.encode("utf-8", "surrogatepass"), AT_TEXT_END)
                text = ""
            batch.append(text)
            size += len(text)
            if size >= BATCH_CHARACTERS:
                yield self._batch(batch)
                batch, size = [], 0
        if batch:
            yield self._batch(batch)

    def block(self, block: bytes, unit_end: int) -> np.ndarray:
        """Return the ids of a block of UTF-8 that does not end inside a word: (T,) int32.

        Parameters
        ----------
        unit_end : int
            Where units end: see `WordTable.read`.
        """
        data = np.frombuffer(block, np.uint8)
        if block.isascii() and self._ascii_is_plain:
            return self.table.read(data, 0, len(data), self._ascii, unit_end)
        kinds = self._ascii if block.isascii() else self._all()
        end_byte = bytes([TEXT_END]) if unit_end == AT_TEXT_END else b"\n"
        parts: list[np.ndarray] = []
        done = 0
        while done < len(block):
            contextual = next_contextual(data, done, kinds)
            if contextual == len(block):
                parts.append(self.table.read(data, done, len(block), kinds, unit_end))
                break
            begun = max(done, block.rfind(end_byte, done, contextual) + 1)
            if begun > done:
                parts.append(self.table.read(data, done, begun, kinds, unit_end))
            done = block.find(end_byte, contextual)
            done = len(block) if done < 0 else done
            parts.append(self._by_tokenizer(block[begun:done]))
        return np.concatenate(parts) if parts else np.empty(0, np.int32)

    def prune(self, max_count: int) -> np.ndarray:
        """Forget rare words: see `WordTable.prune`."""
        self._remembered.clear()
        return self.table.prune(max_count)

    def end_of_file(self) -> np.ndarray:
        """Return END where a unit is under way, nothing otherwise: (0 or 1,) int32."""
        filled = bool(self.table.state[UNIT_FILLED])
        self.table.state[UNIT_FILLED] = self.table.state[LINE_FILLED] = 0
        return np.full(int(filled), END, np.int32)

    def _batch(self, texts: list[str]) -> np.ndarray:
        ends = bytes([TEXT_END])
        joined = "\n".join(texts)
        if joined.isascii() and joined.count("\n") == len(texts) - 1:
            return self.block(joined.encode().replace(b"\n", ends) + ends, AT_TEXT_END)
        return self.block(ends.join(text.encode("utf-8", "surrogatepass") for text in texts) + ends, AT_TEXT_END)

    def _all(self) -> CharacterKinds:
        return character_kinds(self._name, self._lowercase, N_CHARACTERS)

    def _by_tokenizer(self, text: bytes) -> np.ndarray:
        """The ids of a text, or a part of one, that the kernel cannot read."""
        table, remembered = self.table, self._remembered
        if len(remembered) > MAX_REMEMBERED:
            remembered.clear()
        ids = np.empty(0, np.int32)
        if words := self._split(text.decode("utf-8", "surrogatepass")):
            for word in words:
                if word not in remembered:
                    remembered[word] = table.number(word)
            ids = np.fromiter(map(remembered.__getitem__, words), np.int32, len(words))
            np.add.at(table.counts, ids, 1)
        table.state[UNIT_FILLED] = table.state[LINE_FILLED] = 1
        return ids
