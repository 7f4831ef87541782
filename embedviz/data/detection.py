"""Detection of a delimited text's dialect: candidates are scored on the whole sample, and the best explained one is taken.

The score follows CleverCSV (van den Burg, Nazábal and Sutton 2019, "Wrangling messy CSV files by detecting row and type
patterns"): a dialect is good when its rows have one shape and its cells look like cells. Here the shape is a table with
its surroundings (see `embedviz.data.table_layout`), so that titles, notes and names cost a good dialect nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from embedviz.data.cell_patterns import is_whole
from embedviz.data.dialect import DELIMITER_NAMES, WHITESPACE, Dialect, Row, is_wrapped
from embedviz.data.report import Alternative
from embedviz.data.table_layout import Layout, find_layout

SAMPLE_CHARACTERS = 200_000  # looked at
SAMPLE_LINES = 1000
CHECKED_CELLS = 3000  # whose look is judged
MIN_SPACED = 0.9  # of the cells after the first that begin with a blank where blanks belong to the delimiter
MIN_LOOSE = 3  # cells that begin with a quotation mark where none is quoted, from which the mark is a character
ONE_COLUMN = 0.4  # the score of lines that are a column of their own
MIN_ALTERNATIVE = 0.5  # of the best score, from which another dialect is offered
MAX_ALTERNATIVES = 3
MIN_CERTAIN = 0.95  # of the rows that have one shape in a file whose name does not say that it is a table
MIN_ROWS = 3  # of such a file
# what may stand between cells, and how likely it is to be there for another reason
PRIORS = {
    ",": 1.0,
    "\t": 1.0,
    ";": 1.0,
    "|": 1.0,
    "\x01": 0.9,
    "\x1f": 0.9,
    "~": 0.9,
    "^": 0.9,
    "¦": 0.9,
    WHITESPACE: 0.8,
    ":": 0.6,
}
REPEATED = "|:~^"  # which stand between cells in twos or threes where they never stand alone
IN_PROSE = ",;"  # which belong to a cell before a blank where the rows have one shape then and none is quoted
UNLIKELY_IN_PROSE = 0.98  # of its score, as nothing else asks for it
LACKS_NAME = 0.85  # of its score for a table whose first column has no name
_SIGNS = re.compile(r"[<>|:;~^#&@$*=+/\\!¦§]{2,}")
CHECKED_LINES = 100  # in which unusual delimiters are looked for
MIN_UNUSUAL = 0.8  # of the lines that have to hold one equally often
UNUSUAL = 0.9  # prior of such a delimiter
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.{1,3}?)"?\s*\n')  # what Excel reads, and writes above a table


@dataclass(frozen=True)
class Reading:
    """One way to read a delimited text: its dialect, its layout, and how well they explain the sample, from 0 to 1."""

    dialect: Dialect
    layout: Layout
    score: float


class Given(NamedTuple):
    """What is known of the dialect already; None is found."""

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool | int | None = None


def sample_of(text: str) -> str:
    """Return the whole lines at the beginning of a text that are looked at."""
    sample = text[: SAMPLE_CHARACTERS + 1]
    end = -1
    for _ in range(SAMPLE_LINES):
        after = sample.find("\n", end + 1)
        if after < 0:
            break
        end = after
    if len(sample) <= SAMPLE_CHARACTERS and sample.find("\n", end + 1) < 0:
        return sample  # all of it
    return sample[: end + 1] if end > 0 else sample[:SAMPLE_CHARACTERS]


def readings(text: str, given: Given | None = None, likely: str | None = None) -> list[Reading]:
    """Return the ways to read a text, the best first; at most one for each delimiter.

    Parameters
    ----------
    text : str
        The beginning of the file, with "\\n" at the end of each line.
    given : Given, optional
        What is known already.
    likely : str, optional
        The delimiter that the file's name suggests.
    """
    given = given or Given()
    sample = sample_of(text)
    found: dict[str, Reading] = {}
    for dialect in _candidates(sample, given):
        reading = _reading(sample, dialect, given)
        if reading is None:
            continue
        if dialect.delimiter == likely:
            reading = replace(reading, score=min(1.0, 1.1 * reading.score))
        known = found.get(dialect.delimiter)
        if known is None or reading.score > known.score + 1e-9:
            found[dialect.delimiter] = reading
    return sorted(found.values(), key=lambda reading: -reading.score)


def is_certain(reading: Reading, *, in_prose: bool) -> bool:
    """Return True when a file whose name says nothing of columns is a table in this reading.

    Parameters
    ----------
    reading : Reading
        One of those found.
    in_prose : bool
        The name says that the file is text, such as one that ends in .txt.
    """
    layout, delimiter = reading.layout, reading.dialect.delimiter
    if layout.width < 2 or layout.explained < MIN_CERTAIN or layout.rows < MIN_ROWS:
        return False
    n_values = sum(layout.values)
    if delimiter in ("\t", "|") or _is_repeated(delimiter):
        return True
    if delimiter == WHITESPACE:
        return n_values >= layout.width / 2
    if in_prose or reading.dialect.spaced or delimiter == ":":
        return n_values > 0  # words after a comma begin with a blank in prose too
    return True


def alternatives(best: Reading, found: Sequence[Reading], header: bool | int | None) -> list[Alternative]:
    """Return what else a file may be read as, the likeliest first: another delimiter, other names, one column.

    Parameters
    ----------
    best : Reading
        The one that was taken.
    found : sequence of Reading
        All of them, the best first.
    header : bool or int, optional
        As it was given.
    """
    others: list[Alternative] = []
    for other in found:
        if other.dialect.delimiter != best.dialect.delimiter and other.score >= MIN_ALTERNATIVE * best.score:
            delimiter = other.dialect.delimiter
            name = DELIMITER_NAMES.get(delimiter, f"“{delimiter}”")
            width = other.layout.width
            what = "one column" if width == 1 else f"{width:,} columns separated by {name}"
            others.append(Alternative({"delimiter": delimiter or "none"}, f"Read it as {what}."))
    if header is None:
        if best.layout.names is None:
            others.append(
                Alternative({"header": best.layout.first_line}, f"Line {best.layout.first_line:,} names the columns.")
            )
        elif not any(best.layout.values):
            others.append(Alternative({"header": False}, "No line names the columns."))
    return others[:MAX_ALTERNATIVES]


def separator_line(text: str) -> str | None:
    """Return the delimiter that a first line such as "sep=;" names, None where there is no such line."""
    found = _SEPARATOR_LINE.match(text)
    return found[1] if found else None


def _candidates(sample: str, given: Given) -> Iterator[Dialect]:
    """The dialects that the sample can be in."""
    if given.delimiter is not None:
        delimiters = [given.delimiter]
    else:
        delimiters = [_repeated(d, sample) if d in REPEATED else d for d in PRIORS if d in sample]
        delimiters += [signs for signs in _unusual(sample) if signs not in delimiters]
        if re.search(r"\S[ \t]+\S", sample):
            delimiters.append(WHITESPACE)
        delimiters.append("")
        if named := separator_line(sample):
            delimiters = [named]
    wrapped = given.quote is None and is_wrapped(sample.strip("\n").split("\n"))
    for delimiter in delimiters:
        quotes = _quotes(sample, delimiter) if given.quote is None else [given.quote]
        for quote in quotes:
            escapes = [given.escape]
            if given.escape is None:
                escapes = ["", "\\"] if quote and f"\\{quote}" in sample else [""]
            for escape in escapes:
                yield Dialect(delimiter, quote, escape or "")
        is_quoted = '"' in sample or "'" in quotes
        if delimiter and delimiter in IN_PROSE and f"{delimiter} " in sample and not is_quoted:
            yield Dialect(delimiter, "", in_prose=True)
        if delimiter and wrapped:
            yield Dialect(delimiter, '"', wrapped=True)


def _unusual(sample: str) -> list[str]:
    """Two or three signs that stand equally often in nearly every line, the longest: "<>" or "||"."""
    lines = [line for line in sample.split("\n") if line][:CHECKED_LINES]
    counts: Counter[tuple[str, int]] = Counter()
    for line in lines:
        pieces = Counter(
            run[0][i : i + n] for run in _SIGNS.finditer(line) for n in (2, 3) for i in range(len(run[0]) - n + 1)
        )
        counts.update(pieces.items())
    usual = [signs for (signs, _), count in counts.items() if count >= MIN_UNUSUAL * len(lines)]
    return sorted(usual, key=len, reverse=True)[:1] if len(lines) >= MIN_ROWS else []


def _repeated(sign: str, sample: str) -> str:
    """The sign as often as it always stands beside itself: once, twice or three times."""
    lengths = {len(run) for run in re.findall(re.escape(sign) + "+", sample)}
    return sign * min(lengths) if lengths in ({2}, {3}) else sign


def _is_repeated(delimiter: str) -> bool:
    return len(delimiter) > 1 and delimiter == delimiter[0] * len(delimiter)


def _quotes(sample: str, delimiter: str) -> list[str]:
    """The quotation marks that stand at both ends of a cell; none where a double one stands at the beginning alone."""
    end = r"\s" if delimiter == WHITESPACE else re.escape(delimiter) if delimiter else r"\n"
    quoted = {mark: _quoted_cell(mark, end).search(sample) for mark in "\"'"}
    if quoted['"'] or not (quoted["'"] or len(re.findall(rf'(?:{end}|^)"', sample, re.M)) >= MIN_LOOSE):
        return ['"', "'"] if quoted["'"] else ['"']
    return ["'", ""] if quoted["'"] else [""]


def _quoted_cell(mark: str, end: str) -> re.Pattern[str]:
    """A whole cell between two marks; of a single mark, which is an apostrophe too, on one line."""
    inside = rf"(?:[^{mark}\\]++|\\.|{mark}{mark})*+" if mark == '"' else rf"[^{mark}\n]*+"
    return re.compile(rf"(?:{end}|^)[ ]*{mark}{inside}{mark}[ ]*(?={end}|$)", re.MULTILINE | re.DOTALL)


def _reading(sample: str, dialect: Dialect, given: Given) -> Reading | None:
    """The layout that the sample has in a dialect, and its score."""
    rows = dialect.rows_of(sample)
    if not rows:
        return None
    if separator_line(sample):
        rows = rows[1:]
    if _is_spaced(rows, dialect):
        dialect = replace(dialect, spaced=True)
        rows = [row._replace(cells=[cell.strip(" ") for cell in row.cells]) for row in rows]
    layout = find_layout(rows, given.header)
    if layout is None:
        return None
    if dialect.wrapped and (dialect.spaced or not layout.named_at_once):
        return None  # a column of its own, such as places: "Paris, France"
    if dialect.in_prose and layout.width == 1:
        return None
    notes = list(layout.notes)
    if dialect.in_prose:
        notes.append(f"A {DELIMITER_NAMES[dialect.delimiter]} before a blank was kept in its cell, as in a sentence.")
    if dialect.wrapped:
        notes.append("Each line is in quotation marks as if it were one cell; they were taken off.")
    return Reading(dialect, replace(layout, notes=tuple(notes)), _score(rows, dialect, layout))


def _is_spaced(rows: list[Row], dialect: Dialect) -> bool:
    later = [cell for row in rows for cell in row.cells[1:] if cell]
    if not later or dialect.delimiter == WHITESPACE:
        return False
    spaced = sum(cell.startswith(" ") for cell in later)
    # cells in quotation marks have lost their blanks already
    plain = sum(not row.quoted for row in rows)
    return spaced >= MIN_SPACED * len(later) and plain > 0


def _score(rows: list[Row], dialect: Dialect, layout: Layout) -> float:
    body = [row for row in rows if row.line > layout.last_header_line and row.line >= layout.first_line]
    body = body or rows
    cells = whole = 0
    for row in body:
        if len(row.cells) == layout.width:
            cells += len(row.cells)
            judged = [cell for cell in row.cells if cell]
            torn = sum(not is_whole(cell) for cell in judged)
            whole += len(row.cells) - max(0, torn - row.quoted)
        if cells > CHECKED_CELLS:
            break
    look = whole / max(1, cells)
    misquoted = sum(row.misquoted for row in body) / len(body)
    shape = layout.explained if layout.named_at_once else layout.explained**2
    if layout.width == 1:
        # a header alone, or lines of their own: any text can be read so
        return ONE_COLUMN * shape * (0.25 + 0.75 * look) * (1 - 0.5 * misquoted)
    repeated = dialect.delimiter[:1] in REPEATED and _is_repeated(dialect.delimiter)
    prior = PRIORS.get(dialect.delimiter, 1.0 if repeated else UNUSUAL)
    prior *= (UNLIKELY_IN_PROSE if dialect.in_prose else 1.0) * (LACKS_NAME if layout.lacks_name else 1.0)
    if dialect.delimiter == WHITESPACE:  # prose is words between blanks, and sometimes as many of them in each line
        prior *= min(1.0, 0.4 + sum(layout.values) / len(layout.values))
    return prior * (1 - 0.5 / layout.width) * shape * (0.25 + 0.75 * look) * (1 - 0.5 * misquoted)
