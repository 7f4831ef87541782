"""JSON lines: an object a line, with a list of numbers and other fields."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pyarrow as pa

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats.arrow_columns import as_text, frame_of, table_of
from embedviz.formats.delimited_vectors import MIN_LIST, VECTOR_NAMES
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.labelled_rows import space_of_rows
from embedviz.formats.metadata_files import LABEL
from embedviz.formats.source import Source
from embedviz.formats.tensors import check_dim, choose
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "jsonl", (".jsonl", ".ndjson")
VECTOR = "vector"
BLOCK = 1 << 23  # bytes of lines parsed at a time
MAX_LINES = 20  # looked at
ROWS = 4096  # written at a time

Object = dict[str, Any]


def sniff(head: bytes) -> bool:
    """Return whether the first lines are objects with a list of numbers, of the same length in each, that looks like a vector."""
    if not head.lstrip().startswith(b"{"):
        return False
    objects = _objects(head)
    return any(
        VECTOR_NAMES.fullmatch(name) is not None or (dim >= MIN_LIST and _is_fractional(objects, name))
        for name, dim in _dimensions(objects).items()
    )


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: the field with a list of numbers of the same length on each line; the other fields are its columns.

    Raises
    ------
    SeveralTensorsError
        When several fields hold vectors and none was asked for.
    VectorFormatError
        With the line that is no object, or whose list has another length.
    """
    source.expect_text()
    reader = _LineReader(source)
    while (limit is None or reader.read < limit) and (block := source.read_lines(BLOCK)):
        reader.add(block, limit)
        on_progress(Progress(min(source.done, source.size), source.size, message=f"Read {reader.read:,} vectors"))
    space = reader.space()
    on_progress(source.finished(len(space)))
    return space


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write an object a label: "label", its columns, and "vector"."""
    kept = table_of(space.columns)
    names = [f"{name} (column)" if name in (LABEL, VECTOR) else name for name in kept.column_names]
    for start in range(0, len(space.labels), ROWS):
        vectors = np.asarray(space.vectors[start : start + ROWS], np.float32)
        records = kept.slice(start, len(vectors)).rename_columns(names).to_pylist()
        lines = [
            json.dumps({LABEL: label, **record, VECTOR: _shortest(vector)}, ensure_ascii=False, default=as_text)
            for label, record, vector in zip(space.labels[start : start + ROWS], records, vectors, strict=True)
        ]
        stream.write(("\n".join(lines) + "\n").encode())


def _shortest(vector: np.ndarray) -> list[float]:
    """Return the numbers as JSON writes them in the fewest digits that give the same float32 back."""
    return [float(str(number)) for number in vector]


class _LineReader:
    """Vectors and fields, as blocks of lines arrive."""

    def __init__(self, source: Source):
        self._source, self._line = source, 0
        self._key = ""
        self._rows: GrowingRows | None = None
        self._dim = 0
        self._records: list[Object] = []
        self.read = 0

    def add(self, block: bytes, limit: int | None) -> None:
        vectors: list[Any] = []
        for line in block.split(b"\n"):
            if limit is not None and self.read >= limit:
                break
            self._line += 1
            if not line.strip():
                continue
            record = self._object(line)
            if self._rows is None:
                self._start(record)
            vectors.append(self._vector(record))
            self._records.append(record)
            self.read += 1
        if block.endswith(b"\n"):
            self._line -= 1
        if self._rows is not None and vectors:
            self._rows.add(len(vectors))[:] = vectors

    def space(self) -> EmbeddingSpace:
        if self._rows is None:
            raise VectorFormatError(f"{self._source.name} holds no lines with vectors.")
        frame = frame_of(_table(self._records))
        return space_of_rows(self._source, self._rows.finish(), frame)

    def _object(self, line: bytes) -> Object:
        try:
            record: Any = json.loads(line.decode("utf-8-sig" if self._line == 1 else "utf-8"))
        except (ValueError, RecursionError) as error:
            raise VectorFormatError(
                f"{self._source.name}, line {self._line:,}: not JSON ({str(error)[:100]})."
            ) from error
        if not isinstance(record, dict):
            raise VectorFormatError(
                f'{self._source.name}, line {self._line:,}: expected an object such as {{"word": "king", "vector": [0.5, 1]}}.'
            )
        return cast("Object", record)

    def _start(self, record: Object) -> None:
        objects = [record]
        dims = {name: dim for name, dim in _dimensions(objects).items() if dim > 0}
        shapes = {name: (1, dim) for name, dim in dims.items()}
        named = [name for name in shapes if VECTOR_NAMES.fullmatch(name)]
        if not shapes:
            raise VectorFormatError(f"{self._source.name}, line {self._line:,}: no field holds a list of numbers.")
        try:
            self._key = choose(self._source, shapes).name
        except SeveralTensorsError:
            if len(named) != 1:
                raise
            self._key = named[0]
        self._dim = dims[self._key]
        check_dim(self._source, self._dim)
        self._rows = GrowingRows(self._dim)

    def _vector(self, record: Object) -> np.ndarray:
        value: Any = record.pop(self._key, None)
        try:
            with np.errstate(over="ignore"):
                vector = np.array(value, np.float32)
        except (ValueError, TypeError, OverflowError):
            vector = np.empty(0)
        if vector.shape != (self._dim,):
            raise VectorFormatError(
                f"{self._source.name}, line {self._line:,}: expected {self._dim:,} numbers in {self._key!r}, as on the first line, "
                f"got {len(vector) if vector.ndim == 1 and len(vector) else 'something else'}."
            )
        return vector


def _table(records: list[Object]) -> pa.Table:
    """Return the fields of all lines as columns; fields with values of several kinds as text."""
    names = list(dict.fromkeys(name for record in records for name in record))
    columns: list[pa.Array] = []
    for name in names:
        cells = [record.get(name) for record in records]
        try:
            columns.append(pa.array(cells))
        except (pa.ArrowException, OverflowError, TypeError):
            columns.append(pa.array([None if cell is None else as_text(cell) for cell in cells], pa.string()))
    return pa.table(columns, names=names)


def _objects(head: bytes) -> list[Object]:
    lines = head.split(b"\n", MAX_LINES + 1)
    if len(lines) > 1:
        lines.pop()  # perhaps not whole
    objects: list[Object] = []
    for line in lines:
        if not line.strip():
            continue
        try:
            record: Any = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return []
        if not isinstance(record, dict):
            return []
        objects.append(cast("Object", record))
    return objects


def _dimensions(objects: list[Object]) -> dict[str, int]:
    """Return field -> length of those that hold as long a list of numbers in every object."""
    found: dict[str, int] = {}
    for name, value in (objects[0] if objects else {}).items():
        lists = [record.get(name) for record in objects]
        if all(isinstance(each, list) and all(map(_is_number, cast("list[Any]", each))) for each in lists):
            lengths = {len(cast("list[Any]", each)) for each in lists}
            if lengths == {len(cast("list[Any]", value))} and value:
                found[name] = len(cast("list[Any]", value))
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_fractional(objects: list[Object], name: str) -> bool:
    return any(isinstance(number, float) for record in objects for number in record[name])
