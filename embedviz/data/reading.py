"""Files to tables: a frame, a report on what was read, and guesses at the columns' roles."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Self

import pandas as pd

from embedviz.core.errors import DataError
from embedviz.data import delimited, dialect, jsonl, parquet, text_units
from embedviz.data.column import Column, cells_of
from embedviz.data.containers import opened
from embedviz.data.encoding import decode
from embedviz.data.guessing import guess_roles
from embedviz.data.report import Dropped, ReadReport
from embedviz.data.scripts import script_note
from embedviz.data.text_units import Unit

READER_VERSION = 1  # increase it when a file would be read differently: kept tables are then read again
PREVIEW_ROWS = 5000  # of a Parquet file, whose rows are not in the order of its bytes
NOTE_CHARACTERS = 100_000  # looked at for the note on scripts
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
        Format of the file, and what was left out.
    kind : {"text", "table"}
        "text" for plain text, a unit a row in the column "text".
    roles : dict of str to str
        role -> column, guessed.
    cache : Path or None
        The folder of the store that keeps this frame, where what is derived from it can be kept too. A copy with other
        rows (`dataclasses.replace`) has none.

    Examples
    --------
    >>> table = read_table(b"film,stars\\nAlien,5\\nBrazil,4\\n", name="films.csv")
    >>> table.kind
    'table'
    >>> table.frame["film"].tolist()
    ['Alien', 'Brazil']
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
            self._columns[name] = Column(name, cells_of(self.frame, name))
        return self._columns[name]

    def cached_in(self, folder: Path) -> Self:
        """Return the same table with `cache` set."""
        table = replace(self)
        object.__setattr__(table, "cache", folder)
        return table


@dataclass(frozen=True)
class _Options:
    """Given options of a text file; None is guessed."""

    encoding: str | None
    delimiter: str | None
    header: bool | None
    unit: Unit | None

    def guesses(self, *fields: str) -> list[str]:
        """Those of the fields that were not given."""
        return [name for name in fields if getattr(self, name) is None]


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
    """Read TXT, CSV, TSV, JSONL or Parquet, plain, gzipped or in a zip.

    The content decides the format, and everything else that is not given.

    Parameters
    ----------
    source : path, bytes or seekable binary file
    name : str, optional
        What to call a source without a name in messages; its ending is looked at too.
    encoding : str, optional
        Such as "utf-8" or "latin-1".
    delimiter : str, optional
        A character or its name, such as "," or "comma"; the file is a table then.
    header : bool, optional
        Whether the first line names the columns; the file is a table then.
    unit : {"line", "paragraph", "sentence", "file"}, optional
        Take the file as plain text in such units.
    member : str, optional
        Which file of a zip.
    limit_bytes : int, optional
        Read only the beginning, to the last whole row, for a preview; of Parquet, the first 5,000 rows.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        With what is wrong, where, and what to do; `SeveralFilesError` for a zip of several files.

    Examples
    --------
    >>> table = read_table(b"film,stars\\nAlien,5\\nBrazil,4\\n", name="films.csv")
    >>> table.frame["stars"].tolist()
    [5, 4]
    >>> table.report.delimiter
    ','
    """
    checked_unit = _unit(unit)
    delimiter = None if delimiter is None else dialect.named_delimiter(delimiter)
    with opened(source, name, member) as file:
        report = ReadReport(file.name, file.size, compression=file.compression, member=file.member)
        if file.head(len(parquet.MAGIC)) == parquet.MAGIC:
            # its index is at its end, so a packed one is unpacked whole even for a preview
            stream = file.stream if file.seekable else io.BytesIO(file.read()[0])
            stream.seek(0)
            found = parquet.read(stream, file.name, PREVIEW_ROWS if limit_bytes else None)
            return _table(replace(report, format="parquet", truncated=found.cut, warnings=found.notes), found.frame)
        data, cut = file.read(limit_bytes)
        decoded = decode(data, file.name, encoding, cut)
        del data
        text = _unix_line_ends(decoded.text)
        if not text.strip():
            raise DataError(f"{file.name} holds nothing but white space.")
        report = replace(report, encoding=decoded.encoding, truncated=cut, warnings=decoded.warnings)
        return _from_text(text, report, _Options(encoding, delimiter, header, checked_unit))


def _unit(unit: str | None) -> Unit | None:
    """The unit by its name; DataError for an unknown one."""
    if unit is None or unit in text_units.UNITS:
        return unit
    raise DataError(f"A unit is one of {', '.join(text_units.UNITS)}, not {unit!r}.")


def _from_text(text: str, report: ReadReport, options: _Options) -> Table:
    """The rows or the units of a decoded text. report: of the file so far."""
    name, cut = report.name, report.truncated
    is_table = options.delimiter is not None or options.header is not None
    if options.unit is None and not is_table:
        if jsonl.looks_like(text) or name.lower().endswith(jsonl.ENDINGS):
            lines = jsonl.read(text, name, cut)
            return _table(
                replace(
                    _with_dropped(report, lines.dropped, lines.notes),
                    format="jsonl",
                    guesses=options.guesses("encoding"),
                ),
                lines.frame,
            )
        if jsonl.looks_like_one_document(text):
            raise DataError(f'{name} is JSON in one piece. Save it as JSONL, one object a line: {{"text": "…"}}.')
    delimiter = None if options.unit else options.delimiter or _delimiter(name, text, is_table)
    if delimiter:
        rows = delimited.read(text, name, delimiter, options.header, cut)
        return _table(
            replace(
                _with_dropped(report, rows.dropped, rows.notes),
                format="tsv" if delimiter == "\t" else "csv",
                delimiter=delimiter,
                header=rows.header,
                guesses=options.guesses("encoding", "delimiter", "header"),
            ),
            rows.frame,
        )
    unit = options.unit or text_units.guess_unit(text)
    if cut:
        text = text_units.without_cut_end(text, unit)
    note = script_note(text[:NOTE_CHARACTERS])
    report = replace(
        report,
        format="text",
        unit=unit,
        guesses=options.guesses("encoding", "unit"),
        warnings=[*report.warnings, note] if note else report.warnings,
    )
    units = pd.array(text_units.split_units(text, unit), dtype="str")
    return _table(report, pd.DataFrame({TEXT_COLUMN: units}))


def _delimiter(name: str, text: str, is_table: bool) -> str | None:
    """The character between the columns; None when the file is plain text. is_table: the caller says so."""
    ending = name.lower()
    if is_table or ending.endswith(TABLE_ENDINGS):
        likely = "\t" if ending.endswith((".tsv", ".tab")) else None
        return dialect.guess_delimiter(text, likely) or likely or ","
    return dialect.is_table(text, only_tabs=ending.endswith(TEXT_ENDINGS))


def _with_dropped(report: ReadReport, dropped: Dropped, notes: list[str]) -> ReadReport:
    warnings = report.warnings + notes
    return replace(report, dropped=dropped.rows, dropped_count=dropped.count, warnings=warnings)


def _table(report: ReadReport, frame: pd.DataFrame) -> Table:
    kind = "text" if report.format == "text" else "table"
    return Table(frame, replace(report, rows=len(frame)), kind, guess_roles(frame, kind))


def _unix_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
