"""How a result shows itself in a notebook: a title, a short table and notes, as HTML and as plain text.

The HTML takes its colours from what is around it, so that it can be read in light and dark themes alike, and everything in it
is escaped: labels come from people's data.
"""

from __future__ import annotations

import html
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedviz.core.value_text import MISSING, value_text

if TYPE_CHECKING:
    import pandas as pd

MAX_CELL_LENGTH = 60  # characters
_NUMBER = re.compile(r"(?=\D*\d)[-−–+±\d.,% ()e]+")  # linear in the length, whatever the text
_LINE = "border: 0 solid color-mix(in srgb, currentColor 25%, transparent); border-bottom-width: 1px"
_CELL = f"padding: 3px 10px; background: none; color: inherit; white-space: nowrap; {_LINE}"


@dataclass(frozen=True)
class DisplayTable:
    """A table of text.

    Attributes
    ----------
    title
        Above it.
    header
        Names of the columns; empty for a table of names and values.
    rows
        A text for each column.
    notes
        Sentences below it.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    @classmethod
    def of_frame(cls, title: str, frame: pd.DataFrame, notes: Sequence[str] = ()) -> DisplayTable:
        """Return the table of a frame, whose columns that hold nothing are left out."""
        cells = {str(name): [value_text(value) for value in frame[name]] for name in frame}
        filled = {name: texts for name, texts in cells.items() if any(text not in ("", MISSING) for text in texts)}
        return cls(title, list(filled), [list(row) for row in zip(*filled.values(), strict=True)], notes)

    @property
    def html(self) -> str:
        """The table as HTML."""
        numbers = self._number_columns()
        head = "".join(_html_cell("th", name, place in numbers) for place, name in enumerate(self.header))
        body = "".join(
            f"<tr>{''.join(_html_cell('td', text, place in numbers) for place, text in enumerate(row))}</tr>"
            for row in self.rows
        )
        notes = "".join(f'<p style="margin: 4px 0">{html.escape(note)}</p>' for note in self.notes)
        return (
            f'<div style="overflow-x: auto"><p style="margin: 4px 0"><strong>{html.escape(self.title)}</strong></p>'
            f'<table style="border-collapse: collapse; margin: 4px 0; font-variant-numeric: tabular-nums">'
            f"{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>{notes}</div>"
        )

    @property
    def text(self) -> str:
        """The table as plain text, its columns aligned."""
        rows = [[_cut(text) for text in row] for row in ([self.header, *self.rows] if self.header else self.rows)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
        numbers = self._number_columns()
        lines = [
            "  ".join(
                text.rjust(width) if place in numbers else text.ljust(width)
                for place, (text, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([self.title, *lines, *self.notes])

    def _number_columns(self) -> set[int]:
        """Return the places of the columns that hold nothing but numbers; none of a table of names and values."""
        filled = [
            [row[place] for row in self.rows if row[place] not in ("", MISSING)] for place in range(len(self.header))
        ]
        return {place for place, texts in enumerate(filled) if texts and all(map(_NUMBER.fullmatch, texts))}


class NotebookDisplay(ABC):
    """A result that shows itself in notebooks by a DisplayTable."""

    @abstractmethod
    def _display_table(self) -> DisplayTable:
        """Return the table."""

    def _repr_html_(self) -> str:
        return self._display_table().html

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> Mapping[str, Any]:
        table = self._display_table()
        return {"text/plain": table.text, "text/html": table.html}


def _html_cell(tag: str, text: str, is_number: bool) -> str:
    shown = _cut(text)
    title = "" if shown == text else f' title="{html.escape(text)}"'
    side = "right" if is_number else "left"
    return f'<{tag} style="{_CELL}; text-align: {side}"{title}>{html.escape(shown)}</{tag}>'


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_CELL_LENGTH else f"{line[: MAX_CELL_LENGTH - 1]}…"
