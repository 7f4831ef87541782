"""Report on a file that was read: its format, what was left out, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from embedviz.data.dialect import DELIMITER_NAMES
from embedviz.data.text_units import UNITS, Unit

MAX_LISTED = 1000  # rows left out or mended that are listed


class RowNote(NamedTuple):
    """A line of the file, counted from 1, and why its row is not in the table or how it was mended."""

    line: int
    reason: str


@dataclass
class RowNotes:
    """Rows left out or mended; rows: the first MAX_LISTED, count: all of them."""

    rows: list[RowNote] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, reason: str) -> None:
        """Note a row."""
        self.count += 1
        if len(self.rows) < MAX_LISTED:
            self.rows.append(RowNote(line, reason))


class Alternative(NamedTuple):
    """Another way to read the file.

    options: of `embedviz.data.reading.read_table` that differ. sentence: what would come out.
    """

    options: dict[str, str | bool | int]
    sentence: str


@dataclass(frozen=True)
class ReadReport:
    """Format of a file, options that were used, and what was left out.

    Parameters
    ----------
    name : str
        The file's name.
    size_bytes : int
        Of the file as it came.
    format : {"text", "csv", "tsv", "jsonl", "fasttext", "parquet", "table"}
        "table": it was in memory.
    rows : int
        Rows of the table, or units of a text.
    compression, member, encoding, delimiter, unit : str
        Empty where they do not apply.
    header : bool, optional
        Whether a line names the columns; None where there are no lines.
    header_lines : tuple of int, optional
        The first and the last line of the names, counted from 1.
    quote, escape, decimal : str
        The quotation mark and what stands before one inside a cell, and the sign before fractions.
    dropped : list of RowNote
        The first 1,000 rows that were left out.
    dropped_count : int
        All rows that were left out.
    mended : list of RowNote
        The first 1,000 rows whose cells were brought to the table's shape.
    mended_count : int
        All such rows.
    alternatives : list of Alternative
        Other ways to read the file that explain it nearly as well.
    guesses : list of str
        Options that were guessed from the content.
    changes : list of str
        Sentences on what was done to the table after reading.
    warnings : list of str
        Sentences for the reader.
    truncated : bool
        Only the beginning was read, for a preview.
    """

    name: str
    size_bytes: int
    format: str = ""
    rows: int = 0
    compression: str = ""
    member: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    header_lines: tuple[int, int] | None = None
    unit: Unit | Literal[""] = ""
    quote: str = ""
    escape: str = ""
    decimal: str = ""
    dropped: list[RowNote] = field(default_factory=list)
    dropped_count: int = 0
    mended: list[RowNote] = field(default_factory=list)
    mended_count: int = 0
    alternatives: list[Alternative] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    truncated: bool = False

    def sentences(self) -> list[str]:
        """Return the report in words."""
        one, many = ("unit of text", "units of text") if self.unit else ("row", "rows")
        sentences = [f"{self.rows:,} {one if self.rows == 1 else many} read from {self.member or self.name}."]
        if self.unit:
            sentences.append(f"Taken as plain text: {UNITS[self.unit]}.")
        if self.encoding:
            sentences.append(f"Encoding: {self.encoding}.")
        if self.delimiter:
            sentences.append(f"Columns are separated by {DELIMITER_NAMES.get(self.delimiter, self.delimiter)}.")
        if self.escape:
            sentences.append("A backslash stands before quotation marks inside a cell.")
        if self.decimal == ",":
            sentences.append("A comma stands before fractions, a point between thousands.")
        if self.header is not None:
            sentences.append(
                _header_sentence(self.header_lines) if self.header else "There is no line with column names."
            )
        if self.guesses:
            sentences.append(f"Guessed: {', '.join(self.guesses)}.")
        if self.dropped_count:
            sentences.append(
                f"{self.dropped_count:,} {'row was' if self.dropped_count == 1 else 'rows were'} left out."
            )
        if self.mended_count:
            sentences.append(f"{self.mended_count:,} {'row was' if self.mended_count == 1 else 'rows were'} mended.")
        if self.truncated:
            sentences.append("This is a preview: only the beginning was read.")
        return sentences + self.changes + self.warnings


def _header_sentence(lines: tuple[int, int] | None) -> str:
    first, last = lines or (1, 1)
    if last > first:
        return f"Lines {first:,} to {last:,} name the columns together."
    return "The first line names the columns." if first == 1 else f"Line {first:,} names the columns."
