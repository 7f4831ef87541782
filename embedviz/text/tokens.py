"""The words of a column of texts as integers, tokenised once and kept beside the table."""

from __future__ import annotations

import hashlib
import json
import time
from array import array
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sized
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
import pyarrow as pa
from pyarrow import feather

from embedviz.core.errors import DataError, SettingsError
from embedviz.core.files import replacing
from embedviz.core.plurals import listed
from embedviz.core.progress import Progress
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.column import cells_of
from embedviz.data.reading import Table
from embedviz.data.scripts import script_note
from embedviz.data.text_source import TextSource
from embedviz.data.text_units import Unit
from embedviz.text import tokenizers
from embedviz.text.character_kinds import TOKENIZERS as COMPILED_TOKENIZERS
from embedviz.text.id_array import BLOCK, IdArray, parts_of
from embedviz.text.numbering import Numbering
from embedviz.text.word_table import AT_BLANK_LINE, AT_FILE_END, AT_LINE_END, BYTES_A_WORD, END

VERSION = 2  # of the tokenizers and of the files: another number, and what is kept is tokenised again
REPORT_INTERVAL_S = 0.25  # between two progress events
MIN_COMPILED_CHARACTERS = 1 << 20  # of texts, from which loading the compiled code pays
BLOCK_BYTES = 1 << 18  # of a source read at a time
PRUNED = -2  # in place of a word that was left out, until the gap is closed
UNIT_ENDS: dict[Unit, int] = {
    "line": AT_LINE_END,
    "paragraph": AT_BLANK_LINE,
    "sentence": AT_FILE_END,
    "file": AT_FILE_END,
}
SAMPLE_TEXTS, SAMPLE_CHARACTERS = 200, 2000  # looked at for the note on scripts
IDS, LABELS, HEADER = "ids.npy", "labels.arrow", "tokens.json"


@dataclass(frozen=True)
class TokensHeader:
    """Contents of tokens.json: the version of the tokenizers, and the fields of `Tokens` beside ids and labels."""

    version: int
    script_note: str = ""
    max_words: int | None = None


@dataclass(frozen=True, eq=False)
class Tokens:
    """Texts as numbered words.

    Parameters
    ----------
    ids : (T,) int32 array
        Each word by its place in `labels`, END after each text; an empty text is END alone.
    labels : list of str
        The distinct words in order of first occurrence.
    script_note : str
        A sentence about scripts without spaces, where the texts are written in one.
    max_words : int, optional
        The bound on distinct words past which the rarest were left out; None where none had to be.
    """

    ids: np.ndarray
    labels: list[str]
    script_note: str = ""
    max_words: int | None = None

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.ends)

    @cached_property
    def ends(self) -> np.ndarray:
        """(N,) int64: where the END of each text stands in `ids`."""
        found = [np.flatnonzero(part == END) + i * BLOCK for i, part in enumerate(parts_of(self.ids))]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    @property
    def n_tokens(self) -> int:
        """Number of words in all texts."""
        return len(self.ids) - len(self)

    @cached_property
    def lengths(self) -> np.ndarray:
        """(N,) int64: words in each text."""
        return np.diff(self.ends, prepend=-1) - 1

    @cached_property
    def counts(self) -> np.ndarray:
        """(V,) int64: how often each word occurs."""
        return count_ids(self.ids, len(self.labels))

    @property
    def pruning_note(self) -> str:
        """A sentence about words that were left out to bound the memory; empty where none were."""
        if self.max_words is None:
            return ""
        return (
            f"The text has more distinct words than {self.max_words:,}, for which there was memory: the rarest were left out. "
            f"Allow more memory to count them all."
        )

    def text_ids(self, i: int) -> np.ndarray:
        """Return the ids of the words of text i: (L,) int32, without END."""
        return self.ids[self.ends[i] - self.lengths[i] : self.ends[i]]

    def text(self, i: int) -> list[str]:
        """Return the words of text i."""
        return [self.labels[token] for token in self.text_ids(i).tolist()]

    def texts(self) -> Iterator[list[str]]:
        """Yield the words of each text in turn."""
        return map(self.text, range(len(self)))

    def save(self, folder: Path) -> None:
        """Write the tokens into a folder, which is made when missing; the header last, so that what is found is whole."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(folder / IDS) as temporary, open(temporary, "wb") as file:
            np.save(file, self.ids)
        self.save_labels(folder)

    def save_labels(self, folder: Path) -> None:
        """Write all but the ids, the header last."""
        with replacing(folder / LABELS) as temporary:
            feather.write_feather(pa.table({"label": pa.array(self.labels, pa.large_string())}), str(temporary))
        write_typed(folder / HEADER, TokensHeader(VERSION, self.script_note, self.max_words))

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Read what `save` wrote, the ids memory-mapped; None where nothing usable is kept."""
        try:
            header = read_typed(folder / HEADER, TokensHeader)
            if header is None or header.version != VERSION:
                return None
            ids = np.load(folder / IDS, mmap_mode="r")
            labels = list(map(str, feather.read_table(folder / LABELS)["label"].to_pylist()))
        except (OSError, DataError, ValueError, EOFError):  # deleted meanwhile, or damaged
            return None
        return cls(ids, labels, header.script_note, header.max_words)


def tokenize(
    texts: Iterable[str] | TextSource,
    tokenizer: str = "words",
    lowercase: bool = True,
    *,
    file: BinaryIO | None = None,
    max_words: int | None = None,
) -> Generator[Progress, None, Tokens]:
    """Tokenise texts.

    Parameters
    ----------
    texts : iterable of str, or TextSource
        A source is read from disk block by block.
    tokenizer, lowercase
        See `embedviz.text.tokenizers.tokenizer`.
    file : binary file, optional
        Open for reading and writing, and empty: takes the ids as a .npy file, from which they are mapped. None keeps them
        in memory.
    max_words : int, optional
        Bound on the distinct words: past it the rarest are left out, those seen once first, as word2vec.c does.

    Yields
    ------
    Progress
        `step` and `total_steps` count texts, or bytes of a source.

    Returns
    -------
    Tokens
        4 bytes a word, whatever the length of a text.

    Notes
    -----
    Texts of a megabyte and more are read by a compiled kernel, except by the tokenizer "treebank".
    """
    if isinstance(texts, TextSource):
        return (yield from _source_tokens(texts, tokenizer, lowercase, file, max_words))
    total = len(texts) if isinstance(texts, Sized) else 0
    remaining = iter(texts)
    beginning = list(_beginning(remaining))
    sample = "\n".join(text[:SAMPLE_CHARACTERS] for text in beginning[:SAMPLE_TEXTS])
    note = script_note(sample) if tokenizer == "words" else ""
    is_small = sum(map(len, beginning)) < MIN_COMPILED_CHARACTERS
    everything = chain(beginning, remaining)
    if is_small or tokenizer not in COMPILED_TOKENIZERS:
        return (yield from _small_tokens(everything, total, tokenizer, lowercase, file, note))
    numbering = Numbering(tokenizer, lowercase)
    collected = _Collected(numbering, IdArray(file), max_words)
    reported, n_texts = time.monotonic(), 0
    for ids in numbering.texts(everything):
        collected.add(ids)
        n_texts += int((ids == END).sum())
        if time.monotonic() - reported >= REPORT_INTERVAL_S:
            reported = time.monotonic()
            yield _progress(n_texts, total, len(collected.ids) - n_texts)
    return collected.tokens(note)


def _progress(step: int, total: int, n_tokens: int) -> Progress:
    return Progress(step=step, total_steps=total, message=f"Splitting words: {n_tokens:,} so far")


def _small_tokens(
    texts: Iterable[str], total: int, tokenizer: str, lowercase: bool, file: BinaryIO | None, note: str
) -> Generator[Progress, None, Tokens]:
    """Tokenise without compiled code, which takes a moment to load."""
    split = tokenizers.tokenizer(tokenizer, lowercase)
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__  # a new word gets the next number
    number = index.__getitem__
    collected, ids = IdArray(file), array("i")
    n_tokens, reported = 0, time.monotonic()
    for n, text in enumerate(texts):
        for piece in tokenizers.pieces(text):
            found = split(piece)
            ids.extend(map(number, found))
            n_tokens += len(found)
            if time.monotonic() - reported >= REPORT_INTERVAL_S:
                reported = time.monotonic()
                yield _progress(n, total, n_tokens)
        ids.append(END)
        if len(ids) >= BLOCK:
            collected.append(np.frombuffer(ids, np.int32))
            ids = array("i")
    if ids:
        collected.append(np.frombuffer(ids, np.int32))
    return Tokens(collected.finish(), list(index), note)


def _source_tokens(
    source: TextSource, tokenizer: str, lowercase: bool, file: BinaryIO | None, max_words: int | None
) -> Generator[Progress, None, Tokens]:
    """Tokenise files block by block."""
    if tokenizer not in COMPILED_TOKENIZERS:
        raise SettingsError(
            f"Text is read from disk by the tokenizers {listed(COMPILED_TOKENIZERS)}, not {tokenizer!r}."
        )
    numbering = Numbering(tokenizer, lowercase)
    collected = _Collected(numbering, IdArray(file), max_words)
    reported, note, done = time.monotonic(), "", 0
    for each in source.files:
        for n, block in enumerate(each.blocks(BLOCK_BYTES)):
            if n == 0 and not note and tokenizer == "words":
                note = script_note(block[:SAMPLE_CHARACTERS].decode(errors="ignore"))
            collected.add(numbering.block(block, UNIT_ENDS[each.unit]))
            done += len(block)
            if time.monotonic() - reported >= REPORT_INTERVAL_S:
                reported = time.monotonic()
                yield _progress(min(done, source.size), source.size, len(collected.ids))
        collected.add(numbering.end_of_file())
    return collected.tokens(note)


class _Collected:
    """Ids as they come, their words kept below a bound."""

    def __init__(self, numbering: Numbering, ids: IdArray, max_words: int | None):
        self.ids, self._numbering, self._max_words = ids, numbering, max_words
        self._pruned_count = 0  # words seen so often were left out

    def add(self, ids: np.ndarray) -> None:
        """Add the next ids, and leave out the rarest words where there are too many."""
        self.ids.append(ids)
        while self._max_words is not None and len(self._numbering.table) > self._max_words:
            self._pruned_count += 1
            self.ids.replace(self._numbering.prune(self._pruned_count))

    def tokens(self, note: str) -> Tokens:
        """Return what was collected."""
        if self._pruned_count:
            self.ids.leave_out(PRUNED)
        table, pruned = self._numbering.table, self._pruned_count
        labels, counts = table.labels(), table.counts[: len(table)].copy()
        tokens = Tokens(self.ids.finish(), labels, note, self._max_words if pruned else None)
        tokens.__dict__["counts"] = counts  # the cached property: they were counted on the way
        return tokens


def _beginning(texts: Iterator[str]) -> Iterator[str]:
    """Take texts until there are enough to know that they are many."""
    n = 0
    while n < MIN_COMPILED_CHARACTERS and (text := next(texts, None)) is not None:
        n += len(text)
        yield text


def tokens_of(
    table: Table, column: str, tokenizer: str = "words", lowercase: bool = True, max_words: int | None = None
) -> Generator[Progress, None, Tokens]:
    """Tokenise the filled cells of a column, or read what is kept beside the table.

    Parameters
    ----------
    table : Table
        Its `source` is read in place of its frame, where it has one.
    column, tokenizer, lowercase, max_words
        See `tokenize`.

    Returns
    -------
    Tokens
        Text i is the i-th cell that is not missing, as `frame[column].dropna()` has them; or the i-th unit of the source.
    """
    texts = cells_of(table.frame, column).dropna().astype(str) if table.source is None else table.source
    if table.cache is None:
        return (yield from tokenize(texts, tokenizer, lowercase, max_words=max_words))
    name = json.dumps([column, tokenizer, lowercase])
    folder = table.cache / "tokens" / hashlib.sha256(name.encode()).hexdigest()[:32]
    if (kept := Tokens.load(folder)) and kept.max_words in (None, max_words):
        return kept
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(folder / IDS) as temporary, open(temporary, "w+b") as file:
            tokens = yield from tokenize(texts, tokenizer, lowercase, file=file, max_words=max_words)
        tokens.save_labels(folder)
    except OSError:  # a full disk costs another tokenisation, not the training
        return (yield from tokenize(texts, tokenizer, lowercase, max_words=max_words))
    return Tokens.load(folder) or tokens


def words_within(memory_bytes: int) -> int:
    """Return how many distinct words can be counted in this memory."""
    return max(1000, memory_bytes // BYTES_A_WORD)


def count_ids(ids: np.ndarray, n_labels: int) -> np.ndarray:
    """Count each id, END left out: (T,) int32 -> (n_labels,) int64."""
    counts = np.zeros(n_labels + 1, np.int64)
    for part in parts_of(ids):
        counts += np.bincount(part + 1, minlength=n_labels + 1)
    return counts[1:]
