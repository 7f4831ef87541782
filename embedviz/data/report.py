"""Report on a file that was read: its format, what was left out, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from embedviz.data.dialect import DELIMITER_NAMES
from embedviz.data.text_units import UNITS, Unit

MAX_DROPPED = 1000  # rows left out that are listed


class DroppedRow(NamedTuple):
    """A line of the file, counted from 1, and why it is not in the table."""

    line: int
    reason: str


@dataclass
class Dropped:
    """Rows left out; rows: the first MAX_DROPPED, count: all of them."""

    rows: list[DroppedRow] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, reason: str) -> None:
        """Count a row that is left out."""
        self.count += 1
        if len(self.rows) < MAX_DROPPED:
            self.rows.append(DroppedRow(line, reason))


@dataclass(frozen=True)
class ReadReport:
    """Format of a file, options that were used, and what was left out.

    Parameters
    ----------
    name : str
        The file's name.
    size_bytes : int
        Of the file as it came.
    format : {"text", "csv", "tsv", "jsonl", "parquet"}
    rows : int
        Rows of the table, or units of a text.
    compression, member, encoding, delimiter, unit : str
        Empty where they do not apply.
    header : bool, optional
        Whether the first line names the columns; None where there are no lines.
    dropped : list of DroppedRow
        The first 1,000 rows that were left out.
    dropped_count : int
        All rows that were left out.
    guesses : list of str
        Options that were guessed from the content.
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
    unit: Unit | Literal[""] = ""
    dropped: list[DroppedRow] = field(default_factory=list)
    dropped_count: int = 0
    guesses: list[str] = field(default_factory=list)
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
        if self.header is not None:
            sentences.append(
                "The first line names the columns." if self.header else "There is no line with column names."
            )
        if self.guesses:
            sentences.append(f"Guessed: {', '.join(self.guesses)}.")
        if self.dropped_count:
            sentences.append(
                f"{self.dropped_count:,} {'row was' if self.dropped_count == 1 else 'rows were'} left out."
            )
        if self.truncated:
            sentences.append("This is a preview: only the beginning was read.")
        return sentences + self.warnings
