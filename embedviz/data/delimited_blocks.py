"""Blocks of a delimited file to columns of cells.

Arrow parses what is regular, which nearly all blocks of nearly all files are. A block with a row of another shape or a
loose quotation mark is split by `embedviz.data.dialect` and mended row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from embedviz.data.cell_patterns import is_value
from embedviz.data.detection import Reading
from embedviz.data.dialect import WHITESPACE, Row, Splitter
from embedviz.data.mending import Mender
from embedviz.data.names_again import without_names_again
from embedviz.data.report import RowNotes
from embedviz.data.typing_columns import ColumnBuilder

MAX_BEHIND = 4  # blocks that are parsed ahead
MAX_CARRIED = 1 << 22  # bytes of a row that goes on in the next block
_CODES = rb"(?:^|[%b])[ ]*[+-]?0[0-9]|[0-9][eE][+-]?[0-9]"  # a leading zero or an exponent


@dataclass
class Notes:
    """Rows that were left out, and rows that were mended."""

    dropped: RowNotes = field(default_factory=RowNotes)
    mended: RowNotes = field(default_factory=RowNotes)


class _Block(NamedTuple):
    """Lines in normal form: text, and the line in the file at which they begin; last: nothing follows."""

    text: bytes
    line: int
    last: bool


class BlockReader:
    """Turns blocks of lines into columns of cells.

    Parameters
    ----------
    reading : Reading
        The file's dialect and layout.
    missing : sequence of str
        Cells that hold nothing in a column of numbers.
    cut : bool
        Only the beginning of the file was read, so that its last row may be half.
    """

    def __init__(self, reading: Reading, missing: Sequence[str], cut: bool):
        self.dialect, self.layout, self.cut = reading.dialect, reading.layout, cut
        self.separator = self.dialect.separator.encode()
        self.quote = self.dialect.quote.encode()
        # names do not matter; columns of one file may have the same
        self.columns = [str(i) for i in range(self.layout.width)]
        self.splitter = Splitter(self.dialect)
        self.mender = Mender(self.dialect, self.layout)
        self.missing = list(missing)
        self.line_of_names = b""  # which stands between files that were put one after another

    def tables(
        self, blocks: Iterable[bytes], builders: Sequence[ColumnBuilder], notes: Notes
    ) -> Iterator[list[pa.Array]]:
        """Yield the columns of one block after another: numbers where the builders allow, else strings."""
        with ThreadPoolExecutor(2) as pool:
            waiting: list[tuple[_Block, Future[list[pa.Array] | None]]] = []
            carried: bytes = b""
            first = True
            for block in self._normal_blocks(blocks):
                if carried:
                    block = _Block(carried + block.text, block.line - carried.count(b"\n"), block.last)
                    carried = b""
                # the first block tells the decimal sign, so its cells are looked at
                types = [builder.direct_type() for builder in builders] or [pa.large_string()] * self.layout.width
                block, carried = self._without_open_cell(block)
                regular = bool(carried) or self._is_regular(block)
                if regular:
                    waiting.append((block, pool.submit(self._parse, block.text, types)))
                else:
                    yield from self._finish(waiting, notes)
                    waiting = []
                    table, carried = self._mend(block, notes)
                    if table is not None:
                        yield table
                        first = False
                    continue
                if first or len(waiting) > MAX_BEHIND:
                    for table in self._finish(waiting[:1], notes):
                        yield table
                        first = False
                    waiting = waiting[1:]
            yield from self._finish(waiting, notes)

    def _finish(
        self, waiting: list[tuple[_Block, Future[list[pa.Array] | None]]], notes: Notes
    ) -> Iterator[list[pa.Array]]:
        for block, future in waiting:
            table = future.result()
            if table is None:
                table, _ = self._mend(block._replace(last=True), notes)
            if table is not None:
                yield table

    def _normal_blocks(self, blocks: Iterable[bytes]) -> Iterator[_Block]:
        """The lines of the table itself, in normal form."""
        line = 1
        skipped = max(self.layout.first_line - 1, self.layout.last_header_line)
        previous: _Block | None = None
        for block in blocks:
            count = block.count(b"\n")
            start = line
            line += count
            if start <= skipped:
                keep = block.split(b"\n", min(skipped - start + 1, count))
                block, start = keep[-1], start + len(keep) - 1
                if self.layout.last_header_line == self.layout.first_line < start and self._are_words():
                    self.line_of_names = self.dialect.normalized(keep[-2].decode()).encode()
            if not block:
                continue
            if not self.dialect.is_normal:
                block = self.dialect.normalized(block.decode()).encode()
            if previous is not None:
                yield previous
            previous = _Block(block, start, False)
        if previous is not None:
            text = previous.text
            if self.cut:
                text = text[: text.rfind(b"\n") + 1]
            yield previous._replace(text=text, last=True)

    def _are_words(self) -> bool:
        """True when no name is a number or a date, so that a row that equals the names is none."""
        names = self.layout.names
        return names is not None and len(names) > 1 and not any(map(is_value, names))

    def _is_regular(self, block: _Block) -> bool:
        """True when quotation marks, if there are any, stand at both ends of cells."""
        if not self.separator or (self.line_of_names and self.line_of_names in block.text):
            return False
        if not self.quote or self.quote not in block.text:
            return True
        text = np.frombuffer(block.text, np.uint8)
        mark = self.quote[0]
        at = np.flatnonzero(text == mark)
        if len(at) % 2:
            return False
        ends = np.frombuffer(self.separator + b"\n" + self.quote, np.uint8)
        opening, closing = at[::2], at[1::2]
        before = text[np.maximum(opening - 1, 0)]
        after = text[np.minimum(closing + 1, len(text) - 1)]
        opens = np.isin(before, ends) | (opening == 0)
        closes = np.isin(after, ends) | (closing == len(text) - 1)
        if not (opens.all() and closes.all()):
            return False
        return not self._may_swallow(text, at)

    def _may_swallow(self, text: np.ndarray, marks: np.ndarray) -> bool:
        """True when a row spans lines that all look like rows, so that two loose marks may have made one of them.

        text : (n,) uint8, marks : places of the quotation marks
        """
        ends = np.flatnonzero(text == 10)
        if not len(ends) or text[-1] != 10:
            ends = np.append(ends, len(text))
        inside = np.searchsorted(marks, ends) % 2 == 1  # the line's end belongs to a cell
        if not inside.any():
            return False
        separators = np.searchsorted(np.flatnonzero(text == self.separator[0]), ends)
        like_rows = np.diff(separators, prepend=0) == self.layout.width - 1
        first_lines = np.flatnonzero(~np.append(False, inside[:-1]))
        spans = np.diff(np.append(first_lines, len(ends))) > 1
        return bool((np.logical_and.reduceat(like_rows, first_lines) & spans).any())

    def _without_open_cell(self, block: _Block) -> tuple[_Block, bytes]:
        """A regular block without its last cell, where that goes on in the next block, and what goes there."""
        if block.last or not self.quote or self.quote not in block.text:
            return block, b""
        text = np.frombuffer(block.text, np.uint8)
        marks = np.flatnonzero(text == self.quote[0])
        lines = np.flatnonzero(text == 10)
        outside = lines[np.searchsorted(marks, lines) % 2 == 0]
        if len(marks) % 2 == 0 or not len(outside) or len(text) - outside[-1] > MAX_CARRIED:
            return block, b""
        whole = block._replace(text=block.text[: outside[-1] + 1])
        return (whole, block.text[outside[-1] + 1 :]) if self._is_regular(whole) else (block, b"")

    def _parse(self, text: bytes, types: Sequence[pa.DataType]) -> list[pa.Array] | None:
        """The columns of a regular block, None where a row has another shape."""
        kinds = list(types)
        if any(not _is_text_type(kind) for kind in kinds) and self._may_hold_codes(text):
            kinds = [pa.large_string()] * len(kinds)
        for _ in range(2):
            try:
                table = self._parsed(text, kinds)
            except pa.ArrowInvalid as error:
                if "conversion error" not in str(error):
                    return None
                kinds = [pa.large_string()] * len(kinds)
                continue
            if table is None:
                return None
            columns = [column.combine_chunks() for column in table.columns]
            if self.dialect.spaced or (self.quote and self.separator == b"\x1f" and self.quote in text):
                columns = [self._restored(column) for column in columns]
            return columns
        return None

    def _parsed(self, text: bytes, kinds: Sequence[pa.DataType]) -> pa.Table | None:
        odd: list[object] = []

        def note(row: object) -> str:
            odd.append(row)
            return "skip"

        table = csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(
                use_threads=False, column_names=self.columns, block_size=max(len(text), 1) + 1
            ),
            parse_options=csv.ParseOptions(
                delimiter=self.dialect.separator,
                quote_char=self.dialect.quote or False,
                double_quote=bool(self.dialect.quote),
                newlines_in_values=bool(self.quote) and self.quote in text,
                invalid_row_handler=note,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,
                column_types=dict(zip(self.columns, kinds, strict=True)),
                null_values=self.missing,
                strings_can_be_null=False,
            ),
        )
        return None if odd else table

    def _may_hold_codes(self, text: bytes) -> bool:
        """True when a cell may begin with a zero before other digits, or have an exponent."""
        pattern = _CODES % _in_class(self.separator + self.quote + b"\n")
        cells = pa.array([text], pa.large_binary())
        return bool(pc.match_substring_regex(cells, pattern.decode("latin-1")).to_pylist()[0])

    def _restored(self, column: pa.Array) -> pa.Array:
        if not is_text_array(column) or self.separator != b"\x1f":
            return column
        delimiter = " " if self.dialect.delimiter == WHITESPACE else self.dialect.delimiter
        return pc.replace_substring(column, "\x1f", delimiter)

    def _mend(self, block: _Block, notes: Notes) -> tuple[list[pa.Array] | None, bytes]:
        """The columns of a block whose rows are looked at one by one, and what has to be read with the next block."""
        text = block.text.decode()
        rows = list(self.splitter.rows(text, block.line))
        carried = b""
        if not block.last and (open_at := self._open_row(rows, text)) is not None:
            carried = "\n".join([*(row.text for row in rows[open_at:]), ""]).encode()
            # lines between rows are empty; the carried part has to have as many as the file
            first = rows[open_at]
            carried = _from_line(text, first.line - block.line).encode()
            rows = rows[:open_at]
        if block.last and self.cut and rows and rows[-1].misquoted:
            rows.pop()
        cells: list[list[str]] = []
        for row in self.mender.mend(without_names_again(rows, self.line_of_names.decode(), notes.dropped)):
            if row.cells is None:
                notes.dropped.add(row.line, row.how)
                continue
            if row.how:
                notes.mended.add(row.line, row.how)
            cells.append(row.cells)
        if not cells:
            return None, carried
        columns = zip(*cells, strict=True)
        arrays = [pa.array(column, pa.large_string()) for column in columns]
        return arrays, carried

    def _open_row(self, rows: Sequence[Row], text: str) -> int | None:
        """The row at the end of a block whose quotation mark may be closed in the next one."""
        size = 0
        found = None
        for i in range(len(rows) - 1, max(-1, len(rows) - 1000), -1):
            size += len(rows[i].text)
            if size > MAX_CARRIED:
                break
            if rows[i].misquoted:
                found = i
            elif rows[i].quoted:
                break  # inside an open cell no other would be whole
        return found if found else None  # the first row of a block is not put off again


def _from_line(text: str, line: int) -> str:
    """The text from a line on, counted from 0."""
    at = 0
    for _ in range(line):
        at = text.index("\n", at) + 1
    return text[at:]


def _in_class(characters: bytes) -> bytes:
    return b"".join(b"\\" + bytes([c]) if c in b"\\]^-[" else bytes([c]) for c in characters)


def is_text_array(column: pa.Array) -> bool:
    """Return whether a column holds strings."""
    return _is_text_type(column.type)


def _is_text_type(kind: pa.DataType) -> bool:
    return pa.types.is_large_string(kind) or pa.types.is_string(kind)
