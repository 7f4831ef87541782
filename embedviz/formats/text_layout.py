"""The layout of text that may hold vectors, told from its first lines: how many numbers a line, whether words stand before
them, and whether it is a table or sparse vectors instead.

GloVe text is a word followed by numbers, separated by single blanks. A table of ratings or measurements looks much the same,
so what is told apart here is how the numbers look: those of vectors have fractions and both signs, those of tables are
often ids, ratings, counts and timestamps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from embedviz.formats.source import HEAD

MAX_LINES = 200  # looked at
MIN_LINES = 10  # fewer say little about which numbers a column holds
MIN_TABBED_NUMBERS = 5  # columns of numbers separated by tabs; fewer are a table's
MIN_ID = 1e8  # whole numbers from here on are ids or timestamps
MAX_DIM = 100_000
NUMBER_ENDS = b"0123456789.fFnNyY \t\r\n\v\f"  # the letters are of inf, nan and infinity
MATRIX_MARKET = b"%%MatrixMarket matrix coordinate"
_PAIR = re.compile(rb"\d+:[-+]?[\d.][\d.eE+-]*")
_WHOLE = re.compile(rb"[-+]?\d+")


@dataclass(frozen=True)
class RowLayout:
    """What a line of vectors holds.

    Attributes
    ----------
    dim : int
        Numbers in a line.
    has_labels : bool
        Whether a word stands before them. Without one the rows are numbered.
    is_promised : bool
        Whether the file itself says how many, by its first line or by tabs: whatever stands before the last dim fields is then
        the word.
    """

    dim: int
    has_labels: bool = True
    is_promised: bool = False


class TextHead:
    """The first lines of a text, taken apart."""

    def __init__(self, head: bytes):
        lines = head.split(b"\n", MAX_LINES + 1)
        if len(lines) > 1 and (len(lines) > MAX_LINES + 1 or len(head) > HEAD // 2):
            lines.pop()  # perhaps not whole
        self.lines = [line for line in lines if line.strip()][:MAX_LINES]
        tabs = {line.rstrip().count(b"\t") for line in self.lines}
        # Whether every line has the same tabs: those before all numbers, or one behind the word.
        self.has_tabs = len(tabs) == 1 and max(tabs) > 0
        self.fields = [_tabbed(line) if self.has_tabs else line.split() for line in self.lines]
        self.trailing = [trailing_numbers(fields) for fields in self.fields]

    @cached_property
    def dim(self) -> int:
        """The count of numbers behind the first field that most lines have, 0 when half of them have none in common."""
        if not self.trailing:
            return 0
        [(dim, lines)] = Counter(self.trailing).most_common(1)
        return dim if 2 * lines >= len(self.lines) else 0

    @cached_property
    def is_all_numbers(self) -> bool:
        """True when in most lines every field is a number, the first one, too."""
        return 2 * len(self._all_numbers) > len(self.fields)

    @cached_property
    def _all_numbers(self) -> list[list[bytes]]:
        """The fields of the lines that hold numbers alone."""
        pairs = zip(self.fields, self.trailing, strict=True)
        return [fields for fields, found in pairs if found == len(fields) - 1 and is_number(fields[0])]

    @cached_property
    def layout(self) -> RowLayout | None:
        """How the lines are read without a header, or None when they hold no numbers in common.

        Where all is numbers, the first column is taken for labels only when they could be row numbers or ids: whole numbers,
        each once.
        """
        if not self.dim:
            return None
        if self.is_all_numbers:
            first = [fields[0] for fields in self._all_numbers]
            whole = sum(map(is_whole, first))
            if 2 * whole < len(first) or len(set(first)) < len(first):
                return RowLayout(self.dim + 1, has_labels=False)
        return RowLayout(self.dim, is_promised=self.has_tabs)

    @cached_property
    def is_sparse(self) -> bool:
        """True when most lines hold pairs such as 17:0.25, or the first one says that it is a sparse matrix."""
        if self.lines and self.lines[0].startswith(MATRIX_MARKET):
            return True
        held = [fields for fields in self.fields if len(fields) > 1]
        pairs = sum(2 * sum(bool(_PAIR.fullmatch(f)) for f in fields[1:]) >= len(fields) - 1 for fields in held)
        return bool(held) and 2 * pairs > len(held)

    @cached_property
    def table(self) -> str:
        """What makes the text a table, in words that go on "looks like a table", or "" when it may be vectors."""
        layout = self.layout
        if layout is None:
            return ""
        if self._has_names:
            return "its first line names its columns"
        distinct = dict(zip(self.lines, zip(self.fields, self.trailing, strict=True), strict=True)).values()
        rows = [fields for fields, found in distinct if found == self.dim]
        columns = list(zip(*([fields[-layout.dim :] for fields in rows]), strict=True))
        fractional = 2 * sum(map(_is_fractional, columns)) > len(columns)
        signed = 3 * sum(map(_has_negative, columns)) >= len(columns)
        if self._is_tabbed and not (fractional and signed and layout.dim >= MIN_TABBED_NUMBERS):
            return f"{len(rows[0]):,} columns separated by tabs"
        if not layout.has_labels:
            return "" if fractional and signed else f"{layout.dim:,} columns of numbers"
        enough = len(rows) >= MIN_LINES
        firsts = [fields[0] for fields in rows]
        labels = [b" ".join(fields[: -self.dim]) for fields in rows] if fractional else firsts
        repeated = 1 - len(set(labels)) / len(labels)
        if enough and repeated > (0.5 if fractional else 0.2):
            return "values of its first column occur again and again"
        if fractional:
            return ""
        if len(rows) > 2 and any(map(_is_id, columns)):
            return "a column of ids or timestamps"
        if enough and (all(map(is_whole, firsts)) or 2 * sum(len(f) > self.dim + 1 for f in rows) > len(rows)):
            return "columns of whole numbers"
        return ""

    @cached_property
    def _has_names(self) -> bool:
        """True when the first line has a word where the others have numbers."""
        return self.trailing[0] == 0 and len(self.fields[0]) > 1 and len(self.fields[0]) == self.dim + 1

    @cached_property
    def _is_tabbed(self) -> bool:
        """True when the columns are separated by tabs."""
        return self.has_tabs and self.lines[0].count(b"\t") >= self.dim


def foreign_text(head: bytes) -> str:
    """Return what a text without vectors is and what to do, to go on after the file's name, or "" when that is not known."""
    if b"\0" in head:
        return ""
    text = TextHead(head)
    if text.is_sparse:
        return (
            f"holds sparse vectors (indices and numbers), such as {_shown(text.lines[-1])}, which are not read. Write out "
            f"every number: a word and all its numbers on each line."
        )
    if table := text.table:
        return (
            f"looks like a table, not like vectors: {table}. Open it as a table; if it does hold vectors, "
            f'load_vectors(…, format="glove") reads it as them.'
        )
    return ""


def number(field: bytes) -> float:
    """Return the number a field holds; ValueError when it holds none. Python alone would take 1_000 for one."""
    if b"_" in field:
        raise ValueError("digits grouped by underscores")
    return float(field)


def is_number(field: bytes) -> bool:
    """Return whether the field holds a number."""
    if field[-1:] not in NUMBER_ENDS:  # most words: an exception each would take five times as long
        return False
    try:
        number(field)
    except ValueError:
        return False
    return True


def is_whole(field: bytes) -> bool:
    """Return whether the field is written as a whole number."""
    return bool(_WHOLE.fullmatch(field))


def trailing_numbers(fields: Sequence[bytes]) -> int:
    """Return how many numbers end the line; the first field is the word, whatever it looks like."""
    count = 0
    for field in reversed(fields[1:]):
        if not is_number(field):
            break
        count += 1
    return count


def _tabbed(line: bytes) -> list[bytes]:
    """Take a line with tabs apart: its columns, or the word before its one tab and the numbers behind it."""
    columns = [column.strip() for column in line.rstrip().split(b"\t")]
    return columns if len(columns) > 2 else [columns[0], *columns[1].split()]


def _is_fractional(column: Sequence[bytes]) -> bool:
    return 2 * sum(map(is_whole, column)) < len(column)


def _has_negative(column: Sequence[bytes]) -> bool:
    return any(field.startswith(b"-") for field in column)


def _is_id(column: Sequence[bytes]) -> bool:
    return all(is_whole(field) and float(field) >= MIN_ID for field in column)


def _shown(line: bytes) -> str:
    return repr(line[:40].decode("utf-8", "replace").strip())
