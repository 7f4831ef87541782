"""Files of word pairs, analogies and outliers: which of the three a file is, and its evaluator.

The forms are those in which the sets are passed around: WordSim-353 and "word word score" with tabs, commas or blanks,
SimLex-999 with its ten columns, RareWords; Google's analogies with their ": section" lines; and the 8-8-8 set, where a group
is a word a line, an empty line, and its outliers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePath
from typing import cast, get_args

from embedviz.core.errors import DataError, SettingsError
from embedviz.data.encoding import decode
from embedviz.evaluation.outlier_detection import OutlierDetection, OutlierGroup
from embedviz.evaluation.word_analogies import AnalogySection, Question, WordAnalogies
from embedviz.evaluation.word_similarity import WordSimilarity
from embedviz.evaluation.word_vector_scores import SetKind

WordSet = WordSimilarity | WordAnalogies | OutlierDetection
MAX_BYTES = 8_000_000
MAX_LINES = 200_000
MAX_WORD_LENGTH = 200  # characters
MAX_QUOTED = 60  # characters of a line in a message
LOOKED_AT = 100  # lines that tell the kind
MIN_SHARE = 0.5  # of them, that have to be of the kind
SEPARATORS = ("\t", ",", ";", None)  # None: blanks
SCORE_COLUMN = "simlex999"  # in the line of names of SimLex-999, whose score is not its third column
FORMS: dict[SetKind, str] = {
    "similarity": "word pairs (two words and a number a line)",
    "analogies": "analogies (four words a line, under lines such as “: family”)",
    "outliers": "groups with outliers (a word a line, an empty line, then the outliers)",
}


@dataclass(frozen=True)
class _Line:
    """A line that is not a comment. number: from 1."""

    number: int
    text: str


def read_word_set(source: str | Path | bytes, name: str | None = None, kind: SetKind | None = None) -> WordSet:
    """Read a set of word pairs, analogies or outliers.

    Parameters
    ----------
    source : str, Path or bytes
        A file, or what is in it.
    name : str, optional
        What the set is called; by default the file's name.
    kind : {"similarity", "analogies", "outliers"}, optional
        What it is, where its content should not tell.

    Returns
    -------
    WordSimilarity, WordAnalogies or OutlierDetection
        The evaluator, to be called on a space.

    Raises
    ------
    DataError
        With the line, where the file is of none of the three forms, or is too large.
    SettingsError
        For an unknown kind.
    """
    if kind is not None and kind not in get_args(SetKind):
        raise SettingsError(f"A set of words is one of {', '.join(get_args(SetKind))}, not {kind!r}.")
    name = name or ("the file" if isinstance(source, bytes) else PurePath(source).name)
    text = decode(_content(source, name), name).text
    lines = [_Line(i, line.strip()) for i, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
    if len(lines) > MAX_LINES:
        raise DataError(f"{name} has {len(lines):,} lines; a set of words may have {MAX_LINES:,}.")
    filled = [line for line in lines if line.text]
    if not filled:
        raise DataError(f"{name} holds no words. Expected {_expected()}.")
    kind = kind or _detect(filled, lines, name)
    if kind == "similarity":
        return _read_pairs(filled, name)
    return _read_analogies(filled, name) if kind == "analogies" else _read_outliers(lines, name)


def _content(source: str | Path | bytes, name: str) -> bytes:
    """Return the bytes of a file. DataError where there is none, or too much in it."""
    if isinstance(source, bytes):
        data = source
    else:
        path = Path(source)
        if not path.is_file():
            raise DataError(f"There is no file {path}.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DataError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB, the limit for a set of words.")
    return data


def _expected() -> str:
    first, second, third = FORMS.values()
    return f"{first}, {second} or {third}"


def _detect(filled: Sequence[_Line], lines: Sequence[_Line], name: str) -> SetKind:
    """Return what most of the first lines are."""
    first = filled[:LOOKED_AT]
    separator = _separator(filled)
    tests: dict[SetKind, Callable[[_Line], bool]] = {
        "similarity": lambda line: _score_place(line.text.split(separator)) is not None,
        "analogies": lambda line: line.text.startswith(":") or len(line.text.split()) == 4,
        "outliers": lambda line: len(line.text.split()) <= 2,
    }
    for kind, fits in tests.items():
        is_kind = [fits(line) for line in first]
        if sum(is_kind) >= MIN_SHARE * len(first) and (kind != "outliers" or any(not line.text for line in lines)):
            return kind
    raise DataError(f"{name}, line {first[0].number}: expected {_expected()}, got {_quoted(first[0])}.")


def _separator(filled: Sequence[_Line]) -> str | None:
    """Return what separates the columns of word pairs: the separator by which most of the first lines hold a score."""

    def n_scores(separator: str | None) -> int:
        return sum(_score_place(line.text.split(separator)) is not None for line in filled[:LOOKED_AT])

    return max(SEPARATORS, key=n_scores)


def _score_place(cells: Sequence[str]) -> int | None:
    """Return the first column behind the two words that is a number; None where there is none."""
    if len(cells) < 3 or not cells[0].strip() or not cells[1].strip() or _number(cells[0]) is not None:
        return None
    return next((i for i, cell in enumerate(cells[2:], 2) if _number(cell) is not None), None)


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _read_pairs(filled: Sequence[_Line], name: str) -> WordSimilarity:
    separator = _separator(filled)
    rows = [line.text.split(separator) for line in filled]
    titles = [cell.strip().lower() for cell in rows[0]]
    has_titles = _score_place(rows[0]) is None and len(rows[0]) >= 3
    place = titles.index(SCORE_COLUMN) if has_titles and SCORE_COLUMN in titles else None
    if place is None:
        place = next((found for row in rows if (found := _score_place(row)) is not None), 2)
    pairs: list[tuple[str, str]] = []
    expected: list[float] = []
    for line, cells in list(zip(filled, rows, strict=True))[has_titles:]:
        value = _number(cells[place]) if len(cells) > place else None
        if value is None or _score_place(cells) is None:
            raise DataError(f"{name}, line {line.number}: expected two words and a number, got {_quoted(line)}.")
        pairs.append((_word(cells[0], line, name), _word(cells[1], line, name)))
        expected.append(value)
    return WordSimilarity(tuple(pairs), tuple(expected), name)


def _read_analogies(filled: Sequence[_Line], name: str) -> WordAnalogies:
    sections: dict[str, list[Question]] = {}
    section = ""
    for line in filled:
        if line.text.startswith(":"):
            section = line.text[1:].strip()
            continue
        words = [_word(word, line, name) for word in line.text.split()]
        if len(words) != 4:
            raise DataError(f"{name}, line {line.number}: expected four words, got {_quoted(line)}.")
        sections.setdefault(section, []).append(cast(Question, tuple(words)))
    return WordAnalogies(tuple(AnalogySection(title, tuple(found)) for title, found in sections.items()), name)


def _read_outliers(lines: Sequence[_Line], name: str) -> OutlierDetection:
    titles: list[str] = []
    blocks: list[list[_Line]] = []
    for is_filled, block in groupby(lines, key=lambda line: bool(line.text)):
        found = list(block)
        if is_filled and found[0].text.startswith(":"):
            titles.append(found.pop(0).text[1:].strip())
        if is_filled and found:
            blocks.append(found)
    if len(blocks) % 2:
        raise DataError(
            f"{name}, line {blocks[-1][0].number}: expected the outliers of this group behind an empty line, got the end of the "
            f"file."
        )
    groups: list[OutlierGroup] = []
    for i, (members, outliers) in enumerate(zip(blocks[::2], blocks[1::2], strict=True)):
        title = titles[i] if len(titles) * 2 == len(blocks) and len(set(titles)) == len(titles) else f"group {i + 1}"
        words = (tuple(_word(line.text, line, name) for line in block) for block in (members, outliers))
        groups.append(OutlierGroup(title, *words))
    return OutlierDetection(tuple(groups), name)


def _word(cell: str, line: _Line, name: str) -> str:
    """Return the word of a cell. DataError for one that is too long."""
    word = cell.strip()
    if len(word) > MAX_WORD_LENGTH:
        raise DataError(
            f"{name}, line {line.number}: a word has {len(word):,} characters; {MAX_WORD_LENGTH} are allowed."
        )
    return word


def _quoted(line: _Line) -> str:
    return repr(line.text[:MAX_QUOTED] + ("…" if len(line.text) > MAX_QUOTED else ""))
