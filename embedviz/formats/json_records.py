"""Objects with a list of numbers and other fields, as JSON holds them: rows of vectors and their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.formats.arrow_columns import as_text, frame_of
from embedviz.formats.delimited_vectors import MIN_LIST, VECTOR_NAMES
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.labelled_rows import space_of_rows
from embedviz.formats.source import Source
from embedviz.formats.tensors import check_dim, choose
from embedviz.space import EmbeddingSpace

VECTOR = "vector"
ROWS = 4096  # taken at a time

Object = dict[str, Any]


class RecordReader:
    """Vectors and fields, as objects arrive.

    Parameters
    ----------
    source : Source
        Where they come from.
    first : str
        What the place of the first object is called in messages.
    """

    def __init__(self, source: Source, first: str):
        self._source, self._first = source, first
        self._key = ""
        self._rows: GrowingRows | None = None
        self._dim = 0
        self._vectors: list[np.ndarray] = []
        self._records: list[Object] = []
        self.read = 0

    def add(self, record: Object, where: str) -> None:
        """Take the vector of an object and keep its other fields.

        Raises
        ------
        SeveralTensorsError
            When several fields of the first object hold vectors and none was asked for.
        VectorFormatError
            When it has no vector, or one of another length than the first.
        """
        if self._rows is None:
            self._start(record, where)
        self._vectors.append(self._vector(record, where))
        self._records.append(record)
        self.read += 1
        if len(self._vectors) >= ROWS:
            self._flush()

    def space(self, nothing: str) -> EmbeddingSpace:
        """Return the space of the objects; VectorFormatError with the sentence `nothing` when there are none."""
        if self._rows is None:
            raise VectorFormatError(nothing)
        self._flush()
        frame = frame_of(_table(self._records)) if any(self._records) else None
        return space_of_rows(self._source, self._rows.finish(), frame)

    def _flush(self) -> None:
        if self._rows is not None and self._vectors:
            self._rows.add(len(self._vectors))[:] = self._vectors
            self._vectors = []

    def _start(self, record: Object, where: str) -> None:
        dims = dimensions_of([record])
        if not dims:
            raise VectorFormatError(f"{self._source.name}, {where}: no field holds a list of numbers.")
        self._key = chosen_field(self._source, {name: (1, dim) for name, dim in dims.items()})
        self._dim = dims[self._key]
        check_dim(self._source, self._dim)
        self._rows = GrowingRows(self._dim)

    def _vector(self, record: Object, where: str) -> np.ndarray:
        value: Any = record.pop(self._key, None)
        try:
            with np.errstate(over="ignore"):
                vector = np.array(value, np.float32)
        except (ValueError, TypeError, OverflowError):
            vector = np.empty(0)
        if vector.shape != (self._dim,):
            raise VectorFormatError(
                f"{self._source.name}, {where}: expected {self._dim:,} numbers in {self._key!r}, as {self._first}, "
                f"got {len(vector) if vector.ndim == 1 and len(vector) else 'something else'}."
            )
        return vector


def chosen_field(source: Source, shapes: Mapping[str, tuple[int, int]]) -> str:
    """Return the field that holds the vectors: the one that was asked for, the only one, or the only one called so.

    Raises
    ------
    SeveralTensorsError
        When there are several.
    VectorFormatError
        When there is not the one that was asked for.
    """
    try:
        return choose(source, shapes).name
    except SeveralTensorsError:
        named = [name for name in shapes if VECTOR_NAMES.fullmatch(name)]
        if len(named) != 1:
            raise
        return named[0]


def holds_vectors(objects: Sequence[Object]) -> bool:
    """Return whether objects have a list of numbers, of the same length in each, that looks like a vector."""
    return any(
        VECTOR_NAMES.fullmatch(name) is not None or (dim >= MIN_LIST and _is_fractional(objects, name))
        for name, dim in dimensions_of(objects).items()
    )


def dimensions_of(objects: Sequence[Object]) -> dict[str, int]:
    """Return field -> length of those that hold as long a list of numbers in every object."""
    found: dict[str, int] = {}
    for name, value in (objects[0] if objects else {}).items():
        lists = [record.get(name) for record in objects]
        if all(map(is_vector, lists)) and len({len(cast("list[Any]", each)) for each in lists}) == 1:
            found[name] = len(cast("list[Any]", value))
    return found


def is_vector(value: object) -> bool:
    """Return whether a value is a list of numbers."""
    return isinstance(value, list) and bool(value) and all(map(_is_number, cast("list[Any]", value)))


def _table(records: list[Object]) -> pa.Table:
    """Return the fields of all objects as columns; fields with values of several kinds as text."""
    names = list(dict.fromkeys(name for record in records for name in record))
    columns: list[pa.Array] = []
    for name in names:
        cells = [record.get(name) for record in records]
        try:
            columns.append(pa.array(cells))
        except (pa.ArrowException, OverflowError, TypeError):
            columns.append(pa.array([None if cell is None else as_text(cell) for cell in cells], pa.string()))
    return pa.table(columns, names=names)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_fractional(objects: Sequence[Object], name: str) -> bool:
    return any(isinstance(number, float) for record in objects for number in record[name])
