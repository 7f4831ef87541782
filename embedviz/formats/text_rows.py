"""Lines of "word number number …", as GloVe and word2vec write them: bytes to labels and vectors, and back.

Arrow parses a block in one go; where a block is not as regular as that (words with spaces, tabs, a mistake), its
lines are taken apart one by one first, which is slower and knows the line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.source import BYTE_ORDER_MARK, Source

BLOCK = 1 << 23  # bytes of lines parsed at a time
ROWS = 4096  # rows written at a time


class _Line(NamedTuple):
    word: bytes
    numbers: list[bytes]
    place: str  # for messages: file and line


def read_rows(
    source: Source, dim: int, first_line: int, limit: int | None, on_progress: Callable[[Progress], None]
) -> tuple[list[bytes], np.ndarray]:
    """Read the lines of words and numbers. A word may hold spaces: the last dim fields are its numbers.

    Parameters
    ----------
    source : Source
        At the first of the lines.
    dim : int
        Numbers in a line.
    first_line : int
        Its number in the file, for messages.
    limit : int or None
        How many lines at most.
    on_progress : callable
        Called after each block.

    Returns
    -------
    labels : list of bytes
        N words.
    vectors : np.ndarray
        (N, dim) float32.

    Raises
    ------
    VectorFormatError
        With the line that holds something else.
    """
    labels: list[bytes] = []
    rows = GrowingRows(dim)
    line = first_line
    size = BLOCK if limit is None else min(BLOCK, limit * dim * 12)
    while (limit is None or len(labels) < limit) and (block := source.read_lines(size)):
        words, numbers = _parse(block, dim, source.name, line)
        keep = len(words) if limit is None else min(len(words), limit - len(labels))
        labels += words[:keep]
        rows.add(keep)[:] = numbers[:keep]
        line += block.count(b"\n")
        on_progress(Progress(source.done, source.size, message=f"Read {len(labels):,} vectors"))
    return labels, rows.finish()


def lines_of(space: LabeledVectors) -> Iterator[bytes]:
    """Yield the space's lines in blocks, numbers in the fewest digits that give the same float32 back."""
    labels = label_text.without_blanks(space.labels)
    for start in range(0, len(labels), ROWS):
        rows = slice(start, start + ROWS)
        block = np.asarray(space.vectors[rows], np.float32)
        columns = [pc.cast(pa.array(np.ascontiguousarray(column)), pa.string()) for column in block.T]
        join = pc.binary_join_element_wise
        lines = join(pa.array(labels[rows], pa.string()), *columns, " ")
        yield ("\n".join(lines.to_pylist()) + "\n").encode()


def number(field: bytes) -> float:
    """Return the number a field holds; ValueError when it holds none. Python alone would take 1_000 for one."""
    if b"_" in field:
        raise ValueError("digits grouped by underscores")
    return float(field)


def trailing_numbers(fields: list[bytes]) -> int:
    """Return how many numbers end the line; the first field is the word, whatever it looks like."""
    count = 0
    for field in reversed(fields[1:]):
        try:
            number(field)
        except ValueError:
            break
        count += 1
    return count


def _parse(block: bytes, dim: int, name: str, first_line: int) -> tuple[list[bytes], np.ndarray]:
    with contextlib.suppress(pa.ArrowInvalid):
        return _parse_regular(block, dim)
    # Tabs, words with spaces, nothing but blank lines, or a mistake: the lines one by one say which.
    lines = list(_split_lines(block.split(b"\n"), dim, name, first_line))
    words = [line.word for line in lines]
    try:
        return words, _parse_regular(b"".join(b"- " + b" ".join(line.numbers) + b"\n" for line in lines), dim)[1]
    except pa.ArrowInvalid:
        vectors = [_numbers(line.numbers, line.place) for line in lines]
        return words, np.array(vectors, np.float32).reshape(len(lines), dim)


def _parse_regular(block: bytes, dim: int) -> tuple[list[bytes], np.ndarray]:
    if block.startswith(BYTE_ORDER_MARK):  # Arrow would take it for the file's and drop it
        raise pa.ArrowInvalid("a label that starts with a byte order mark")
    block = block.replace(b" \n", b"\n")  # fastText ends its lines so
    names = [str(i) for i in range(dim + 1)]
    types = {name: pa.float32() for name in names[1:]} | {names[0]: pa.binary()}
    table = csv.read_csv(
        pa.BufferReader(block),
        read_options=csv.ReadOptions(column_names=names, block_size=len(block) // 2 + 1),
        parse_options=csv.ParseOptions(delimiter=" ", quote_char=False, double_quote=False),
        convert_options=csv.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False),
    )
    vectors = np.empty((table.num_rows, dim), np.float32)
    for i in range(dim):
        vectors[:, i] = table.column(i + 1).to_numpy()
    return table.column(0).to_pylist(), vectors


def _split_lines(lines: list[bytes], dim: int, name: str, first_line: int) -> Iterator[_Line]:
    for line_number, line in enumerate(lines, first_line):
        fields = line.split()
        if not fields:
            continue
        if len(fields) == dim and line[:1].isspace():
            fields.insert(0, b"")  # a word that is nothing but a blank
        place = f"{name}, line {line_number:,}"
        found = len(fields) - 1
        # More fields than numbers are a word with spaces, unless the first too many is itself a number.
        if found < dim or (found > dim and trailing_numbers(fields) > dim):
            raise VectorFormatError(
                f"{place}: expected a word and {_counted(dim)}, got {_counted(trailing_numbers(fields) or found)}."
            )
        yield _Line(b" ".join(fields[:-dim]), fields[-dim:], place)


def _numbers(fields: list[bytes], place: str) -> np.ndarray:
    values = []
    for field in fields:
        try:
            values.append(number(field))
        except ValueError:
            text = field.decode("utf-8", "replace")[:40]
            raise VectorFormatError(
                f"{place}: expected {_counted(len(fields))} after the word, but {text!r} is not a number."
            ) from None
    with np.errstate(over="ignore"):  # past float32 becomes infinity, which the space refuses with the word's name
        return np.array(values).astype(np.float32)


def _counted(n: int) -> str:
    return "1 number" if n == 1 else f"{n:,} numbers"
