"""CSV and TSV of vectors: label columns, and a column a dimension or one column of JSON lists of numbers.

Most CSV files are tables to learn from, so one is taken for vectors unasked only where it is clearly that.
"""

from __future__ import annotations

import csv as python_csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.data.charsets import find_charset
from embedviz.formats.arrow_columns import table_of
from embedviz.formats.labelled_rows import LABEL_NAMES
from embedviz.formats.metadata_files import LABEL
from embedviz.formats.source import HEAD, Source
from embedviz.formats.vector_columns import (
    DIMENSION_NAMES,
    MIN_CLEAR_DIM,
    ColumnReader,
    is_dimension_name,
    numbered_columns,
)
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "csv", (".csv",)  # tsv_vectors.py has the other
DELIMITERS = (",", "\t", ";", "|")
MAX_LINES, MAX_HEAD_LINES = 100, 10_000  # rows looked at; lines that they may stand among
MIN_LIST = 8  # numbers in a list that is taken for a vector unasked, whatever its column is called
BLOCK = 1 << 24  # bytes parsed at a time; a row has to fit
MIN_DISTINCT = 0.9  # of the labels of vectors; the classes of a table occur again and again
VECTOR_NAMES = re.compile(r"(.*[\s_.-])?(embeddings?|vectors?|emb|vec|values)([\s_.-].*)?", re.IGNORECASE)
ROWS = 4096  # written at a time
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
_LIST = re.compile(r"\s*\[[^\[\]{}\"]*\]\s*")


@dataclass(frozen=True)
class _Head:
    """The first lines of a delimited file, taken apart."""

    text: str
    delimiter: str

    @cached_property
    def rows(self) -> list[list[str]]:
        """The fields of the first lines that are whole."""
        lines = self.text.splitlines(keepends=True)
        if len(lines) > 1 and len(self.text) > HEAD // 4:
            lines.pop()
        rows: list[list[str]] = []
        try:
            for row in python_csv.reader(lines[:MAX_HEAD_LINES], delimiter=self.delimiter):
                if row:
                    rows.append(row)
                if len(rows) > MAX_LINES:
                    break
        except python_csv.Error:
            return []
        return rows

    @cached_property
    def names(self) -> list[str]:
        """The names of the columns; empty where the first line holds values as the others do."""
        if not self.rows or any(_NUMBER.fullmatch(field) and not field.strip().isdigit() for field in self.rows[0]):
            return []
        return self.rows[0]

    @cached_property
    def body(self) -> list[list[str]]:
        """The rows of values."""
        rows = self.rows[1:] if self.names else self.rows
        return [row for row in rows if len(row) == len(self.rows[0])]

    def cells(self, place: int) -> list[str]:
        """Return the cells of a column."""
        return [row[place] for row in self.body]

    @property
    def is_regular(self) -> bool:
        """True when all lines have the same number of fields, two or more."""
        return len(self.rows) > 0 and len({len(row) for row in self.rows}) == 1 and len(self.rows[0]) > 1

    @cached_property
    def dimensions(self) -> list[int]:
        """The places of the columns that hold the dimensions, where each has one."""
        width = len(self.rows[0])
        numbers = [i for i in range(width) if self._is_number(i)]
        if self.names:
            by_name = {self.names[i]: i for i in numbers}
            numbered = [by_name[name] for name in numbered_columns(list(by_name))]
            return numbered or [i for i in numbers if self._is_fractional(i)]
        fractions = [i for i in numbers if self._is_fractional(i)]
        return fractions if fractions == list(range(width - len(fractions), width)) else []

    @cached_property
    def list_column(self) -> int | None:
        """The place of the column of JSON lists of numbers; None where there is none."""
        for place in range(len(self.rows[0])):
            if self.body and all(_LIST.fullmatch(cell) and re.search(r"\d", cell) for cell in self.cells(place)):
                return place
        return None

    @cached_property
    def is_clear(self) -> bool:
        """True when this is clearly a file of vectors, and no table to learn from."""
        if not self.is_regular or not self.body:
            return False
        if self.list_column is not None:
            lists = [_numbers(cell) for cell in self.cells(self.list_column)]
            lengths = {len(numbers) for numbers in lists}
            is_named = bool(self.names) and VECTOR_NAMES.fullmatch(self.names[self.list_column]) is not None
            is_fractional = any(number != int(number) for numbers in lists for number in numbers if np.isfinite(number))
            return len(lengths) == 1 and (is_named or (is_fractional and max(lengths) >= MIN_LIST))
        if self.names and len(self.dimensions) > 1 and is_dimension_name(self.names[self.dimensions[0]]):
            return True
        fractional = [i for i in self.dimensions if self._is_fractional(i)]
        if len(self.dimensions) < MIN_CLEAR_DIM or 2 * len(fractional) < len(self.dimensions):
            return False
        if self.names and len(numbered_columns([self.names[i] for i in self.dimensions])) < len(self.dimensions):
            return False
        others = [i for i in range(len(self.rows[0])) if i not in set(self.dimensions)]
        return not others or any(self._is_label(place) for place in others)

    def _is_number(self, place: int) -> bool:
        cells = self.cells(place)  # one that is no number is a mistake, which is named when it is read
        return bool(cells) and 2 * sum(_NUMBER.fullmatch(cell) is not None for cell in cells) >= len(cells)

    def _is_label(self, place: int) -> bool:
        cells = self.cells(place)
        return len(set(cells)) >= MIN_DISTINCT * len(cells) and not all(map(_NUMBER.fullmatch, cells))

    def _is_fractional(self, place: int) -> bool:
        cells = self.cells(place)
        return 2 * sum(not cell.strip().lstrip("+-").isdigit() for cell in cells) >= len(cells)


def sniff(head: bytes) -> bool:
    """Return whether the first lines are clearly those of vectors: see `_Head.is_clear`."""
    if b"\0" in head[:HEAD] and not head.startswith(b"label"):
        return False
    return _head_of(head).is_clear


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: numbered columns, a column of lists, or where neither is there every column of fractions.

    Raises
    ------
    VectorFormatError
        When lines have different numbers of fields, or hold no vectors.
    """
    source.expect_text()
    head = _head_of(source.peek())
    if not head.rows:
        raise VectorFormatError(f"{source.name} is not CSV: its first lines cannot be taken apart.")
    names = _column_names(head, source.name)
    reader = ColumnReader(source)
    for batch in _batches(source, head, names):
        reader.add(_with_lists(batch, head, names, source.name))
        on_progress(Progress(min(source.done, source.size), source.size, message=f"Read {reader.read:,} vectors"))
        if limit is not None and reader.read >= limit:
            break
    space = reader.space(limit)
    on_progress(source.finished(len(space)))
    return space


def write(space: LabeledVectors, stream: ByteSink, delimiter: str = ",") -> None:
    """Write a line with the names, then label, columns and dimensions; numbers in the fewest digits that give the same back."""
    kept = table_of(space.columns)
    taken = {name.partition("_")[0] for name in kept.column_names}
    prefix = next(name for name in DIMENSION_NAMES if name not in taken)
    names = [LABEL, *kept.column_names, *(f"{prefix}_{i}" for i in range(space.vectors.shape[1]))]
    header = io.StringIO()
    python_csv.writer(header, delimiter=delimiter, lineterminator="\n").writerow(names)
    stream.write(header.getvalue().encode())
    options = csv.WriteOptions(include_header=False, delimiter=delimiter)
    for start in range(0, len(space.labels), ROWS):
        rows = slice(start, start + ROWS)
        block = np.asarray(space.vectors[rows], np.float32)
        labels = pa.array(list(space.labels[rows]), pa.string())
        others = [_writable(column) for column in kept.slice(start, len(labels)).columns]
        numbers = [pa.array(np.ascontiguousarray(column)) for column in block.T]
        buffer = io.BytesIO()
        csv.write_csv(pa.table([labels, *others, *numbers], names=[str(i) for i in range(len(names))]), buffer, options)
        stream.write(buffer.getvalue())


def _writable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string()) if pa.types.is_temporal(column.type) else column


def _head_of(head: bytes) -> _Head:
    text = _decoded(head)
    heads = [_Head(text, delimiter) for delimiter in DELIMITERS]
    regular = [each for each in heads if each.is_regular]
    return max(regular or heads, key=lambda each: len(each.rows[0]) if each.rows else 0)


def _decoded(head: bytes) -> str:
    return head.decode(_encoding(head), "replace")


def _encoding(head: bytes) -> str:
    whole = head[: head.rfind(b"\n") + 1] or head  # the last character may be cut
    try:
        whole.decode()
    except UnicodeDecodeError:
        return find_charset(whole).encoding
    return "utf-8"


def _column_names(head: _Head, name: str) -> list[str]:
    """Return the names of the columns, each once: numbered names for the dimensions where the file names none."""
    if head.names:
        repeated = [each for each, count in Counter(head.names).items() if count > 1]
        if repeated:
            raise VectorFormatError(f"{name}, line 1: the column {repeated[0]!r} is named twice.")
        return head.names
    dimensions = set(head.dimensions)
    others = iter([LABEL, *(f"column {i}" for i in range(2, len(head.rows[0]) + 2))])
    numbered = iter(range(len(head.rows[0])))
    return [f"dim_{next(numbered)}" if i in dimensions else next(others) for i in range(len(head.rows[0]))]


def _batches(source: Source, head: _Head, names: list[str]) -> Iterator[pa.RecordBatch]:
    dimensions = set(head.dimensions)
    texts = [
        name
        for i, name in enumerate(names)
        if i not in dimensions and (name.lower() in LABEL_NAMES or not _is_typed(head, i))
    ]
    types: dict[str, pa.DataType] = {name: pa.float32() for i, name in enumerate(names) if i in dimensions}
    types |= {name: pa.string() for name in texts}
    try:
        with csv.open_csv(
            pa.PythonFile(cast("Any", source.stream), mode="r"),
            read_options=csv.ReadOptions(
                column_names=names,
                skip_rows=1 if head.names else 0,
                block_size=BLOCK,
                use_threads=False,  # so that a message names the row; no slower
                encoding=_encoding(source.peek()),
            ),
            parse_options=csv.ParseOptions(delimiter=head.delimiter, newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=types, strings_can_be_null=False, null_values=["", "NA", "NaN", "nan"]
            ),
        ) as reader:
            yield from reader
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0][:200]
        raise VectorFormatError(f"{source.name} cannot be read as CSV of vectors: {reason}") from error


def _is_typed(head: _Head, place: int) -> bool:
    """Return whether a column holds nothing but numbers, or nothing but true and false, which Arrow tells by itself."""
    filled = [cell for cell in head.cells(place) if cell]
    return bool(filled) and (
        all(_NUMBER.fullmatch(cell) for cell in filled) or {cell.lower() for cell in filled} <= {"true", "false"}
    )


def _with_lists(batch: pa.RecordBatch, head: _Head, names: list[str], name: str) -> pa.RecordBatch:
    """Return the batch with its column of texts such as "[0.5, 1]" as lists of numbers."""
    if head.list_column is None or head.dimensions[1:]:
        return batch
    title = names[head.list_column]
    lists = [_checked_numbers(cell, name) for cell in cast("list[str]", batch.column(title).to_pylist())]
    return batch.set_column(head.list_column, title, pa.array(lists, pa.list_(pa.float32())))


def _checked_numbers(cell: str, name: str) -> list[float]:
    if "..." in cell:
        raise VectorFormatError(
            f"{name}: a list was shortened to {cell[:60]!r} when it was written, so its numbers are lost."
        )
    numbers = _numbers(cell)
    if not numbers:
        raise VectorFormatError(f"{name}: expected a list of numbers such as [0.5, 1], got {cell[:60]!r}.")
    return numbers


def _numbers(cell: str) -> list[float]:
    """Return the numbers of a list as JSON has it, or as NumPy prints it; empty when it is none."""
    text = cell if "," in cell else re.sub(r"(?<=[\d.])\s+(?=[-+\d.])", ",", cell)
    try:
        value: Any = json.loads(re.sub(r"(?<=\d)\.(?=[\s,\]])", ".0", text))
        return [float(number) for number in value]
    except (ValueError, TypeError, RecursionError):
        return []
