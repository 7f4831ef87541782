"""The words of a column of texts as integers, tokenised once and kept beside the table."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from array import array
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sized
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
from pyarrow import feather

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.core.progress import Progress
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.column import cells_of
from embedviz.data.reading import Table
from embedviz.data.scripts import script_note
from embedviz.text import tokenizers

END = -1  # stands after each text
VERSION = 2  # of the tokenizers and of the files: another number, and what is kept is tokenised again
REPORT_INTERVAL_S = 0.25  # between two progress events
COUNT_BLOCK = 1 << 22  # tokens counted at a time
SAMPLE_TEXTS, SAMPLE_CHARACTERS = 200, 2000  # looked at for the note on scripts
IDS, LABELS, HEADER = "ids.npy", "labels.arrow", "tokens.json"


@dataclass(frozen=True)
class TokensHeader:
    """Contents of tokens.json: the version of the tokenizers, and a note on the script of the texts."""

    version: int
    script_note: str = ""


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
    """

    ids: np.ndarray
    labels: list[str]
    script_note: str = ""

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.ends)

    @cached_property
    def ends(self) -> np.ndarray:
        """(N,) int64: where the END of each text stands in `ids`."""
        return np.flatnonzero(self.ids == END)

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
        with replacing(folder / LABELS) as temporary:
            feather.write_feather(pa.table({"label": pa.array(self.labels, pa.large_string())}), str(temporary))
        write_typed(folder / HEADER, TokensHeader(VERSION, self.script_note))

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
        return cls(ids, labels, header.script_note)


def tokenize(
    texts: Iterable[str], tokenizer: str = "words", lowercase: bool = True
) -> Generator[Progress, None, Tokens]:
    """Tokenise texts.

    Parameters
    ----------
    texts : iterable of str
    tokenizer, lowercase
        See `embedviz.text.tokenizers.tokenizer`.

    Yields
    ------
    Progress
        `step` and `total_steps` count texts.

    Returns
    -------
    Tokens
        4 bytes a word, whatever the length of a text.
    """
    split = tokenizers.tokenizer(tokenizer, lowercase)
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__  # a new word gets the next number
    number = index.__getitem__
    ids = array("i")
    total = len(texts) if isinstance(texts, Sized) else 0
    n_tokens, reported = 0, time.monotonic()
    sample: list[str] = []
    for n, text in enumerate(texts):
        for piece in tokenizers.pieces(text):
            found = split(piece)
            ids.extend(map(number, found))
            n_tokens += len(found)
            if time.monotonic() - reported >= REPORT_INTERVAL_S:
                reported = time.monotonic()
                yield Progress(step=n, total_steps=total, message=f"Splitting words: {n_tokens:,} so far")
        ids.append(END)
        if len(sample) < SAMPLE_TEXTS:
            sample.append(text[:SAMPLE_CHARACTERS])
    note = script_note("\n".join(sample)) if tokenizer == "words" else ""
    return Tokens(np.frombuffer(ids, np.int32) if ids else np.empty(0, np.int32), list(index), note)


def tokens_of(
    table: Table, column: str, tokenizer: str = "words", lowercase: bool = True
) -> Generator[Progress, None, Tokens]:
    """Tokenise the filled cells of a column, or read what is kept beside the table.

    Returns
    -------
    Tokens
        Text i is the i-th cell that is not missing, as `frame[column].dropna()` has them.
    """
    folder = None
    if table.cache is not None:
        name = json.dumps([column, tokenizer, lowercase])
        folder = table.cache / "tokens" / hashlib.sha256(name.encode()).hexdigest()[:32]
        if kept := Tokens.load(folder):
            return kept
    tokens = yield from tokenize(cells_of(table.frame, column).dropna().astype(str), tokenizer, lowercase)
    if folder is not None:
        with contextlib.suppress(OSError):  # a full disk costs another tokenisation, not the training
            tokens.save(folder)
    return tokens


def count_ids(ids: np.ndarray, n_labels: int) -> np.ndarray:
    """Count each id, END left out: (T,) int32 -> (n_labels,) int64."""
    counts = np.zeros(n_labels + 1, np.int64)
    for start in range(0, len(ids), COUNT_BLOCK):
        counts += np.bincount(ids[start : start + COUNT_BLOCK] + 1, minlength=n_labels + 1)
    return counts[1:]
