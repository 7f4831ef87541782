"""Dialects of delimited text, and text in one of them split into rows of cells.

Any dialect is rewritten to a normal form first: a delimiter of one character, quotation marks inside a quoted cell
doubled. What splits the rows knows that form alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from embedviz.core.errors import DataError

WHITESPACE = r"\s+"  # a delimiter: any run of blanks and tabs
SEPARATOR = "\x1f"  # the delimiter of a normal form whose own has more than one character
DELIMITER_NAMES = {
    "": "nothing (one column)",
    "\t": "tab",
    ",": "comma",
    ";": "semicolon",
    "|": "vertical bar",
    "::": "two colons",
    ":": "colon",
    WHITESPACE: "blanks",
}
MAX_DELIMITER_CHARACTERS = 16
MIN_WRAPPED = 0.9  # of the lines, from which the quotation marks around them are not those of a cell
_BY_NAME = {
    "\\t": "\t",
    "space": WHITESPACE,
    "whitespace": WHITESPACE,
    "none": "",
    **{name: delimiter for delimiter, name in DELIMITER_NAMES.items()},
}


def named_delimiter(delimiter: str) -> str:
    r"""Return the delimiter meant by "tab", "\\t", "comma", "blanks" and so on; any other text means itself.

    Raises
    ------
    DataError
        For text that cannot be between cells.
    """
    meant = _BY_NAME.get(delimiter.lower(), WHITESPACE if delimiter.strip(" ") == "" and delimiter else delimiter)
    if len(meant) > MAX_DELIMITER_CHARACTERS or re.search(r'[\n\r"\0]', meant):
        raise DataError(
            f"A delimiter is what stands between two cells of a line, such as a comma, a tab or '::', in at most "
            f"{MAX_DELIMITER_CHARACTERS} characters and without quotation marks, not {delimiter!r}."
        )
    return meant


def is_wrapped(lines: Sequence[str]) -> bool:
    """Return True when quotation marks stand around nearly each of the lines but the first, as around one cell."""
    wrapped = sum(_WRAPPED.fullmatch(line) is not None for line in lines[1:])
    return len(lines) > 1 and wrapped >= MIN_WRAPPED * (len(lines) - 1)


@dataclass(frozen=True)
class Dialect:
    r"""How a delimited text marks its cells.

    Parameters
    ----------
    delimiter : str
        Between the cells of a row: any text, WHITESPACE for runs of blanks and tabs, or empty for a single column.
    quote : str
        The character around cells that hold delimiters or line ends; empty where there is none.
    escape : str
        A backslash where it stands before a quotation mark inside a quoted cell; empty where marks are doubled.
    spaced : bool
        Blanks around a delimiter belong to it.
    in_prose : bool
        A delimiter before a blank belongs to the cell, as a comma does in a sentence.
    wrapped : bool
        Quotation marks stand around each line, and those inside it are doubled once more.

    Examples
    --------
    >>> Dialect("::").rows_of("1::2\n3::4\n")[1].cells
    ['3', '4']
    """

    delimiter: str
    quote: str = '"'
    escape: str = ""
    spaced: bool = False
    in_prose: bool = False
    wrapped: bool = False

    @property
    def separator(self) -> str:
        """The delimiter of the normal form."""
        if not self.delimiter:
            return ""
        return self.delimiter if len(self.delimiter) == 1 and not self.in_prose else SEPARATOR

    @property
    def is_normal(self) -> bool:
        """True when text in this dialect is its own normal form."""
        return len(self.delimiter) <= 1 and not (self.escape or self.spaced or self.in_prose or self.wrapped)

    def normalized(self, text: str) -> str:
        """Rewrite text that begins and ends with a row to the normal form; its lines stay where they are."""
        if self.wrapped:
            text = _WRAPPED.sub(lambda found: found[1].replace('""', '"'), text)
        quote = self.quote if self.quote and self.quote in text else ""
        if self.escape and quote and self.escape in text:
            text = self._escaped.sub(lambda found: quote * 2 if found[1] == quote else found[1], text)
        if self.delimiter == self.separator and not self.spaced:
            return text
        if self.delimiter == WHITESPACE:
            text = _MARGINS.sub("", text)
        elif not quote and not self.spaced and not self.in_prose:
            return text.replace(self.delimiter, SEPARATOR)
        return self._delimiters.sub(lambda found: found[1] if found[1] else self.separator, text)

    def rows_of(self, text: str, first_line: int = 1) -> list[Row]:
        """Return the rows of a text, empty lines left out. first_line: its number in the file."""
        return list(self._splitter.rows(self.normalized(text), first_line))

    @cached_property
    def _splitter(self) -> Splitter:
        return Splitter(self)

    @cached_property
    def _escaped(self) -> re.Pattern[str]:
        return re.compile(rf"{re.escape(self.escape)}([{re.escape(self.escape + self.quote)}])")

    @cached_property
    def _delimiters(self) -> re.Pattern[str]:
        """A quoted cell as group 1, which stays as it is, or a delimiter."""
        blanks = "[ ]*" * self.spaced
        delimiter = blanks + re.escape(self.delimiter) + blanks + "(?! )" * self.in_prose
        if self.delimiter == WHITESPACE:
            delimiter = r"[ \t]+"
        if not self.quote:
            return re.compile(rf"(\A\b\B)|{delimiter}")
        quote = re.escape(self.quote)
        begin = r"(?:(?<=[ \t\n])|(?<!.)" + (
            ")" if self.delimiter == WHITESPACE else rf"|(?<={re.escape(self.delimiter)}))"
        )
        return re.compile(
            rf"({begin}{quote}(?:[^{quote}]++|{quote}{quote})*+{quote}(?={delimiter}|\s*\n|\s*\Z))|{delimiter}"
        )


_WRAPPED = re.compile(r'^[ \t]*"((?:[^"\n]|"")*+)"[ \t]*$', re.MULTILINE)
_MARGINS = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)


class Row(NamedTuple):
    """A row of cells.

    line: where it begins, from 1. cells: as text. quoted: how many of them were in quotation marks. misquoted: a cell
    begins with a quotation mark that is not closed at its end, and is taken as it is. text: the row as it is written.
    """

    line: int
    cells: list[str]
    quoted: int
    misquoted: bool
    text: str

    @property
    def n_lines(self) -> int:
        """Lines of the file that the row spans."""
        return self.text.count("\n") + 1


class Splitter:
    """Splits text in a dialect's normal form into rows.

    A cell is quoted when it begins with a quotation mark whose partner stands before a delimiter or the end of the
    line. Any other mark is a character of the cell.
    """

    def __init__(self, dialect: Dialect):
        self.dialect = dialect
        self.separator, self.quote = dialect.separator, dialect.quote
        separator, quote = re.escape(self.separator), re.escape(self.quote)
        end = rf"{separator}|\n|\Z" if separator else r"\n|\Z"
        plain = rf"([^{separator}\n]*+)" if separator else r"([^\n]*+)"
        if quote:
            blanks = "[ ]*+" if self.separator != " " else ""
            mark = rf"{blanks}{quote}((?:[^{quote}]++|{quote}{quote})*+){quote}{blanks}(?={end})"
            self._cell = re.compile(rf"(?:{mark}|{plain})({end})")
        else:
            self._cell = re.compile(rf"(\A\b\B)?{plain}({end})")

    def rows(self, text: str, first_line: int = 1) -> Iterator[Row]:
        """Yield the rows of a text in normal form, empty lines left out."""
        quote, restored = self.quote, self.dialect.delimiter
        restore = self.separator == SEPARATOR and restored != SEPARATOR
        cells: list[str] = []
        quoted, misquoted = 0, False
        line, start, size = first_line, 0, len(text)
        for found in self._cell.finditer(text):
            inside, plain, end = found.groups()
            if inside is not None:
                quoted += 1
                cell = inside.replace(quote * 2, quote) if quote in inside else inside
                if restore and SEPARATOR in cell:
                    cell = cell.replace(SEPARATOR, " " if restored == WHITESPACE else restored)
            else:
                cell = plain
                misquoted = misquoted or (bool(quote) and plain.lstrip().startswith(quote))
            cells.append(cell)
            if end == self.separator and end:
                continue
            stop = found.end() - len(end)
            written = text[start:stop]
            if written.strip(" \t") or quoted:
                yield Row(line, cells, quoted, misquoted, written)
            line += written.count("\n") + 1
            start = found.end()
            if start >= size:
                return
            cells, quoted, misquoted = [], 0, False
