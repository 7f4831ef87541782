"""The names of a table's columns that come again among its rows, as where files were put one after another."""

from __future__ import annotations

from collections.abc import Sequence

from embedviz.data.dialect import Row
from embedviz.data.report import RowNotes

NAMES_AGAIN = "the names of the columns again"
TITLE_AGAIN = "a title above the names of the columns, which come again"
MAX_TITLES = 4  # rows above names that come again, empty ones included


def without_names_again(rows: list[Row], line_of_names: str, dropped: RowNotes) -> list[Row]:
    """Return the rows but for the names where they come again and the titles above those, which are noted.

    Parameters
    ----------
    rows : list of Row
        In the order of the file.
    line_of_names : str
        As the file has it; empty where no line names the columns.
    dropped : RowNotes
        Gets a note on each row that is left out.
    """
    if not line_of_names:
        return rows
    why: dict[int, str] = {}
    for place, row in enumerate(rows):
        if row.text == line_of_names:
            why |= dict.fromkeys(_titles_above(rows, place), TITLE_AGAIN) | {place: NAMES_AGAIN}
    for place in sorted(why):
        dropped.add(rows[place].line, why[place])
    return [row for place, row in enumerate(rows) if place not in why]


def _titles_above(rows: Sequence[Row], place: int) -> list[int]:
    """The places of titles, rows with a single value, between an empty line and the row at `place`."""
    titles: list[int] = []
    for i in range(place - 1, max(-1, place - 1 - MAX_TITLES), -1):
        filled = sum(bool(cell.strip()) for cell in rows[i].cells)
        is_after_gap = i > 0 and rows[i].line > rows[i - 1].line + rows[i - 1].n_lines
        if filled > 1 or (filled == 1 and len(rows[i].cells) < 2):
            return []
        if filled == 0 and titles:
            return titles
        if filled == 1:
            titles.append(i)
            if is_after_gap:
                return titles
    return []
