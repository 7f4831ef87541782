"""Files of one data set brought together: the training file, and files for validation and testing, as one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.data.category_names import class_name
from embedviz.data.dialect import DELIMITER_NAMES
from embedviz.data.guessing import MAX_CLASSES
from embedviz.data.part_names import PART_NAMES, PartName
from embedviz.data.report import MAX_LISTED, ReadReport

SPLIT_COLUMN = "split"  # that says which file a row came from; " (file)" follows where the files have such a column
MAX_NAMES = 5  # of columns in a message
FIRST_ROWS = 200  # that most columns are told by


class ReadFile(Protocol):
    """A file that was read: `embedviz.data.reading.Table`."""

    @property
    def frame(self) -> pd.DataFrame:
        """The rows."""
        ...

    @property
    def report(self) -> ReadReport:
        """Format of the file, and what was left out."""
        ...


Read = Callable[..., ReadFile]  # reads a file; takes header= and delimiter= of read_table, for another reading


class Joined(NamedTuple):
    """Rows of several files, and one report on them."""

    frame: pd.DataFrame
    report: ReadReport


def join_parts(parts: Mapping[PartName, Read]) -> Joined:
    """Return the rows of a split's files with a column that says which part each row is of.

    Each file is read on its own, so that encodings and delimiters may differ. Columns are matched by name.

    Parameters
    ----------
    parts : mapping
        Part -> a function that reads its file; it takes `header` and `delimiter` of `read_table`. The training set is among them.

    Returns
    -------
    Joined

    Raises
    ------
    DataError
        If a file is plain text, or its columns are not those of the training file.
    """
    if "train" not in parts or len(parts) < 2:
        raise DataError(f"A split has a file for train and another for validation or test, not {', '.join(parts)}.")
    first = _checked(parts["train"]())
    tables = {
        part: first if part == "train" else _read_like(first, parts[part]) for part in PART_NAMES if part in parts
    }
    names = list(first.frame.columns)
    column = SPLIT_COLUMN
    while column in names:
        column += " (file)"
    frames = [table.frame[names].copy(deep=False) for table in tables.values()]
    notes: list[str] = []
    for table, cells in list(zip(tables.values(), frames, strict=True))[1:]:
        for name in _with_full_stops(frames[0], cells):
            cells[name] = cells[name].str.strip().str.removesuffix(".")
            note = f"each cell of “{name}” ends in a full stop that {first.report.name} does not have; it was left out."
            notes.append(f"{table.report.name}: {note}")
    frame = pd.DataFrame({name: _joined([cells[name] for cells in frames]) for name in names})
    marks = np.repeat(list(tables), [len(table.frame) for table in tables.values()])
    frame[column] = pd.array(marks, dtype="str")
    report = _joined_report([table.report for table in tables.values()])
    return Joined(frame, replace(report, warnings=[*report.warnings, *notes]))


def _checked(table: ReadFile) -> ReadFile:
    if table.report.format == "text":
        raise DataError(
            f"{table.report.name} is plain text without columns. Files are brought together as tables, which say what "
            f"their rows are of."
        )
    if table.frame.columns.has_duplicates:
        again = table.frame.columns[table.frame.columns.duplicated()][0]
        raise DataError(f"{table.report.name} has several columns {str(again)!r}. Give each its own name.")
    return table


def _read_like(first: ReadFile, read: Read) -> ReadFile:
    """Read a file whose columns have to be those of the first.

    It is read on its own. Where that gives other columns, as a short file may, it is read as the first was, unless the
    caller said how to read it.
    """
    table = read()
    if _has_columns_of(first, table):
        return _checked(table)
    own, as_first = table.report, first.report
    if as_first.header is not None and not {"header", "unit"}.isdisjoint(own.guesses):
        likewise = ({"header": as_first.header}, {"header": as_first.header, "delimiter": as_first.delimiter})
        for options in likewise[: 2 if "delimiter" in own.guesses or own.format == "text" else 1]:
            again = read(**options)
            if _has_columns_of(first, again):
                return _checked(again)
    raise DataError(_why_columns_differ(first, _checked(table)))


def _has_columns_of(first: ReadFile, table: ReadFile) -> bool:
    return table.report.format != "text" and set(table.frame.columns) == set(first.frame.columns)


def _why_columns_differ(first: ReadFile, table: ReadFile) -> str:
    one, other = first.report.name, table.report.name
    found = []
    if lacking := [str(name) for name in first.frame if name not in table.frame]:
        found.append(f"{other} lacks {_columns(lacking)}, which {one} has")
    if extra := [str(name) for name in table.frame if name not in first.frame]:
        found.append(f"{other} has {_columns(extra)}, which {one} lacks")
    why = "; ".join(found)
    hint = ""
    if {first.report.header, table.report.header} == {True, False}:
        with_names, without = (one, other) if first.report.header else (other, one)
        hint = f" {with_names} was taken to begin with column names and {without} not; set header if that is wrong."
    return f"{why}. Files that are brought together need the same columns.{hint}"


def _columns(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:MAX_NAMES])
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return f"the {'column' if len(names) == 1 else 'columns'} {shown}{more}"


def _joined(parts: list[pd.Series]) -> pd.Series:
    """The cells of a column, one file after the other. Numbers beside text become text, as they would in one file."""
    filled = [cells for cells in parts if _is_filled(cells)] or parts
    if len({_is_number(cells) for cells in filled}) > 1:
        parts = [_as_text(cells) for cells in parts]
        filled = [cells for cells in parts if _is_filled(cells)]
    empty = "float64" if _is_number(filled[0]) else filled[0].dtype
    typed = [cells if _is_filled(cells) else pd.Series([None] * len(cells), dtype=empty) for cells in parts]
    return pd.concat(typed, ignore_index=True)


def _with_full_stops(first: pd.DataFrame, part: pd.DataFrame) -> list[str]:
    """Columns of a few values that are those of the first file with a full stop behind each, as in the test file of Adult."""
    found: list[str] = []
    for name in part:
        if _is_number(part[name]) or _is_number(first[name]):
            continue
        cells = part[name].head(FIRST_ROWS).dropna().astype(str).str.strip()
        if cells.empty or not cells.str.endswith(".").all():
            continue  # most columns are done with here
        own = {value.strip() for value in part[name].dropna().astype(str).unique()}
        known = {value.strip() for value in first[name].dropna().astype(str).unique()}
        bare = {value.removesuffix(".") for value in own}
        if len(known) <= MAX_CLASSES and bare <= known and not known & own and all(v.endswith(".") for v in own):
            found.append(str(name))
    return found


def _is_filled(cells: pd.Series) -> bool:
    """True when a cell holds something; empty cells of a column of text may be blank."""
    known = cells.dropna()
    return len(known) > 0 and (_is_number(cells) or bool((known.astype(str).str.strip() != "").any()))


def _as_text(cells: pd.Series) -> pd.Series:
    return cells.map(class_name, na_action="ignore").astype("str") if _is_number(cells) else cells


def _is_number(cells: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(cells)


def _joined_report(reports: list[ReadReport]) -> ReadReport:
    """One report of several files; where their encodings or delimiters differ, it has all."""
    delimiters = [DELIMITER_NAMES.get(r.delimiter, r.delimiter) for r in reports if r.delimiter]
    differs = len({report.delimiter for report in reports}) > 1
    dropped = [row._replace(reason=f"{r.name}: {row.reason}") for r in reports for row in r.dropped]
    mended = [row._replace(reason=f"{r.name}: {row.reason}") for r in reports for row in r.mended]
    first = reports[0]
    return replace(
        first,
        name=", ".join(report.name for report in reports),
        member="",
        size_bytes=sum(
            {report.size_bytes if report.member else i: report.size_bytes for i, report in enumerate(reports)}.values()
        ),
        rows=sum(report.rows for report in reports),
        encoding=", ".join(dict.fromkeys(report.encoding for report in reports if report.encoding)),
        delimiter=", ".join(dict.fromkeys(delimiters)) if differs else first.delimiter,
        header=first.header if len({report.header for report in reports}) == 1 else None,
        dropped=dropped[:MAX_LISTED],
        dropped_count=sum(report.dropped_count for report in reports),
        mended=mended[:MAX_LISTED],
        mended_count=sum(report.mended_count for report in reports),
        alternatives=[],  # they are of one file alone
        guesses=list(dict.fromkeys(guess for report in reports for guess in report.guesses)),
        warnings=[f"{report.name}: {warning}" for report in reports for warning in report.warnings],
        truncated=any(report.truncated for report in reports),
    )
