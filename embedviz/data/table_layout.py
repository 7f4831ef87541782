"""Layout of a delimited file: lines above the table, lines of names, the fields of a row, and what its columns hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from embedviz.data.cell_patterns import is_missing, is_number, is_value
from embedviz.data.dialect import Row

MAX_NAME_LENGTH = 60  # characters of a column's name where nothing else distinguishes it from a value
MAX_HEADER_ROWS = 3
MAX_BELOW, MIN_BELOW = 100, 3  # rows under the names that are looked at to tell a further line of them
MIN_TABLE = 0.2  # of the rows that have to be of one width to be a table of their own
MAX_ABOVE = 30  # rows above a table, the last of which is empty
MIN_VALUES = 0.9  # of a column's filled cells that have to be numbers or dates in a column of them
MIN_ROWS_OF_EMPTY = 10  # from which a column without a value is an empty one
_KNOWN_NAMES = {
    *("id", "text", "label", "name", "title", "rating", "user", "item", "word", "count", "date", "category", "class"),
    *("target", "sentence", "review"),
}


@dataclass(frozen=True)
class Layout:
    """Where the table is in a file, and what its rows look like.

    Parameters
    ----------
    first_line : int
        Line of the names or, where there are none, of the first row.
    last_header_line : int
        The last line of the names; 0 where there are none.
    names : tuple of str or None
        As they are written, `width` of them; None where no line names the columns.
    width : int
        Fields of a row.
    values : tuple of bool
        Whether a column holds numbers or dates.
    empty : tuple of bool
        Whether a column of many rows is empty in all of them.
    explained : float
        Share of the rows that have as many fields.
    rows : int
        Rows of the sample, the names among them.
    named_at_once : bool
        The first line of all has a name for each column.
    ends_in_delimiter : bool
        The line of names ends in a delimiter, so that a last column without a value is none.
    lacks_name : bool
        The first column has no name, as R and pandas write the names of rows.
    notes : tuple of str
        Sentences on what was found.
    """

    first_line: int
    last_header_line: int
    names: tuple[str, ...] | None
    width: int
    values: tuple[bool, ...]
    empty: tuple[bool, ...]
    explained: float
    rows: int
    named_at_once: bool
    ends_in_delimiter: bool
    lacks_name: bool
    notes: tuple[str, ...] = ()


def find_layout(rows: Sequence[Row], header: bool | int | None = None) -> Layout | None:
    """Find the table among the first rows of a file.

    Parameters
    ----------
    rows : sequence of Row
        Of the beginning of the file.
    header : bool or int, optional
        Whether a line names the columns, or the number of that line; found by default.

    Returns
    -------
    Layout or None
        None where there are no rows.
    """
    if header is not None and header is not True and header is not False:
        rows = [row for row in rows if row.line >= header]
    if not rows:
        return None
    width = _width(rows)
    if header is None or isinstance(header, bool):
        start = _start(rows, width)
    else:
        start = 0
    body = rows[start:]
    full = [row.cells for row in body if len(row.cells) == width]
    if full and any(map(str.strip, full[0])) and not any(map(is_value, full[0])):
        full = [full[0], *(cells for cells in full[1:] if cells != full[0])]  # names come again where files were joined
    values = _value_columns(full[1:] or full, width)
    notes: list[str] = []
    first = _cut(body[0].cells, width)
    n_header = 0
    if header is None:
        group = _group_of_names(body, width, values)
        below = full[group:] if group else full[1:] if body[0].cells in full[:1] else full
        n_header = group or int(looks_like_header(first.cells, below))
    elif header is not False:
        n_header = max(1, _group_of_names(body, width, values))
    if n_header:
        while n_header < min(MAX_HEADER_ROWS, len(body) - 1) and (
            _continues_header(body[n_header].cells, values) or _is_over_numbers(body[n_header:], width)
        ):
            n_header += 1
    names = None
    if n_header:
        names = _joined([_cut(row.cells, width).cells for row in body[:n_header]])
    lacks_name = names is not None and first.short
    if names is not None and lacks_name:
        which = "first column was called “row”"
        if _last_is_empty(full, width):
            names = (*names[1:], "")  # no row names: each row ends in a delimiter, or a name is lacking
            which = "last column has no name"
            lacks_name = False
        notes.append(f"Rows have {width:,} fields and line {body[0].line:,} names {width - 1:,}; the {which}.")
    rest = body[n_header:]
    good = sum(len(row.cells) == width for row in rest)
    tail = _tail(rest, width)
    explained = good / max(1, len(rest) - tail) if rest else 1.0
    if start:
        notes.append(_above(rows[:start]))
    last = body[n_header - 1]
    return Layout(
        body[0].line,
        last.line + last.n_lines - 1 if n_header else 0,
        names,
        width,
        values,
        _empty_columns(full[1:], width),
        explained,
        len(body),
        bool(n_header) and not start and len(body[0].cells) == width,
        names is not None and width > 2 and len(body[0].cells) == width and not names[-1] and bool(names[-2]),
        lacks_name,
        tuple(notes),
    )


@dataclass(frozen=True)
class _First:
    cells: list[str]
    short: bool = False  # one name was lacking: "row" stands first


def _cut(cells: list[str], width: int) -> _First:
    """The first row with `width` cells, where it has a few more or less."""
    if len(cells) == width:
        return _First(cells)
    if len(cells) == width - 1:
        return _First(["row", *cells], short=True)
    if len(cells) > width:
        filled = [cell for cell in cells if cell.strip()]
        return _First(filled if len(filled) == width else cells[:width])
    return _First([*cells, *[""] * (width - len(cells))])


def _width(rows: Sequence[Row]) -> int:
    """The most common number of fields; of several tables in one file that of the one with most cells."""
    counts = Counter(len(row.cells) for row in rows)
    tables = [width for width, count in counts.items() if count >= MIN_TABLE * len(rows)]
    if len(tables) > 1:
        return max(tables, key=lambda width: (counts[width] * width, width))
    return max(counts, key=lambda width: (counts[width], width))


def _start(rows: Sequence[Row], width: int) -> int:
    """The first row of the table: it and the next have the table's width, or one field less as R and pandas write names."""
    if width == 1:
        return 0
    after_gap = 0  # titles end where a row without a value does
    for i, row in enumerate(rows[:MAX_ABOVE]):
        filled = sum(bool(cell.strip()) for cell in row.cells)
        if filled == 0:
            after_gap = i + 1
        elif filled > 1:
            break
    after_gap = after_gap if after_gap < len(rows) else 0
    for i, row in enumerate(rows[after_gap:], after_gap):
        filled = sum(bool(cell.strip()) for cell in row.cells)
        if len(row.cells) != width or (width > 2 and filled <= 1):
            continue
        return i - 1 if i > after_gap and _may_be_names(rows[i - 1].cells, width) else i
    return after_gap


def _may_be_names(cells: Sequence[str], width: int) -> bool:
    """True for a row of another width, right above the table, that may name its columns: a few names more or less."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) >= max(2, 0.6 * width) and len(cells) <= 1.5 * width + 1


def _value_columns(rows: Sequence[list[str]], width: int) -> tuple[bool, ...]:
    """Whether each column holds numbers or dates."""
    found: list[bool] = []
    for i in range(width):
        filled = [row[i] for row in rows if not is_missing(row[i])]
        found.append(bool(filled) and sum(map(is_value, filled)) >= MIN_VALUES * len(filled))
    return tuple(found)


def _empty_columns(rows: Sequence[list[str]], width: int) -> tuple[bool, ...]:
    """Whether each column is empty, where there are rows enough to tell."""
    return tuple(len(rows) >= MIN_ROWS_OF_EMPTY and not any(row[i].strip() for row in rows) for i in range(width))


def _group_of_names(body: Sequence[Row], width: int, values: Sequence[bool]) -> int:
    """Rows at the top that name the columns in two steps, such as Travel above Air and Rail; 0 where they do not.

    The first leaves columns without a name, and the next names all of those and hardly another.
    """
    if width < 3 or len(body) < 3 or len(body[0].cells) != width:
        return 0
    above = [cell.strip() for cell in body[0].cells]
    for n, row in enumerate(body[1:MAX_HEADER_ROWS], 2):
        cells = [cell.strip() for cell in row.cells]
        if len(cells) != width:
            return 0
        if not any(cells):
            continue
        named = [bool(cell) for cell in cells]
        lacking = [not cell for cell in above]
        covers = all(has for has, lacks in zip(named, lacking, strict=True) if lacks) and any(lacking)
        fresh = sum(has and lacks for has, lacks in zip(named, lacking, strict=True))
        over = sum(named) - fresh
        words = not any(map(is_value, filter(None, above + cells)))
        units = sum(map(bool, above)) > 1 and _continues_header(row.cells, values)
        if words and covers and ((over <= fresh and not cells[0] and above[0]) or units):
            return n
        return 0
    return 0


def _continues_header(cells: list[str], values: Sequence[bool]) -> bool:
    """True for a row, of units or of further names, that holds words in columns of numbers."""
    checked = [cell for cell, is_one in zip(cells, values, strict=False) if is_one and cell.strip()]
    if len(cells) != len(values) or not checked:
        return False
    return sum(not is_value(cell) and not is_missing(cell) for cell in checked) > len(checked) / 2


def _is_over_numbers(rows: Sequence[Row], width: int) -> bool:
    """True where the first row holds words in columns of numbers and nothing else, as "Restated" under one of the names."""
    first, *rest = rows[:MAX_BELOW]
    filled = [i for i, cell in enumerate(first.cells) if cell.strip()]
    below = [row.cells for row in rest if len(row.cells) == width]
    if (
        len(first.cells) != width
        or not filled
        or any(is_value(first.cells[i]) for i in filled)
        or len(below) < MIN_BELOW
    ):
        return False
    values = _value_columns(below, width)
    return all(values[i] and not is_missing(first.cells[i]) for i in filled)


def _joined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A name for each column; one that stands above several columns is part of each name."""
    first = [cell.strip() for cell in rows[0]]
    group = ""
    for i, cell in enumerate(first):
        group = cell or group
        below = any(row[i].strip() for row in rows[1:])
        first[i] = cell or (group if below else "")
    columns = zip(first, *rows[1:], strict=True)
    return tuple(" ".join(part for part in map(str.strip, column) if part) for column in columns)


def _last_is_empty(rows: Sequence[list[str]], width: int) -> bool:
    return bool(rows) and not any(row[width - 1].strip() for row in rows)


def _tail(rows: Sequence[Row], fields: int) -> int:
    """Rows at the end that have fewer fields, as notes below a table do."""
    count = 0
    for row in reversed(rows):
        if len(row.cells) == fields:
            break
        count += 1
    return count if count <= 10 else 0


def _above(rows: Sequence[Row]) -> str:
    """A sentence on the lines above the table."""
    lines = sum(row.n_lines for row in rows)
    shown = " ".join(rows[0].text.split())[:60]
    what = f"Line {rows[0].line:,} stands" if lines == 1 else f"{lines:,} lines stand"
    return f"{what} above the table and {'is' if lines == 1 else 'are'} left out: “{shown}”."


def looks_like_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Return True when the first row names the columns.

    Its cells are filled, differ, and are no numbers or dates above columns of such; over columns of text alone, they
    are known names, or short and not repeated below. Columns that are empty below need no name.
    """
    cells = [cell.strip() for cell in first]
    if not any(cells):
        return False
    if not rest:
        return all(cell.lower() in _KNOWN_NAMES for cell in cells)
    columns = list(zip(*[row for row in rest if len(row) == len(first)], strict=False))
    needed = [
        cell for i, cell in enumerate(cells) if cell or i >= len(columns) or any(value.strip() for value in columns[i])
    ]
    filled = [cell for cell in needed if cell]
    if len(filled) < len(needed) - 1:
        return False  # one may be empty: pandas writes its index under no name
    values = [cell for cell in filled if is_value(cell)]
    if values and not _are_years(values, columns, cells):
        return False
    if sum(cell.lower() in _KNOWN_NAMES for cell in filled) >= max(1, len(cells) // 2):
        return True
    for cell, column in zip(cells, columns, strict=False):
        below = [value for value in column if not is_missing(value)]
        if below and not is_value(cell) and sum(map(is_value, below)) >= MIN_VALUES * len(below):
            return True
    if len(set(filled)) < len(filled) or len(values) == len(filled):
        return False
    if any(cell and cell in map(str.strip, column) for cell, column in zip(cells, columns, strict=False)):
        return False
    if any(_repeats(column) for column in columns):
        return True  # classes below a cell that is none of them: it names them, at whatever length
    return max(map(len, filled)) <= MAX_NAME_LENGTH


def _are_years(values: Sequence[str], columns: Sequence[Sequence[str]], cells: Sequence[str]) -> bool:
    """True when the numbers among the names count up, as years or steps do, and those below do not go on with them."""
    if len(values) < 2 or len(values) == len(cells) or not all(is_number(value) for value in values):
        return False
    try:
        steps = {float(b) - float(a) for a, b in pairwise(values)}
    except ValueError:
        return False
    return len(steps) == 1 and steps != {0.0}


def _repeats(column: Sequence[str]) -> bool:
    """True for a column of answers or classes: few distinct values, each of them often."""
    values = [value.strip() for value in column if value.strip()]
    return len(values) >= 10 and len(set(values)) <= len(values) / 5
