"""What reading a file found: what it took the file for, what it left out and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Self

from embedviz.data.dialect import DELIMITER_NAMES
from embedviz.data.text_units import UNITS

SHOWN = 1000


class DroppedRow(NamedTuple):
    """A line of the file, counted from 1, and why it is not in the table."""

    line: int
    reason: str


@dataclass
class Dropped:
    """rows: the first 1,000 that were left out; count: all of them."""

    rows: list[DroppedRow] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.rows) < SHOWN:
            self.rows.append(DroppedRow(line, reason))


@dataclass(frozen=True)
class ReadReport:
    """format: text, csv, tsv, jsonl or parquet. dropped: the first 1,000 rows left out; dropped_count: all of them.
    size_bytes: of the file as it came. guesses: the fields that nobody gave and the content decided.
    truncated: only the beginning was read, for a preview."""

    name: str
    size_bytes: int
    format: str
    rows: int = 0
    compression: str = ""
    member: str = ""
    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    unit: str = ""
    dropped: list[DroppedRow] = field(default_factory=list)
    dropped_count: int = 0
    guesses: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    truncated: bool = False

    def sentences(self) -> list[str]:
        """The report in words."""
        what = ("unit of text", "units of text") if self.unit else ("row", "rows")
        said = [f"{self.rows:,} {what[self.rows != 1]} read from {self.member or self.name}."]
        if self.unit:
            said.append(f"Taken as plain text: {UNITS[self.unit]}.")
        if self.encoding:
            said.append(f"Encoding: {self.encoding}.")
        if self.delimiter:
            said.append(f"Columns are separated by {DELIMITER_NAMES.get(self.delimiter, self.delimiter)}.")
        if self.header is not None:
            said.append("The first line names the columns." if self.header else "There is no line with column names.")
        if self.guesses:
            said.append(f"Guessed: {', '.join(self.guesses)}.")
        if self.dropped_count:
            said.append(f"{self.dropped_count:,} {'row was' if self.dropped_count == 1 else 'rows were'} left out.")
        if self.truncated:
            said.append("This is a preview: only the beginning was read.")
        return said + self.warnings

    def as_dict(self) -> dict[str, Any]:
        """The fields as JSON has them."""
        return {**asdict(self), "dropped": [list(row) for row in self.dropped]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Rebuild what `as_dict` returned."""
        return cls(**{**values, "dropped": [DroppedRow(*row) for row in values["dropped"]]})
