"""Lines of "word number number …", as GloVe and word2vec write them: bytes to labels and vectors, and back.

Arrow parses a block in one go; where a block is not as regular as that (words with spaces, a mistake), it is halved until
the irregular lines are among few, and those are taken apart one by one, which is slower and knows the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from embedviz.core.formats import LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.left_out import LeftOut
from embedviz.formats.number_text import joined_lines, number_lines, rows_at_a_time
from embedviz.formats.source import BYTE_ORDER_MARK, Source
from embedviz.formats.text_layout import RowLayout, is_number, number, trailing_numbers
from embedviz.space import EmbeddingSpace
from embedviz.space.checks import first_unusable, usable_rows

BLOCK = 1 << 23  # bytes of lines parsed at a time
PIECE = 1 << 16  # bytes of lines that are taken apart one by one where they are not regular
PARTS = 8  # that an irregular block is split into
TILE = 512  # rows transposed at a time: they stay in the cache
JOINT = b"\x1f"  # stands for a blank inside a label while a block is parsed
LABEL_END = b"\x1d"  # stands before the tab behind a label
PATIENCE = 10_000  # lines left out before it is asked whether most are


def read_space(
    source: Source,
    layout: RowLayout,
    first_line: int,
    limit: int | None,
    on_progress: Callable[[Progress], None],
    promised: int | None = None,
) -> EmbeddingSpace:
    """Read the lines of words and numbers as a space whose notes say what was left out, and why.

    Parameters
    ----------
    source : Source
        At the first of the lines.
    layout : RowLayout
        What a line holds.
    first_line : int
        Its number in the file, for messages.
    limit : int or None
        How many vectors at most.
    on_progress : callable
        Called after each block.
    promised : int, optional
        How many vectors the file says it holds.

    Raises
    ------
    VectorFormatError
        When most lines cannot be read.
    """
    reader = _RowReader(source.name, layout, first_line)
    size = BLOCK if limit is None else min(BLOCK, limit * layout.dim * 12)
    while (limit is None or reader.read < limit) and (block := source.read_lines(size)):
        reader.add(block)
        on_progress(Progress(source.done, source.size, message=f"Read {reader.read:,} vectors"))
    reader.left_out.check(reader.read)
    labels, vectors = pa.chunked_array(reader.labels, pa.binary()), reader.rows.finish()
    notes = reader.left_out.notes(reader.read)
    held = reader.read + reader.left_out.count
    if promised is not None and held != promised and (limit is None or held < min(limit, promised)):
        notes.append(f"The first line promises {promised:,} vectors; the file holds {held:,}.")
    if not layout.has_labels:
        notes.append("There are no words in the file, numbers alone: its rows are numbered.")
    if limit is not None:
        labels, vectors = labels[:limit], vectors[:limit]
    return label_text.space_of(labels, vectors, source.name, notes=notes)


def lines_of(space: LabeledVectors) -> Iterator[bytes]:
    """Yield the space's lines in blocks, numbers in the fewest digits that give the same float32 back."""
    labels = label_text.without_blanks(space.labels)
    step = rows_at_a_time(space.vectors.shape[1])
    for start in range(0, len(labels), step):
        rows = slice(start, start + step)
        numbers = number_lines(space.vectors[rows], " ")
        yield joined_lines(pc.binary_join_element_wise(pa.array(labels[rows], pa.string()), numbers, " "))


class _Row(NamedTuple):
    line: int
    label: bytes
    numbers: list[bytes]


class _RowReader:
    """Labels and vectors as they are read, and what was left out.

    Attributes
    ----------
    labels : list of pa.Array
        A block's labels each, as bytes.
    rows : GrowingRows
        The vectors.
    read : int
        How many.
    """

    def __init__(self, name: str, layout: RowLayout, first_line: int):
        self.layout, self.line = layout, first_line
        self.rows, self.read = GrowingRows(layout.dim), 0
        self.labels: list[pa.Array] = []
        self.left_out = LeftOut(name)
        self._row = 0  # lines that are not blank, up to here

    def add(self, block: bytes) -> None:
        """Read a block of whole lines."""
        if block.isspace():
            self.line += block.count(b"\n")
            return
        if self._add_regular(block):
            return
        if len(block) <= PIECE:
            self._add_lines(block.split(b"\n"))
            return
        start = 0
        for part in range(1, PARTS + 1):
            end = len(block) if part == PARTS else block.find(b"\n", max(start, len(block) * part // PARTS)) + 1
            end = end or len(block)
            if start < end:
                if end - start == len(block):  # one long line cannot be split
                    self._add_lines(block.split(b"\n"))
                else:
                    self.add(block[start:end])
            start = end

    def _add_regular(self, block: bytes) -> bool:
        """Read a block that Arrow can parse, and return whether it could."""
        if block.startswith(BYTE_ORDER_MARK):  # Arrow would take it for the file's and drop it
            return False
        first = block[: block.find(b"\n") + 1] or block
        if first.endswith(b" \n"):  # as fastText ends its lines
            block, first = block.replace(b" \n", b"\n"), first.rstrip()
        wanted = self.layout.dim - (not self.layout.has_labels)
        delimiter = b"\t" if first.count(b"\t") >= wanted else b" "
        has_label_end = delimiter == b" " and b"\t" in first  # a tab behind the word alone
        if has_label_end and LABEL_END in block:
            return False
        if has_label_end:
            block, first = (text.replace(b"\t", LABEL_END + b" ") for text in (block, first))
        found = first.count(delimiter)
        if found < wanted:  # many columns are costly to try
            return False
        joined = _labels_joined(block, wanted) if found > wanted and self.layout.has_labels else block
        table = None if joined is None else self._table(joined, delimiter)
        if table is None and joined is block and self.layout.has_labels and delimiter == b" ":
            joined = _labels_joined(block, wanted)  # the first line's label has no blanks, but others may
            table = None if joined is None else self._table(joined, delimiter)
        if table is None:
            return False
        if self.layout.has_labels:
            labels = table.column(0).chunks
            if (has_label_end or joined is not block) and (labels := self._labels(labels, has_label_end)) is None:
                return False
            numbers = table.columns[1:]
        else:
            labels = [_row_numbers(range(self._row + 1, self._row + 1 + table.num_rows))]
            numbers = table.columns
        vectors = _transposed(numbers, table.num_rows)
        if first_unusable(vectors) is not None:
            return False
        self.line += block.count(b"\n")
        self._row += table.num_rows
        self._keep(labels, vectors)
        return True

    def _table(self, block: bytes, delimiter: bytes) -> pa.Table | None:
        try:
            return _parsed(block, self.layout, delimiter)
        except pa.ArrowInvalid:
            return None

    def _labels(self, labels: list[pa.Array], has_end: bool) -> list[pa.Array] | None:
        """Return labels with their blanks again, and without the sign for their end; None when one swallowed a number."""
        separated: list[pa.Array] = []
        for array in labels:
            if has_end:
                ends = pc.subtract(pc.binary_length(array), 1)
                if not pc.all(pc.equal(pc.find_substring(array, LABEL_END), ends)).as_py():
                    return None
                array = pc.binary_slice(array, 0, -1)
            is_joint = pc.match_substring(array, JOINT)
            joint = [word.replace(JOINT, b" ").strip() for word in array.filter(is_joint).to_pylist()]
            if not self.layout.is_promised and any(is_number(word.rpartition(b" ")[2]) for word in joint):
                return None
            separated.append(pc.replace_with_mask(array, is_joint, pa.array(joint, array.type)) if joint else array)
        return separated

    def _add_lines(self, lines: list[bytes]) -> None:
        """Read lines one by one, and leave out those that cannot be read."""
        found: list[_Row] = []
        problems: dict[int, str] = {}
        broken_off = self.line + len(lines) - 1 if lines[-1].strip() else 0
        for line, text in enumerate(lines, self.line):
            if not text.strip():
                continue
            self._row += 1
            row = _row_of(line, text, self.layout, self._row)
            if isinstance(row, str):
                problems[line] = row
            else:
                found.append(row)
        self.line += len(lines) - 1
        vectors = self._numbers(found, problems)
        usable = usable_rows(vectors)
        for row, is_usable in zip(found, usable.tolist(), strict=True):
            if not is_usable:
                problems.setdefault(row.line, f"{_shown(row.label)} {label_text.UNUSABLE}")
        for line, problem in sorted(problems.items()):
            self.left_out.add(line, problem + (", and the file breaks off there" if line == broken_off else ""))
        labels = [row.label for row, is_usable in zip(found, usable.tolist(), strict=True) if is_usable]
        self._keep([pa.array(labels, pa.binary())], vectors[usable])
        if self.left_out.count > PATIENCE:
            self.left_out.check(self.read)

    def _numbers(self, found: list[_Row], problems: dict[int, str]) -> np.ndarray:
        """Return the numbers of rows, (N, D) float32; a row of NaN where one is not a number, with the problem."""
        dim = self.layout.dim
        try:
            text = b"".join(b" ".join(row.numbers) + b"\n" for row in found)
            table = _parsed(text, RowLayout(dim, has_labels=False), b" ") if dim > 1 else None
        except pa.ArrowInvalid:
            table = None
        if table is not None and table.num_rows == len(found):
            return _transposed(table.columns, len(found))
        vectors = np.full((len(found), dim), np.nan, np.float32)
        with np.errstate(over="ignore"):  # past float32 becomes infinity, which is left out
            for at, row in enumerate(found):
                values = _values(row.numbers, self.layout.has_labels)
                if isinstance(values, str):
                    problems[row.line] = values
                else:
                    vectors[at] = values
        return vectors

    def _keep(self, labels: list[pa.Array], vectors: np.ndarray) -> None:
        self.labels += labels
        self.rows.add(len(vectors))[:] = vectors
        self.read += len(vectors)


def _labels_joined(block: bytes, dim: int) -> bytes | None:
    """Return the block with JOINT for the blanks inside labels, those before the last `dim` of a line.

    None when a line has fewer.
    """
    if JOINT in block:
        return None
    data = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", np.uint8)
    blanks = np.flatnonzero(data == ord(" "))
    behind = np.searchsorted(blanks, np.flatnonzero(data == ord("\n")))  # blanks up to each line's end
    held = np.diff(behind, prepend=0)
    if held.min() < dim:
        return None
    data = data.copy()
    data[blanks[np.arange(len(blanks)) < np.repeat(behind - dim, held)]] = JOINT[0]
    return data.tobytes()


def _parsed(block: bytes, layout: RowLayout, delimiter: bytes) -> pa.Table:
    """Parse lines of one shape; ArrowInvalid when they are of several, or hold something else."""
    names = [str(i) for i in range(layout.dim + layout.has_labels)]
    types: dict[str, pa.DataType] = dict.fromkeys(names, pa.float32())
    if layout.has_labels:
        types[names[0]] = pa.binary()
    return csv.read_csv(
        pa.BufferReader(block),
        read_options=csv.ReadOptions(column_names=names, block_size=len(block) // 2 + 1),
        parse_options=csv.ParseOptions(delimiter=delimiter.decode(), quote_char=False, double_quote=False),
        convert_options=csv.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False),
    )


def _transposed(columns: list[pa.ChunkedArray], count: int) -> np.ndarray:
    """Return columns of numbers as rows, (count, D) float32."""
    vectors = np.empty((count, len(columns)), np.float32)
    arrays = [column.to_numpy() for column in columns]
    for start in range(0, count, TILE):
        tile = vectors[start : start + TILE]
        for i, array in enumerate(arrays):
            tile[:, i] = array[start : start + TILE]
    return vectors


def _row_of(line: int, text: bytes, layout: RowLayout, row: int) -> _Row | str:
    """Return the row of a line, or why it is none."""
    dim = layout.dim
    if not layout.has_labels:
        numbers = text.split()
        if len(numbers) != dim:
            return f"expected {_counted(dim)}, got {_counted(sum(map(is_number, numbers)))}"
        return _Row(line, str(row).encode(), numbers)
    parts = text.rsplit(None, dim)
    if len(parts) == dim and text[:1].isspace():
        return _Row(line, b"", parts)  # a word that is nothing but a blank
    if len(parts) == dim + 1 and _is_word(parts[0].strip(), text, layout):
        return _Row(line, parts[0].strip(), parts[1:])
    fields = text.split()
    return f"expected a word and {_counted(dim)}, got {_counted(trailing_numbers(fields) or len(fields) - 1)}"


def _is_word(start: bytes, text: bytes, layout: RowLayout) -> bool:
    """Return whether what stands before the last dim fields of a line is its word, and holds no number too many.

    A word may hold blanks, but no tab; and only where the file says how many numbers follow may it end in one.
    """
    if b"\t" in start:
        return False
    return layout.is_promised or len(start.split()) < 2 or trailing_numbers(text.split()) <= layout.dim


def _values(fields: list[bytes], has_labels: bool) -> list[float] | str:
    """Return the numbers that fields hold, or which does not hold one."""
    values: list[float] = []
    for field in fields:
        try:
            values.append(number(field))
        except ValueError:
            where = " after the word" if has_labels else ""
            return f"expected {_counted(len(fields))}{where}, but {_shown(field)} is not a number"
    return values


def _row_numbers(rows: range) -> pa.Array:
    return pc.cast(pc.cast(pa.array(rows, pa.int64()), pa.string()), pa.binary())


def _shown(field: bytes) -> str:
    return repr(field.decode("utf-8", "replace")[:40])


def _counted(n: int) -> str:
    return "1 number" if n == 1 else f"{n:,} numbers"
