"""read_table: any file a person brings, to a frame, a report of what was read and a guess at the columns' roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from embedviz.data import delimited, jsonl, parquet, text_units
from embedviz.data.containers import Opened, opened
from embedviz.data.encoding import decode
from embedviz.data.report import ReadReport
from embedviz.data.roles import guess_roles
from embedviz.data.tokenizers import script_note
from embedviz.errors import DataError

PREVIEW_ROWS = 5000
TEXT_COLUMN = "text"


@dataclass(frozen=True)
class Table:
    """frame: the rows. kind: "text" when the file was plain text, a unit a row in column "text"; "table" otherwise.
    roles: role -> column, guessed."""

    frame: pd.DataFrame
    report: ReadReport
    kind: str
    roles: dict[str, str] = field(default_factory=dict)


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

    source: a path, the file's bytes, or an open binary file; name: what to call it in messages when it has none.
    encoding, delimiter, header: override the guess. unit: take the file as plain text in lines, paragraphs,
    sentences or whole. member: which file of a zip. limit_bytes: read only the beginning, to the last whole row.
    DataError (SeveralFilesError for a zip) says what was wrong, where, and what to do.
    """
    if unit is not None and unit not in text_units.UNITS:
        raise DataError(f"A unit is one of {', '.join(text_units.UNITS)}, not {unit!r}.")
    with opened(source, name, member) as file:
        is_parquet = file.head(4) == parquet.MAGIC
        data, cut = file.read(None if is_parquet else limit_bytes)  # Parquet has its index at its end
    if is_parquet:
        frame, cut = parquet.read(data, file.name, PREVIEW_ROWS if limit_bytes else None)
        return _table(frame, file, "parquet", truncated=cut)
    decoded = decode(data, file.name, encoding, cut)
    del data
    text, read_as = _whole_rows(decoded.text, cut), {"encoding": decoded.encoding, "truncated": cut}
    warnings = decoded.warnings
    if unit is None and (delimiter is not None or not _is_plain_name(file.name)):
        if delimiter is None and (_is_json_name(file.name) or jsonl.looks_like(text)):
            found = jsonl.read(text, file.name)
            return _table(
                found.frame,
                file,
                "jsonl",
                dropped=found.dropped,
                dropped_count=found.dropped_count,
                warnings=warnings,
                **read_as,
            )
        guessed = delimiter or delimited.guess_delimiter(text)
        if guessed or file.name.lower().endswith((".csv", ".tsv")):
            read = delimited.read(text, file.name, guessed or ",", header)
            return _table(
                read.frame,
                file,
                "tsv" if read.delimiter == "\t" else "csv",
                delimiter=read.delimiter,
                header=read.header,
                dropped=read.dropped,
                dropped_count=read.dropped_count,
                warnings=warnings,
                **read_as,
            )
    unit = unit or text_units.guess_unit(text)
    units = text_units.split_units(text, unit)
    if not units:
        raise DataError(f"{file.name} holds nothing but white space.")
    frame = pd.DataFrame({TEXT_COLUMN: pd.array(units, dtype="str")})
    note = script_note(text[:100_000])
    return _table(frame, file, "text", unit=unit, warnings=[*warnings, note] if note else warnings, **read_as)


def _table(frame: pd.DataFrame, file: Opened, format: str, **found: object) -> Table:
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


def _whole_rows(text: str, cut: bool) -> str:
    """Line ends made one kind, and what follows the last of them left out when the text was cut."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return text[: text.rindex("\n") + 1] if cut and "\n" in text else text


def _is_plain_name(name: str) -> bool:
    return name.lower().endswith((".txt", ".text", ".md"))


def _is_json_name(name: str) -> bool:
    return name.lower().endswith((".json", ".jsonl", ".ndjson"))
