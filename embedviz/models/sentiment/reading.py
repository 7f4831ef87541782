"""A table's texts and their classes, cut into words: what can be learned from, and what was left out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.errors import DataError
from embedviz.core.progress import Progress
from embedviz.data.classes import Classes, read_classes
from embedviz.data.roles import checked_roles
from embedviz.data.scripts import script_note
from embedviz.models.sentiment.words import words_of

if TYPE_CHECKING:
    from embedviz.data.reading import Table
    from embedviz.models.contract import Columns

ROLES = {"text": "a column of text", "label": "the class each text is in"}
FEWEST_TEXTS = 10
SAY_EVERY = 0.25  # seconds
COMMON = 2000  # words looked at for those that tell the classes apart
NOTED = 2000  # characters of the first texts by which the script is told


@dataclass(frozen=True)
class LabelledTexts:
    """texts as they came and words of each (N); codes (N,) their classes by number; empty: texts left out because no
    word is in them; cut: texts of more words than are read."""

    column: str
    texts: list[str]
    words: list[list[str]]
    classes: Classes
    codes: np.ndarray
    empty: int
    cut: int
    max_length: int

    @property
    def n_tokens(self) -> int:
        return sum(map(len, self.words))

    def left_out_sentences(self) -> list[str]:
        """What was left out or cut, in words."""
        said = self.classes.left_out_sentences()
        if self.empty:
            said.append(f"{self.empty:,} {'text is' if self.empty == 1 else 'texts are'} empty and left out.")
        if self.cut:
            said.append(
                f"{self.cut:,} {'text is' if self.cut == 1 else 'texts are'} longer than {self.max_length:,} words; the "
                f"first {self.max_length:,} are read."
            )
        return said

    def script_note(self) -> str:
        return script_note(" ".join(self.texts[:50])[:NOTED])


def read_labelled(
    table: Table, columns: Columns, max_length: int, lowercase: bool
) -> Iterator[Progress | LabelledTexts]:
    """Yields progress, the LabelledTexts last. ColumnError for a column that cannot play its role, DataError where too
    little is left to learn from."""
    chosen = checked_roles(table.frame, {role: c for role, c in columns.items() if isinstance(c, str)}, ROLES)
    cells = table.frame[chosen["text"]]
    filled = cells.notna() & cells.astype(str).str.strip().astype(bool)
    empty = int((~filled & table.frame[chosen["label"]].notna()).sum())
    classes = read_classes(table.frame.loc[filled, chosen["label"]])
    rows = np.flatnonzero(classes.codes >= 0)
    texts = cells[filled].iloc[rows].astype(str).tolist()
    if len(texts) < FEWEST_TEXTS:
        raise DataError(
            f"Only {len(texts)} rows have both a text and a class that other rows share. At least {FEWEST_TEXTS} are "
            f"needed, and better hundreds."
        )
    words, cut, said = [], 0, time.monotonic()
    for i, text in enumerate(texts):
        found = words_of(text, lowercase)
        cut += len(found) > max_length
        words.append(found[:max_length])
        if not i % 256 and time.monotonic() - said > SAY_EVERY:
            said = time.monotonic()
            yield Progress(step=i, total_steps=len(texts), message="Cutting texts into words")
    yield LabelledTexts(chosen["text"], texts, words, classes, classes.codes[rows], empty, cut, max_length)


def word_classes(words: Sequence[Sequence[str]], codes: np.ndarray, labels: list[str], n_classes: int) -> np.ndarray:
    """Entry [w, c]: texts of class c that word labels[w] stands in, (V, C) int64."""
    place = {label: i for i, label in enumerate(labels)}
    counts = np.zeros((len(labels), n_classes), np.int64)
    for text, code in zip(words, codes, strict=True):
        counts[[place[word] for word in set(text) if word in place], code] += 1
    return counts


def telling_words(read: LabelledTexts, most: int = 6) -> list[str]:
    """Words that stand in one class more than chance would have it, by far: worth watching while a model learns."""
    counts = Counter(word for words in read.words for word in set(words) if word.isalpha())
    common = [word for word, count in counts.most_common(COMMON) if count >= FEWEST_TEXTS]
    if not common:
        return []
    table = word_classes(read.words, read.codes, common, len(read.classes.names))
    texts = table.sum(1, keepdims=True)
    expected = texts * read.classes.counts / read.classes.counts.sum()
    surprise = ((table - expected) / np.sqrt(np.maximum(expected, 1e-9))).max(1)
    return [common[i] for i in np.argsort(-surprise, kind="stable")[:most]]
