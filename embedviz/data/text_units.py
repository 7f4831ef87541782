"""The unit of a text: what counts as one piece that belongs together. Guessed from the text, and said."""

from __future__ import annotations

import re
from typing import Literal

Unit = Literal["line", "paragraph", "sentence", "file"]
UNITS: dict[Unit, str] = {
    "line": "each line is one unit",
    "paragraph": "paragraphs, separated by empty lines, are the units",
    "sentence": "sentences are the units",
    "file": "the whole file is one unit",
}
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-Þ])|(?<=[。！？])")
LONG_LINE = 2000  # characters a line on average from which lines are no units


def guess_unit(text: str) -> Unit:
    """Lines that end where the margin is, in the middle of sentences, with empty lines between them, are a
    hard-wrapped book: paragraphs. A few huge lines are sentences if they have any. Otherwise each line is a unit."""
    lines = [line.strip() for line in text.splitlines()]
    filled = [line for line in lines if line]
    if not filled:
        return "line"
    if sum(map(len, filled)) / len(filled) > LONG_LINE:
        return "sentence" if len(_SENTENCE.split(text[:200_000])) > 1 else "file"
    ends = sum(line[-1] in ".!?…:;\"'”’)。！？" for line in filled)
    wrapped = ends < 0.5 * len(filled) and len(filled) >= 4
    empty = len(lines) - len(filled)
    if wrapped and empty >= 1 and len(filled) / (empty + 1) > 1.5:
        return "paragraph"
    return "line"


def split_units(text: str, unit: Unit) -> list[str]:
    """The units of the text, without those that are empty."""
    if unit == "line":
        pieces = text.splitlines()
    elif unit == "paragraph":
        pieces = [" ".join(piece.split()) for piece in _PARAGRAPH.split(text)]
    elif unit == "sentence":
        pieces = [piece for line in text.splitlines() for piece in _SENTENCE.split(line)]
    else:
        pieces = [text]
    return [piece.strip() for piece in pieces if piece.strip()]
