"""Rows that do not have the table's shape: mended where one reading alone fits the columns, else left out and named."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from embedviz.data.cell_patterns import is_missing, is_value
from embedviz.data.dialect import WHITESPACE, Dialect, Row
from embedviz.data.table_layout import Layout

MAX_CELL_CHARACTERS = 10_000_000
MIN_SWALLOWED = 4  # lines of the table's shape inside one quoted cell, which are then taken for rows
LITERAL = "a quotation mark is opened and not closed; it was kept as a character"
INNER = "quotation marks inside a cell are not doubled; they were kept"
ONE_MORE = "an empty field too many was left out"
OTHER_DELIMITER = "its cells are separated by {}"
SWALLOWED = "a quotation mark is opened and closed only lines later; it was kept as a character"
TOO_LONG = f"a cell has more than {MAX_CELL_CHARACTERS:,} characters"
_OTHER_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", WHITESPACE: "blanks"}


class Mended(NamedTuple):
    """A row's cells, `Layout.width` of them, and how it was mended, empty where it was as it should be.

    cells is None when the row cannot be used; how says why then.
    """

    line: int
    cells: list[str] | None
    how: str


class Mender:
    """Brings the rows of a table to its shape.

    Parameters
    ----------
    dialect : Dialect
        Of the file.
    layout : Layout
        Of the table.
    """

    def __init__(self, dialect: Dialect, layout: Layout):
        self.dialect, self.layout = dialect, layout
        self.fields = layout.width
        others = {d: name for d, name in _OTHER_DELIMITERS.items() if d != dialect.delimiter}
        # without a column of values any delimiter would fit
        self._others = [(Dialect(d, dialect.quote), name) for d, name in others.items()] if any(layout.values) else []
        separator = dialect.separator
        self._inside = None
        if dialect.quote and separator:
            quote, end = re.escape(dialect.quote), re.escape(separator)
            closing = rf"{quote}[ ]*(?:{end}|\Z)"
            self._inside = re.compile(rf"(?:[ ]*{quote}((?:(?!{closing}).)*+){quote}[ ]*|([^{end}]*+))({end}|\Z)")

    def mend(self, rows: Iterable[Row]) -> Iterator[Mended]:
        """Yield each row in the table's shape, or why it has not."""
        for row in rows:
            if row.n_lines > 1 and self._swallows(row):
                yield from self._lines(row)
            else:
                yield self._mended(row)

    def _mended(self, row: Row) -> Mended:
        cells = row.cells
        if max(map(len, cells)) > MAX_CELL_CHARACTERS:
            return Mended(row.line, None, TOO_LONG)
        if len(cells) == self.fields and not row.misquoted:
            return Mended(row.line, cells, "")
        found = self._trimmed(cells)
        if row.misquoted:
            for how, other in self._quoted_otherwise(row):
                trimmed = self._trimmed(other)
                if trimmed is not None and (found is None or (self._fits(trimmed) and not self._fits(found))):
                    return Mended(row.line, trimmed, how)
            if found is not None:
                return Mended(row.line, found, LITERAL)
        if found is not None:
            return Mended(row.line, found, "")
        if (fewer := self._without_an_empty_one(cells)) is not None:
            return Mended(row.line, fewer, ONE_MORE)
        for dialect, name in self._others:
            if len(dialect.delimiter) == 1 and row.text.count(dialect.delimiter) < self.fields - 1:
                continue
            split = dialect.rows_of(row.text)
            if len(split) == 1 and (trimmed := self._trimmed(split[0].cells)) is not None and self._fits(trimmed):
                return Mended(row.line, trimmed, OTHER_DELIMITER.format(name))
        return Mended(row.line, None, f"expected {self.fields} fields, got {len(cells)}")

    def _trimmed(self, cells: list[str]) -> list[str] | None:
        """The cells where they have the right number, but for empty ones at the end; None where the rest does not fit."""
        if len(cells) < self.fields or any(cell.strip() for cell in cells[self.fields :]):
            return None
        trimmed = cells[: self.fields]
        return trimmed if len(cells) == self.fields or self._fits(trimmed) else None

    def _quoted_otherwise(self, row: Row) -> Iterator[tuple[str, list[str]]]:
        """The cells when a quotation mark is closed only before a delimiter, and when csv.reader splits them."""
        if self._inside is None or row.n_lines > 1:
            return
        cells: list[str] = []
        for found in self._inside.finditer(row.text):
            inside, plain, end = found.groups()
            cells.append(plain if inside is None else inside)
            if not end:
                break
        yield INNER, cells
        try:
            yield (
                INNER,
                next(csv.reader([row.text], delimiter=self.dialect.separator, quotechar=self.dialect.quote), []),
            )
        except csv.Error:
            return

    def _without_an_empty_one(self, cells: list[str]) -> list[str] | None:
        """The cells without the one empty field too many, where the columns of values tell which one it is."""
        if len(cells) != self.fields + 1 or not (any(self.layout.values) or any(self.layout.empty)):
            return None
        fitting: list[list[str]] = []
        for i, cell in enumerate(cells):
            if not cell.strip():
                fewer = cells[:i] + cells[i + 1 :]
                if self._fits(fewer) and fewer not in fitting:
                    fitting.append(fewer)
        return fitting[0] if len(fitting) == 1 else None

    def _fits(self, cells: Sequence[str]) -> bool:
        """True when columns of numbers and dates hold such, or nothing, and empty columns nothing."""
        for cell, has_values, is_empty in zip(cells, self.layout.values, self.layout.empty, strict=False):
            if (is_empty and cell.strip()) or (has_values and not is_value(cell) and not is_missing(cell)):
                return False
        return True

    def _swallows(self, row: Row) -> bool:
        """True when every line of a row looks like a row, so that two loose quotation marks have made one of them."""
        lines = row.text.split("\n")
        if self.fields < 2:
            return False
        plain = [line.split(self.dialect.separator) for line in lines]
        if any(len(cells) != self.fields for cells in plain):
            return False
        return len(lines) >= MIN_SWALLOWED or (any(self.layout.values) and all(map(self._fits, plain)))

    def _lines(self, row: Row) -> Iterator[Mended]:
        for number, line in enumerate(row.text.split("\n"), row.line):
            quoted = bool(self.dialect.quote) and self.dialect.quote in line
            yield Mended(number, line.split(self.dialect.separator), SWALLOWED if quoted else "")
