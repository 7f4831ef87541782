"""Units of a plain text: lines, paragraphs, sentences or the whole file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Unit = Literal["line", "paragraph", "sentence", "file"]
UNITS: dict[Unit, str] = {
    "line": "each line is one unit",
    "paragraph": "paragraphs, separated by empty lines, are the units",
    "sentence": "sentences are the units",
    "file": "the whole file is one unit",
}
SAMPLE_CHARACTERS = 400_000  # looked at: a preview and the whole file give the same guess
MAX_LINE_LENGTH = 2000  # characters on average in lines that are units
MAX_PAGE_WIDTH = 160  # characters: longer lines are not wrapped at a margin
MIN_MARGIN = 0.7  # of the width of nearly all lines; a line that continues in the next one ends there or beyond
_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_END = re.compile(
    r"[.!?…؟।]+[\"'”’»)\]]*(?=\s+(?P<next>[\"'“‘«(\[¿¡]*\w))"  # then white space and something that can begin a sentence
    r"|[。！？｡]+[」』”’）]*"
)
_ABBREVIATION = re.compile(
    r"\b(?:[A-ZÀ-Þ]|Mrs?|Ms|Drs?|St|Prof|Rev|Gen|Col|Capt|Lt|Sgt|Jr|Sr|No|vs|etc|e\.g|i\.e|cf|Vol|Fig|pp?)\.$"
)
_SENTENCE_MARKS = ".!?…:;\"'”’»)。！？؟।"


def guess_unit(text: str) -> Unit:
    """Guess the unit of a text.

    A few huge lines are split into sentences, if there are any, and are one file otherwise. Lines that run up to a
    margin and end in the middle of sentences are hard-wrapped: paragraphs where empty lines separate them, sentences
    where none do. In all other texts a line is a unit.
    """
    text = text[:SAMPLE_CHARACTERS]
    lines = [line.strip() for line in text.split("\n")]
    filled = [line for line in lines if line]
    if not filled:
        return "line"
    if sum(map(len, filled)) / len(filled) > MAX_LINE_LENGTH:
        return "sentence" if len(list(_sentences(text[:SAMPLE_CHARACTERS]))) > 1 else "file"
    if not _is_wrapped(lines):
        return "line"
    blocks = sum(1 for i, line in enumerate(lines) if line and (i == 0 or not lines[i - 1]))
    if blocks > 1:
        return "paragraph"
    return "sentence" if any(line[-1] in _SENTENCE_MARKS for line in filled) else "file"


def split_units(text: str, unit: Unit) -> list[str]:
    """Return the units of a text without empty ones. Sentences span line ends, not empty lines."""
    if unit == "line":
        pieces: Iterator[str] | list[str] = text.split("\n")
    elif unit == "paragraph":
        pieces = (" ".join(piece.split()) for piece in _BLANK.split(text))
    elif unit == "sentence":
        pieces = (s for block in _BLANK.split(text) for s in _sentences(block.replace("\n", " ")))
    else:
        pieces = [text]
    return [stripped for piece in pieces if (stripped := piece.strip())]


def without_cut_end(text: str, unit: Unit) -> str:
    """Return the beginning of a longer text without its last unit, which may be half; all of it when it is one unit."""
    if unit == "file":
        return text
    end = text.rfind("\n") if unit != "paragraph" else text.rfind("\n\n")
    end = text.rfind(" ") if end <= 0 else end
    return text[:end] if end > 0 else text


def _is_wrapped(lines: list[str]) -> bool:
    """True when most lines that are followed by another reach the margin, and fewer than half of them end a sentence."""
    filled = sorted(len(line) for line in lines if line)
    margin = filled[int(0.95 * (len(filled) - 1))]
    if len(filled) < 4 or filled[int(0.99 * (len(filled) - 1))] > MAX_PAGE_WIDTH:
        return False
    followed = [line for line, after in zip(lines, lines[1:], strict=False) if line and after]
    near = sum(len(line) >= MIN_MARGIN * margin for line in followed)
    ends = sum(line[-1] in _SENTENCE_MARKS for line in followed)
    return len(followed) >= 0.4 * len(filled) and near >= 0.6 * len(followed) and ends < 0.5 * len(followed)


def _sentences(text: str) -> Iterator[str]:
    """Sentences: they end at . ! ? and their like before white space and a letter that is not lower case, or at Chinese
    and Japanese full stops; not after initials and common abbreviations."""
    start = 0
    for match in _END.finditer(text):
        after = match["next"]
        if after is not None:
            if after[-1].islower():
                continue
            if match[0] == "." and _ABBREVIATION.search(text, max(start, match.end() - 8), match.end()):
                continue
        yield text[start : match.end()]
        start = match.end()
    yield text[start:]
