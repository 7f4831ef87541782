"""CSV and TSV to a frame. Malformed rows are left out, counted and named; an unclosed quotation mark costs one row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from embedviz.core.errors import DataError
from embedviz.data import dialect
from embedviz.data.report import Dropped
from embedviz.data.typing_columns import has_decimal_comma, typed

BLOCK_ROWS = 20_000  # turned into Arrow columns at a time, so that a large table is never a list of Python strings
MAX_ROW_LINES = 1000  # that a quoted cell may span; beyond, a quotation mark is not closed
MAX_UNCLOSED = 200  # quotation marks, from which they are ordinary characters in this file
UNCLOSED = "a quotation mark is opened and not closed"
ORDINARY = "from here on quotation marks are taken for ordinary characters, because so many are not closed"


class Delimited(NamedTuple):
    """A delimited file as a frame; notes: sentences on its columns."""

    frame: pd.DataFrame
    header: bool
    dropped: Dropped
    notes: list[str]


class Row(NamedTuple):
    """A row and the line where it begins, from 1; problem: why it cannot be used, else empty."""

    line: int
    cells: list[str]
    problem: str


def read(text: str, name: str, delimiter: str, header: bool | None, cut: bool = False) -> Delimited:
    """Read delimited text.

    Rows with more or fewer fields than most are left out with their line; a row that is too long only by empty fields
    is kept.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    header : bool or None
        Whether the first line names the columns; None to guess.
    cut : bool
        The text stops before the file does, so its last row may be half.

    Raises
    ------
    DataError
        If no rows are left.
    """
    sample = dialect.sample_rows(text, delimiter)
    if not sample:
        raise DataError(f"{name} holds no rows.")
    width = Counter(map(len, sample)).most_common(1)[0][0]
    first, rest = sample[0], sample[1:]
    nameless_first = len(first) == width - 1 and dialect.looks_like_header(["row", *first], rest)
    if header is None:
        header = nameless_first or (len(first) == width and dialect.looks_like_header(first, rest))
    names = _names(first, width, header, nameless_first)
    rows = records(text, delimiter, width, whole=not cut)
    dropped, notes = Dropped(), []
    if header:
        next(rows)
    blocks = [[] for _ in names]
    block: list[list[str]] = []
    for row in rows:
        cells = row.cells
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if row.problem or len(cells) != width:
            dropped.add(row.line, row.problem or f"expected {width} fields, got {len(cells)}")
            continue
        block.append(cells)
        if len(block) == BLOCK_ROWS:
            _flush(block, blocks)
    _flush(block, blocks)
    if not blocks[0]:
        below = " below its line of column names" if header else ""
        why = f" Line {dropped.rows[0].line:,}: {dropped.rows[0].reason}." if dropped.rows else ""
        raise DataError(f"{name} holds no rows{below}.{why}")
    columns = {}
    for i, column in enumerate(names):
        values = pa.chunked_array(blocks[i], pa.large_string())
        blocks[i] = []
        converted, note = typed(
            values, decimal_comma=delimiter == ";" or (delimiter == "\t" and has_decimal_comma(values))
        )
        columns[column] = converted
        notes += [f"Column {column}: {note}"] if note else []
    return Delimited(pd.DataFrame(columns), header, dropped, notes)


def records(text: str, delimiter: str, width: int, whole: bool = True) -> Iterator[Row]:
    """Yield the rows, empty lines left out.

    A row that spans several lines and does not have `width` fields, or never ends, began with an unclosed quotation
    mark: that line is a problem, and reading continues with the next line.

    Parameters
    ----------
    width : int
        Fields of a row.
    whole : bool
        Whether the text ends where the file does; otherwise the last row is left out.
    """
    csv.field_size_limit(dialect.MAX_FIELD_CHARACTERS)
    lines = _Lines(text)
    quoting = csv.QUOTE_MINIMAL
    reader = csv.reader(lines, delimiter=delimiter)
    unclosed = 0
    while True:
        lines.start_row()
        try:
            cells = next(reader)
            problem = ""
        except StopIteration:
            return
        except csv.Error as error:
            cells, problem = [], str(error)
        at_end = lines.position == len(text)
        if at_end and not whole:
            return  # the row may be half
        if lines.row_lines > 1 and quoting == csv.QUOTE_MINIMAL:
            torn = lines.torn or _misquoted(text[lines.row_position : lines.position], delimiter)
            if problem or torn or (len(cells) != width and any(cells[width:])) or len(cells) < width:
                lines.back_to_row()
                unclosed += 1
                if unclosed == MAX_UNCLOSED:
                    quoting = csv.QUOTE_NONE
                line = lines.number + 1
                next(lines)
                reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)
                yield Row(line, [], UNCLOSED if unclosed < MAX_UNCLOSED else f"{UNCLOSED}; {ORDINARY}")
                continue
        elif (
            at_end
            and quoting == csv.QUOTE_MINIMAL
            and "end of data" in _misquoted(text[lines.row_position :], delimiter)
        ):
            yield Row(lines.row_number, [], UNCLOSED)
            return
        if cells or problem:
            yield Row(lines.row_number, cells, problem)


class _Lines:
    """The lines of a text for csv.reader, able to go back to the start of a row; ends a row of too many lines."""

    def __init__(self, text: str):
        self.text = text
        self.position = self.number = 0  # characters and lines read so far
        self.start_row()

    def start_row(self) -> None:
        self.row_position, self.row_start, self.torn = self.position, self.number, False

    def back_to_row(self) -> None:
        self.position, self.number = self.row_position, self.row_start

    @property
    def row_number(self) -> int:
        """The line on which the row begins, from 1."""
        return self.row_start + 1

    @property
    def row_lines(self) -> int:
        """Lines of the row so far."""
        return self.number - self.row_start

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        start = self.position
        if start >= len(self.text):
            raise StopIteration
        if self.number - self.row_start >= MAX_ROW_LINES:
            self.torn = True
            raise StopIteration
        self.position = self.text.find("\n", start) + 1 or len(self.text)
        self.number += 1
        return self.text[start : self.position]


def _misquoted(row: str, delimiter: str) -> str:
    """A strict reader's error about the row's quotation marks; empty when they are right. "a"b is wrong: a closing mark
    stands before a delimiter or the end of the row."""
    try:
        for _ in csv.reader(dialect.lines_of(row), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return str(error)
    return ""


def _names(first: list[str], width: int, header: bool, nameless_first: bool) -> list[str]:
    if not header:
        return [f"column {i + 1}" for i in range(width)]
    return dialect.column_names(["row", *first] if nameless_first else first, width)


def _flush(block: list[list[str]], columns: list[list[pa.Array]]) -> None:
    for parts, values in zip(columns, zip(*block, strict=True), strict=False):
        parts.append(pa.array(values, pa.large_string()))
    block.clear()
