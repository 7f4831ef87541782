"""CSV and TSV to a frame. Rows that do not fit are left out, counted and named; a quotation mark left open costs one row."""

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

BLOCK = 20_000  # rows turned into Arrow columns at a time, so that a large table is never a list of Python strings
LONGEST_ROW = 1000  # lines a quoted cell may span; beyond, a quotation mark was left open
MANY_OPEN = 200  # marks left open from which quotation marks are ordinary characters in this file
OPEN = "a quotation mark is opened and not closed"
ORDINARY = "from here on quotation marks are taken for ordinary characters, because so many are not closed"


class Delimited(NamedTuple):
    frame: pd.DataFrame
    header: bool
    dropped: Dropped
    notes: list[str]


class Row(NamedTuple):
    """line: where it begins, from 1. problem: empty, or why the row cannot be used."""

    line: int
    cells: list[str]
    problem: str


def read(text: str, name: str, delimiter: str, header: bool | None, cut: bool = False) -> Delimited:
    """The table in the text. Rows with more or fewer fields than most are left out with their line; a row that is
    too long only by empty fields is kept. cut: the text stops before the file does, so its last row may be half.

    DataError when no rows are left.
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
        if len(block) == BLOCK:
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
    """The rows, empty lines left out. A row that runs over several lines and then has not `width` fields, or never
    ends, began with a quotation mark left open: that one line is a problem, and reading goes on with the next line."""
    csv.field_size_limit(dialect.FIELD_LIMIT)
    lines = _Lines(text)
    quoting = csv.QUOTE_MINIMAL
    reader = csv.reader(lines, delimiter=delimiter)
    open_marks = 0
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
                open_marks += 1
                if open_marks == MANY_OPEN:
                    quoting = csv.QUOTE_NONE
                line = lines.number + 1
                next(lines)
                reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)
                yield Row(line, [], OPEN if open_marks < MANY_OPEN else f"{OPEN}; {ORDINARY}")
                continue
        elif (
            at_end
            and quoting == csv.QUOTE_MINIMAL
            and "end of data" in _misquoted(text[lines.row_position :], delimiter)
        ):
            yield Row(lines.row_number, [], OPEN)
            return
        if cells or problem:
            yield Row(lines.row_number, cells, problem)


class _Lines:
    """The lines of a text for csv.reader, able to go back to where a row began. Ends a row that spans too many."""

    def __init__(self, text: str):
        self.text = text
        self.position = self.number = 0  # characters and lines taken so far
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
        """How many lines the row has taken."""
        return self.number - self.row_start

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        start = self.position
        if start >= len(self.text):
            raise StopIteration
        if self.number - self.row_start >= LONGEST_ROW:
            self.torn = True
            raise StopIteration
        self.position = self.text.find("\n", start) + 1 or len(self.text)
        self.number += 1
        return self.text[start : self.position]


def _misquoted(row: str, delimiter: str) -> str:
    """What a strict reader says of the row's quotation marks; empty when they are right. "a"b is wrong: a closing mark
    stands before a delimiter or the end of the row, so this one opens a cell that the mark before it left open."""
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
