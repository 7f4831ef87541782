"""read_table: any file a person brings, to a frame, a report of what was read and a guess at the columns' roles."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Self

import pandas as pd

from embedviz.core.errors import DataError
from embedviz.data import delimited, dialect, jsonl, parquet, text_units
from embedviz.data.column import Column
from embedviz.data.containers import Opened, opened
from embedviz.data.encoding import Decoded, decode
from embedviz.data.guessing import guess_roles
from embedviz.data.report import ReadReport
from embedviz.data.scripts import script_note

PREVIEW_ROWS = 5000  # of a Parquet file, whose rows are not in the order of its bytes
NOTED = 100_000  # characters looked at for the note on scripts
TEXT_COLUMN = "text"
TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".psv")
TEXT_ENDINGS = (".txt", ".text", ".md")


@dataclass(frozen=True, eq=False)
class Table:
    """A file as a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    report : ReadReport
        What the file was taken for and what was left out.
    kind : {"text", "table"}
        "text" for plain text, a unit a row in the column "text".
    roles : dict of str to str
        role -> column, guessed.
    cache : Path or None
        The folder of the store that keeps this frame, where what is derived from it can be kept too. A copy with other
        rows (`dataclasses.replace`) has none.
    """

    frame: pd.DataFrame
    report: ReadReport
    kind: str
    roles: dict[str, str] = field(default_factory=dict)
    cache: Path | None = field(default=None, init=False)
    _columns: dict[str, Column] = field(default_factory=dict, init=False, repr=False)

    def column(self, name: str) -> Column:
        """Return a column by its name, the same object each time, so that its cells are parsed once."""
        if name not in self._columns:
            self._columns[name] = Column(name, self.frame[name])
        return self._columns[name]

    def cached_in(self, folder: Path) -> Self:
        """Return the same table with `cache` set."""
        table = replace(self)
        object.__setattr__(table, "cache", folder)
        return table


def read_table(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    unit: str | None = None,
    member: str | None = None,
    limit_bytes: int | None = None,
) -> Table:
    """Reads TXT, CSV, TSV, JSONL or Parquet, plain, gzipped or in a zip. Content decides; what is None is guessed.

    source: a path, the file's bytes, or a seekable binary file; name: what to call it in messages when it has none.
    encoding, delimiter ("," or "comma"), header: override the guess, the last two also say that it is a table.
    unit: take the file as plain text in lines, paragraphs, sentences or whole. member: which file of a zip.
    limit_bytes: read only the beginning, to the last whole row, for a preview; of Parquet, the first 5,000 rows.
    DataError (SeveralFilesError for a zip) says what was wrong, where, and what to do.
    """
    if unit is not None and unit not in text_units.UNITS:
        raise DataError(f"A unit is one of {', '.join(text_units.UNITS)}, not {unit!r}.")
    delimiter = None if delimiter is None else dialect.named_delimiter(delimiter)
    with opened(source, name, member) as file:
        if file.head(len(parquet.MAGIC)) == parquet.MAGIC:
            # its index is at its end, so a packed one is unpacked whole even for a preview
            stream = file.stream if file.seekable else io.BytesIO(file.read()[0])
            stream.seek(0)
            found = parquet.read(stream, file.name, PREVIEW_ROWS if limit_bytes else None)
            return _table(file, found.frame, "parquet", truncated=found.cut, warnings=found.notes)
        data, cut = file.read(limit_bytes)
        decoded = decode(data, file.name, encoding, cut)
        del data
        text = _one_kind_of_line_end(decoded.text)
        if not text.strip():
            raise DataError(f"{file.name} holds nothing but white space.")
        given = {"encoding": encoding, "delimiter": delimiter, "header": header, "unit": unit}
        return _from_text(file, text, decoded, cut, given)


def _from_text(file: Opened, text: str, decoded: Decoded, cut: bool, given: dict[str, Any]) -> Table:
    """The table or the units of text in a decoded file; `given` overrides what would be guessed."""
    name, said = file.name, {"encoding": decoded.encoding, "truncated": cut}
    unit, delimiter, header = given["unit"], given["delimiter"], given["header"]
    tabular = delimiter is not None or header is not None
    if unit is None and not tabular:
        if jsonl.looks_like(text) or name.lower().endswith(jsonl.ENDINGS):
            found = jsonl.read(text, name, cut)
            said |= {"dropped": found.dropped.rows, "dropped_count": found.dropped.count}
            return _table(file, found.frame, "jsonl", **said, guesses=_guessed(given, "encoding"),
                          warnings=decoded.warnings + found.notes)  # fmt: skip
        if jsonl.looks_like_one_document(text):
            raise DataError(f'{name} is JSON in one piece. Save it as JSONL, one object a line: {{"text": "…"}}.')
    guess = None if unit else delimiter or _delimiter(name, text, tabular)
    if guess:
        found = delimited.read(text, name, guess, header, cut)
        said |= {"dropped": found.dropped.rows, "dropped_count": found.dropped.count}
        return _table(file, found.frame, "tsv" if guess == "\t" else "csv", **said,
                      delimiter=guess, header=found.header, guesses=_guessed(given, "encoding", "delimiter", "header"),
                      warnings=decoded.warnings + found.notes)  # fmt: skip
    unit = unit or text_units.guess_unit(text)
    if cut:
        text = text_units.without_cut_end(text, unit)
    frame = pd.DataFrame({TEXT_COLUMN: pd.array(text_units.split_units(text, unit), dtype="str")})
    note = script_note(text[:NOTED])
    return _table(file, frame, "text", **said, unit=unit, guesses=_guessed(given, "encoding", "unit"),
                  warnings=decoded.warnings + ([note] if note else []))  # fmt: skip


def _delimiter(name: str, text: str, tabular: bool) -> str | None:
    """The character between the columns; None when the file is plain text."""
    ending = name.lower()
    if tabular or ending.endswith(TABLE_ENDINGS):
        likely = "\t" if ending.endswith((".tsv", ".tab")) else None
        return dialect.guess_delimiter(text, likely) or likely or ","
    return dialect.is_table(text, only_tabs=ending.endswith(TEXT_ENDINGS))


def _table(file: Opened, frame: pd.DataFrame, format: str, **found: Any) -> Table:
    report = ReadReport(
        name=file.name,
        size_bytes=file.size,
        format=format,
        rows=len(frame),
        compression=file.compression,
        member=file.member,
        **found,
    )
    kind = "text" if format == "text" else "table"
    return Table(frame, report, kind, guess_roles(frame, kind))


def _guessed(given: dict[str, Any], *fields: str) -> list[str]:
    return [name for name in fields if given[name] is None]


def _one_kind_of_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
