"""Detection of a text's delimiter and of its header line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from embedviz.core.errors import DataError

DELIMITERS = ("\t", ";", "|", ",")  # rarer in prose first: the order decides when two fit equally well
DELIMITER_NAMES = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "vertical bar", " ": "space"}
SAMPLE_CHARACTERS = 200_000  # looked at
SAMPLE_ROWS = 500
MAX_FIELD_CHARACTERS = 10_000_000
MIN_TABLE_SHARE = 0.5  # of rows of the same width in a file whose name says that it is a table
MIN_SHARE = 0.95  # the same where the name says nothing
_NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*%?\s*")
_DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d\d.*)?\s*")
_KNOWN_NAMES = {
    *("id", "text", "label", "name", "title", "rating", "user", "item", "word", "count", "date", "category", "class"),
    *("target", "sentence", "review"),
}
MAX_NAME_LENGTH = 60  # characters of a column's name where nothing else distinguishes it from a value


class Fit(NamedTuple):
    """Fit of a delimiter to the first rows: the most common number of fields, and the share of rows that have it."""

    delimiter: str
    width: int
    share: float
    rows: int
    first_agrees: bool
    numeric: float  # share of cells that are numbers
    spaced: float  # share of fields after the first that begin with a space, as words after a comma do in prose


def named_delimiter(delimiter: str) -> str:
    """Return the character meant by "tab", "\\t", "comma" and so on; DataError for anything but one character."""
    by_name = {"\\t": "\t", **{name: character for character, name in DELIMITER_NAMES.items()}}
    character = by_name.get(delimiter.lower(), delimiter)
    if len(character) != 1 or character in '\n\r"\0':
        raise DataError(f"A delimiter is one character, such as a comma, a semicolon or a tab, not {delimiter!r}.")
    return character


def lines_of(text: str) -> list[str]:
    """Return the lines with their ends, for csv.reader; unlike splitlines, "\\n" alone ends a line."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines


def sample_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows without empty ones, and without a last row that the sample may have cut."""
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    sample = text[:SAMPLE_CHARACTERS]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines_of(sample), delimiter=delimiter):
            rows.append(row)
            if len(rows) > SAMPLE_ROWS:
                break
    except csv.Error:
        return rows
    if len(text) > len(sample) and 1 < len(rows) <= SAMPLE_ROWS:
        rows.pop()
    return [row for row in rows if row]


def fit(text: str, delimiter: str) -> Fit:
    """Measure how well a delimiter splits the beginning of a text."""
    rows = sample_rows(text, delimiter)
    if not rows:
        return Fit(delimiter, 0, 0.0, 0, False, 0.0, 0.0)
    width, agreeing = Counter(map(len, rows)).most_common(1)[0]
    cells = [cell for row in rows for cell in row]
    later = [cell for row in rows for cell in row[1:]]
    return Fit(
        delimiter,
        width,
        agreeing / len(rows),
        len(rows),
        len(rows[0]) in (width, width - 1),  # one less: R leaves out the name of the row names
        sum(map(bool, map(_NUMBER.fullmatch, cells))) / len(cells),
        sum(cell.startswith(" ") for cell in later) / max(1, len(later)),
    )


def guess_delimiter(text: str, likely: str | None = None) -> str | None:
    """Return the character that splits most rows alike, for a file whose name says that it is a table.

    Parameters
    ----------
    likely : str, optional
        The delimiter that the file's name suggests; returned where it fits.

    Returns
    -------
    str or None
        None where no delimiter fits.
    """
    fits = [fit(text, delimiter) for delimiter in DELIMITERS]
    good = [f for f in fits if f.width > 1 and f.share >= MIN_TABLE_SHARE and f.first_agrees]
    if any(f.delimiter == likely for f in good):
        return likely
    best = max(good, key=lambda f: (round(f.share, 1), round(f.numeric, 1)), default=None)
    return None if best is None else best.delimiter


def is_table(text: str, only_tabs: bool) -> str | None:
    """Return the delimiter of a file whose name says nothing of columns, None where it is no table.

    Nearly every row has to have the same number of fields, there have to be three rows, and they must not read like
    prose.

    Parameters
    ----------
    only_tabs : bool
        Consider tabs alone, as in a .txt file.
    """
    fits = [fit(text, delimiter) for delimiter in (DELIMITERS[:1] if only_tabs else DELIMITERS)]
    good = [f for f in fits if f.width > 1 and f.rows >= 3 and f.share >= MIN_SHARE and f.spaced < 0.5]
    best = max(good, key=lambda f: (f.share, round(f.numeric, 1)), default=None)
    return None if best is None else best.delimiter


def looks_like_header(first: list[str], rest: list[list[str]]) -> bool:
    """Return True when the first row names the columns.

    Its cells are filled, differ, and are no numbers or dates above columns of such; over columns of text alone, they
    are known names, or short and not repeated below.
    """
    cells = [cell.strip() for cell in first]
    if not any(cells):
        return False
    if not rest:
        return all(cell.lower() in _KNOWN_NAMES for cell in cells)
    filled = [cell for cell in cells if cell]
    if len(filled) < len(cells) - 1 or any(_is_value(cell) for cell in filled):
        return False  # one may be empty: pandas writes its index under no name
    if sum(cell.lower() in _KNOWN_NAMES for cell in filled) >= max(1, len(cells) // 2):
        return True
    columns = list(zip(*[row for row in rest if len(row) == len(first)], strict=False))
    for column in columns:
        values = [value for value in column if value.strip()]
        if values and all(map(_is_value, values)):
            return True
    if len(set(filled)) < len(filled):
        return False
    if any(cell and cell in map(str.strip, column) for cell, column in zip(cells, columns, strict=False)):
        return False
    if any(_repeats(column) for column in columns):
        return True  # classes below a cell that is none of them: it names them, at whatever length
    return max(map(len, filled)) <= MAX_NAME_LENGTH


def _repeats(column: Sequence[str]) -> bool:
    """True for a column of answers or classes: few distinct values, each of them often."""
    values = [value.strip() for value in column if value.strip()]
    return len(values) >= 10 and len(set(values)) <= len(values) / 5


def column_names(row: list[str], width: int) -> list[str]:
    """Return unique names for the columns: an empty one is named by its place, a repeated one gets a number."""
    names: list[str] = []
    taken = set()
    for i in range(width):
        name = " ".join(row[i].split()) if i < len(row) else ""
        name = name or f"column {i + 1}"
        unique, n = name, 2
        while unique in taken:
            unique, n = f"{name} ({n})", n + 1
        names.append(unique)
        taken.add(unique)
    return names


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))
