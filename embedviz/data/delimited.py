"""CSV and TSV: the delimiter and the header are found, ragged rows are left out and counted."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import NamedTuple

import pandas as pd

from embedviz.data.report import SHOWN, DroppedRow
from embedviz.errors import DataError

DELIMITERS = (",", "\t", ";", "|")
FIELD_LIMIT = 10_000_000  # characters in one cell
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*%?\s*")


class Delimited(NamedTuple):
    frame: pd.DataFrame
    delimiter: str
    header: bool
    dropped: list[DroppedRow]
    dropped_count: int


def guess_delimiter(text: str) -> str | None:
    """The character that splits the first rows into the same number of fields, two or more; None when none does."""
    sample = text[:100_000]
    best: tuple[float, int, str] | None = None
    for delimiter in DELIMITERS:
        rows = [row for row, _ in zip(_rows(sample, delimiter), range(200), strict=False) if row]
        if len(text) > len(sample) and len(rows) > 1:
            rows = rows[:-1]  # cut in the middle
        if not rows:
            continue
        width, agreeing = Counter(map(len, rows)).most_common(1)[0]
        share = agreeing / len(rows)
        if width > 1 and (len(rows) > 1 or delimiter != ",") and (best is None or (share, width) > best[:2]):
            best = (share, width, delimiter)
    return best[2] if best and best[0] >= 0.7 else None


def read(text: str, name: str, delimiter: str, header: bool | None) -> Delimited:
    """The table. Rows with more or fewer fields than most are left out with their line. All cells stay text here,
    and columns become numbers where every cell that is not empty is one."""
    rows, lines = [], []
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{name}, line {line:,}: {error}. Is a quotation mark left open there?") from None
    if not rows:
        raise DataError(f"{name} holds no rows.")
    width = Counter(map(len, rows[:1000])).most_common(1)[0][0]
    if header is None:
        header = looks_like_header(rows[0], rows[1:200]) and len(rows[0]) == width
    names = _column_names(rows[0], width) if header else [f"column {i + 1}" for i in range(width)]
    kept, dropped, count = [], [], 0
    for row, number in zip(rows[1:] if header else rows, lines[1:] if header else lines, strict=True):
        if len(row) == width:
            kept.append(row)
            continue
        count += 1
        if len(dropped) < SHOWN:
            dropped.append(DroppedRow(number, f"expected {width} fields, got {len(row)}"))
    if not kept:
        raise DataError(f"{name} holds no rows below its line of column names." if header else f"{name} holds no rows.")
    frame = pd.DataFrame(kept, columns=names, dtype="str")
    return Delimited(frame.apply(typed), delimiter, header, dropped, count)


def looks_like_header(first: list[str], rest: list[list[str]]) -> bool:
    """A first line names the columns when its cells are filled, differ, and are not numbers above columns of numbers;
    over columns of text alone, when none of its cells comes again below."""
    cells = [cell.strip() for cell in first]
    if not any(cells) or sum(not cell for cell in cells) > 1:  # one without a name is an index that was written along
        return False
    if any(_NUMBER.fullmatch(cell) for cell in cells):
        return False
    columns = list(zip(*[row for row in rest if len(row) == len(first)], strict=False))
    if any(all(_NUMBER.fullmatch(value) for value in column if value.strip()) and any(column) for column in columns):
        return True
    repeated = len(set(cells)) < len(cells) or any(cell in column for cell, column in zip(cells, columns, strict=False))
    return not repeated and max(map(len, cells)) <= 60


def typed(column: pd.Series) -> pd.Series:
    """Numbers where every filled cell is one (an empty cell is missing), the text as it is otherwise. A leading zero
    means that it is a code, not a number: 007 stays 007."""
    filled = column[column.str.strip() != ""]
    if not len(filled) or filled.str.match(r"\s*0\d").any():
        return column
    numbers = pd.to_numeric(filled, errors="coerce")
    if numbers.isna().any():
        return column
    return numbers.reindex(column.index)


def _rows(text: str, delimiter: str):
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        return


def _column_names(row: list[str], width: int) -> list[str]:
    return unique_names([" ".join(cell.split()) or f"column {i + 1}" for i, cell in enumerate(row[:width])])


def unique_names(names: list[str]) -> list[str]:
    """The names, a repeated one with a number: a, a -> a, a (2)."""
    found: dict[str, None] = {}
    for name in names:
        unique, n = name, 2
        while unique in found:
            unique, n = f"{name} ({n})", n + 1
        found[unique] = None
    return list(found)
