"""The labelled texts of a table, tokenised."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.progress import Progress
from embedviz.data.classes import Classes, read_classes
from embedviz.data.given_split import ROLE as SPLIT_ROLE
from embedviz.data.given_split import GivenSplit, read_given
from embedviz.data.reading import Table
from embedviz.data.roles import checked_roles
from embedviz.data.scripts import script_note
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.text.tokens import tokens_of

ROLES = {"text": "a column of text", "label": "a column of classes"}
OPTIONAL_ROLES = {"split": SPLIT_ROLE}
MIN_TEXTS = 10
MAX_CANDIDATES = 2000  # frequent words that `distinctive_words` chooses from
SAMPLE_TEXTS, SAMPLE_CHARACTERS = 50, 2000  # looked at for the note on scripts


@dataclass(frozen=True, eq=False)
class LabelledTexts:
    """N texts with their classes.

    Attributes
    ----------
    column
        Name of the column of texts.
    raw
        (N) the texts as they stand in the table.
    rows
        (N,) int64 places of their rows in the table.
    labels
        (U) the distinct words.
    texts
        (N) words by their places in `labels`, cut to the maximum length.
    classes
        Classes of the table's filled texts.
    codes
        (N,) int64, the class of each text.
    n_empty, n_cut
        Texts that were left out because they hold no word, and texts that were cut.
    script_note
        A sentence about scripts without spaces, where the texts are written in one.
    given
        The split that a column gives; None where it is to be drawn.
    """

    column: str
    raw: list[str]
    rows: np.ndarray
    labels: list[str]
    texts: CodedTexts
    classes: Classes
    codes: np.ndarray
    n_empty: int
    n_cut: int
    script_note: str
    given: GivenSplit | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def counts(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return how often each distinct word occurs in some of the texts: (U,) int64."""
        return self.texts.counts(rows, len(self.labels))

    def words(self, rows: np.ndarray) -> list[list[str]]:
        """Return the words of texts."""
        return [[self.labels[word] for word in self.texts.text(row).tolist()] for row in rows]


def read_labelled(
    table: Table, columns: Mapping[str, str | list[str]], max_length: int, lowercase: bool
) -> Generator[Progress, None, LabelledTexts]:
    """Read and tokenise the texts that have a class.

    Raises
    ------
    ColumnError
        When a column cannot play its role.
    DataError
        When too little is left to learn from.
    """
    chosen = checked_roles(table.frame, {role: c for role, c in columns.items() if isinstance(c, str)}, ROLES)
    cells, label = table.frame[chosen["text"]], table.column(chosen["label"])
    given = read_given(table.frame, columns)
    is_used = np.ones(len(cells), bool) if given is None else given.known
    is_filled = is_used & (cells.notna() & cells.astype(str).str.strip().astype(bool)).to_numpy(bool)
    classes = read_classes(label.take(is_filled))
    rows = np.flatnonzero(is_filled)[classes.codes >= 0]
    if len(rows) < MIN_TEXTS:
        raise DataError(
            f"Only {len(rows)} rows have both a text and a class that other rows share. At least {MIN_TEXTS} are "
            f"needed, and better hundreds."
        )
    codes = classes.codes[classes.codes >= 0]
    if given is not None:
        given = given.take(rows, "both a text and a class").with_classes(codes, classes.names)
        given = given.with_shared(pd.factorize(cells.iloc[rows].astype(str).str.strip())[0])
    note = script_note(" ".join(cells.iloc[rows[:SAMPLE_TEXTS]].astype(str))[:SAMPLE_CHARACTERS])
    tokens = yield from tokens_of(table, chosen["text"], "treebank", lowercase)
    tokenised = cells.notna().to_numpy().cumsum()[rows] - 1  # missing texts have no tokens
    cut = CodedTexts.of(tokens.text_ids(i)[:max_length] for i in tokenised)
    used, words = np.unique(cut.words, return_inverse=True)
    return LabelledTexts(
        column=chosen["text"],
        raw=cells.iloc[rows].astype(str).tolist(),
        rows=rows,
        labels=[tokens.labels[i] for i in used],
        texts=CodedTexts(words.astype(np.int32), cut.lengths),
        classes=classes,
        codes=codes,
        n_empty=int((is_used & ~is_filled & ~label.missing).sum()),
        n_cut=int((tokens.lengths[tokenised] > max_length).sum()),
        script_note=note,
        given=given,
    )


def texts_per_class(
    texts: CodedTexts, rows: np.ndarray | slice, codes: np.ndarray, n_words: int, n_classes: int
) -> np.ndarray:
    """Entry [w, c]: how many of the texts `rows` are of class c and hold word w < n_words, (n_words, C) int64."""
    text, word = texts.distinct(rows)
    is_kept = word < n_words
    pairs = word[is_kept] * n_classes + codes[text[is_kept]]
    return np.bincount(pairs, minlength=n_words * n_classes).reshape(n_words, n_classes)


def distinctive_words(data: LabelledTexts, n: int = 6) -> list[str]:
    """Return the words that occur in one class far more often than chance would have it: worth watching in training."""
    classes = data.classes
    frequency = np.bincount(data.texts.distinct()[1], minlength=len(data.labels))
    frequency[[not label.isalpha() for label in data.labels]] = 0
    common = np.argsort(-frequency, kind="stable")[:MAX_CANDIDATES]
    common = common[frequency[common] >= MIN_TEXTS]
    numbers = np.full(len(data.labels), len(common), np.int32)
    numbers[common] = np.arange(len(common))
    table = texts_per_class(data.texts.recoded(numbers), slice(None), data.codes, len(common), len(classes.names))
    expected = table.sum(1, keepdims=True) * classes.counts / classes.counts.sum()
    surprise = ((table - expected) / np.sqrt(np.maximum(expected, 1e-9))).max(1)
    return [data.labels[common[i]] for i in np.argsort(-surprise, kind="stable")[:n]]
