"""Vectors in the columns of a table: a column of lists, or a column a dimension. The other columns are kept.

Letters: N rows, D dimensions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import VectorFormatError
from embedviz.formats.arrow_columns import frame_of
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.labelled_rows import space_of_rows
from embedviz.formats.source import Source
from embedviz.formats.tensors import Asked, check_dim, choose
from embedviz.space import EmbeddingSpace

MIN_CLEAR_DIM = 16  # columns of numbers from which a table without lists may be taken for vectors unasked
TILE = 512  # rows copied at a time: they stay in the cache
MIN_UNNAMED = 3  # columns of fractions that are taken for the dimensions where no names are numbered
COORDINATES = ("projection_x", "projection_y", "x", "y")  # of a map, not of a vector
DIMENSION_NAMES = ("dim", "dimension", "emb", "embed", "embedding", "embeddings", "vec", "vector", "component")
_DIMENSION = re.compile(r"(.*?)[\s_.\-\[]*(\d{1,6})\]?")
_INDEX = re.compile(r"__index_level_\d+__")  # what pandas calls an index without a name


@dataclass(frozen=True)
class VectorColumns:
    """Which columns of a table hold the vectors.

    Attributes
    ----------
    vector : str
        The column of lists; empty where each dimension has a column.
    dimensions : tuple of str
        The columns of the dimensions, in their order.
    left_out : tuple of str
        Further columns of lists of numbers.
    """

    vector: str = ""
    dimensions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def kept(self, names: Sequence[str]) -> list[int]:
        """Return the places of the columns that are kept beside the vectors."""
        taken = {*self.dimensions, *self.left_out} | ({self.vector} if self.vector else set())
        return [i for i, name in enumerate(names) if name not in taken and not _INDEX.fullmatch(name)]


def is_number_list(kind: pa.DataType) -> bool:
    """Return whether a column holds lists of numbers."""
    return _is_list(kind) and _is_number(kind.value_type)


def is_float_list(kind: pa.DataType) -> bool:
    """Return whether a column holds lists of floating point numbers."""
    return _is_list(kind) and pa.types.is_floating(kind.value_type)


def numbered_columns(names: Sequence[str]) -> list[str]:
    """Return the most columns that have one name and a number from 0 or 1 on, such as dim_0, dim_1, in that order."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        if found := _DIMENSION.fullmatch(name):
            groups.setdefault(found[1], []).append((int(found[2]), name))
    best = max((sorted(group) for group in groups.values() if min(group)[0] < 2), key=len, default=[])
    return [name for _, name in best]


def is_dimension_name(name: str) -> bool:
    """Return whether a column's name says that it is a dimension of a vector, such as dim_3."""
    found = _DIMENSION.fullmatch(name)
    return found is not None and found[1].strip().lower() in DIMENSION_NAMES


def find_columns(table: pa.Table | pa.RecordBatch, rows: int, source: Asked) -> VectorColumns:
    """Find the columns that hold the vectors.

    Parameters
    ----------
    table : pyarrow.Table or RecordBatch
        The first rows.
    rows : int
        How many rows there are in all.
    source : Asked
        For messages, and the column that was asked for.

    Raises
    ------
    SeveralTensorsError
        When several columns hold lists of numbers and none was asked for.
    VectorFormatError
        When there are none, or lists of different lengths.
    """
    schema = table.schema
    lists = [field.name for field in schema if is_float_list(field.type)]
    lists = lists or [field.name for field in schema if is_number_list(field.type)]
    shapes: dict[str, tuple[int, int]] = {}
    for name in lists:
        lengths = _lengths(table.column(name))
        if len(lengths) == 1 and lengths[0]:
            shapes[name] = (rows, lengths[0])
        elif name == source.tensor or (len(lists) == 1 and lengths):
            raise _different_lengths(source.name, name, lengths)
    if source.tensor or shapes:
        chosen = choose(source, shapes).name
        return VectorColumns(chosen, left_out=tuple(name for name in shapes if name != chosen))
    numbers = [field.name for field in schema if _is_number(field.type)]
    dimensions = numbered_columns(numbers)
    if len(dimensions) < 2:
        fractions = [field.name for field in schema if pa.types.is_floating(field.type)]
        fractions = [name for name in fractions if name not in COORDINATES]
        dimensions = fractions if len(fractions) >= MIN_UNNAMED else dimensions
    if not dimensions:
        raise VectorFormatError(
            f"{source.name} has no column of lists of numbers, and no numbered columns of numbers such as dim_0, dim_1: it holds "
            f"no vectors. Open it as a table to learn vectors from it."
        )
    return VectorColumns(dimensions=tuple(dimensions))


class ColumnReader:
    """Vectors and kept columns, as batches of a table arrive."""

    def __init__(self, source: Source, total: int | None = None):
        self._source, self._total = source, total
        self._columns: VectorColumns | None = None
        self._rows: GrowingRows | None = None
        self._whole: np.ndarray | None = None  # where one batch has all rows, which then need no copy
        self._dim = 0
        self._kept: list[pa.RecordBatch] = []
        self.read = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Read the rows of a batch; VectorFormatError when they hold no vectors of the dimension of those before."""
        if not batch.num_rows:
            return
        if self._columns is None:
            self._columns = find_columns(batch, self._total or batch.num_rows, self._source)
        columns = self._columns
        vectors = vectors_of(batch, columns, self._source, self._dim)
        self._dim = vectors.shape[1]
        self._keep(vectors)
        self.read += len(vectors)
        places = columns.kept(batch.schema.names)
        self._kept.append(batch.select(places))

    def _keep(self, vectors: np.ndarray) -> None:
        if not self._kept and len(vectors) == self._total:
            self._whole = vectors
            return
        if self._rows is None:
            held = 2 * self._source.size // (4 * self._dim)  # no more than twice the file is taken on its word
            self._rows = GrowingRows(self._dim, min(self._total or 0, held))
            if self._whole is not None:  # the file holds more than it says
                self._rows.add(len(self._whole))[:] = self._whole
                self._whole = None
        self._rows.add(len(vectors))[:] = vectors

    def space(self, limit: int | None, total: int | None = None) -> EmbeddingSpace:
        """Return the space of the rows that were read, at most `limit`."""
        rows = self._rows.finish() if self._rows is not None else self._whole
        if rows is None or self._columns is None:
            raise VectorFormatError(f"{self._source.name} holds no rows.")
        table = pa.Table.from_batches(self._kept)
        table.validate(full=True)
        vectors = rows[:limit]
        count = self.read if total is None else total
        notes = [f"The column {name!r} holds further vectors, which were left out." for name in self._columns.left_out]
        frame = frame_of(table.slice(0, len(vectors)))
        return space_of_rows(self._source, vectors, frame, total=count, notes=notes)


def vectors_of(batch: pa.RecordBatch, columns: VectorColumns, source: Asked, dim: int = 0) -> np.ndarray:
    """Return the vectors of a batch, (N, D) float32, NaN where one is missing.

    Parameters
    ----------
    batch : pa.RecordBatch
        N rows.
    columns : VectorColumns
        Where they are.
    source : Asked
        For messages.
    dim : int
        D of the batches before; 0 for the first.

    Raises
    ------
    VectorFormatError
        When they have another dimension than those before, or more than vectors have.
    """
    if columns.vector:
        vectors = matrix_of(batch.column(columns.vector), columns.vector, source)
    else:
        vectors = np.empty((batch.num_rows, len(columns.dimensions)), np.float32)
        side_by_side([batch.column(name) for name in columns.dimensions], vectors)
    if not dim:
        check_dim(source, vectors.shape[1])
    elif vectors.shape[1] != dim:
        raise _different_lengths(source.name, columns.vector, [dim, vectors.shape[1]])
    return vectors


def matrix_of(column: pa.Array, title: str, source: Asked) -> np.ndarray:
    """Return lists of equal length as (N, D) float32, without a loop over them; NaN where one is missing."""
    filled = column.drop_null() if column.null_count else column
    lengths = _lengths(filled)
    if len(lengths) > 1:
        raise _different_lengths(source.name, title, lengths)
    dim = lengths[0] if lengths else 1
    numbers = filled.flatten()
    if numbers.type != pa.float32():
        numbers = pc.cast(numbers, pa.float32(), safe=False)
    vectors = numbers.to_numpy(zero_copy_only=False).reshape(len(filled), dim)
    if len(filled) == len(column):
        return vectors
    whole = np.full((len(column), dim), np.nan, np.float32)
    whole[column.is_valid().to_numpy(zero_copy_only=False)] = vectors
    return whole


def side_by_side(columns: Sequence[pa.Array], vectors: np.ndarray) -> None:
    """Copy D columns of N numbers into the rows of vectors (N, D) float32, NaN where one is missing."""
    numbers = [pc.cast(column, pa.float32(), safe=False).to_numpy(zero_copy_only=False) for column in columns]
    for start in range(0, len(vectors), TILE):
        tile = vectors[start : start + TILE]
        for i, column in enumerate(numbers):
            tile[:, i] = column[start : start + TILE]


def _lengths(column: pa.Array | pa.ChunkedArray) -> list[int]:
    """Return the lengths that occur among the lists, shortest first: one for vectors."""
    if pa.types.is_fixed_size_list(column.type):
        return [column.type.list_size]
    bounds = pc.min_max(pc.list_value_length(column)).as_py()
    return sorted({bounds["min"], bounds["max"]} - {None})


def _different_lengths(name: str, title: str, lengths: Sequence[int]) -> VectorFormatError:
    shown = " and ".join(f"{n:,}" for n in lengths)
    return VectorFormatError(
        f"{name}: the lists in the column {title!r} have different lengths ({shown}), so they are no vectors."
    )


def _is_list(kind: pa.DataType) -> bool:
    checks: tuple[Callable[[pa.DataType], bool], ...] = (
        pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_list_view,
        pa.types.is_large_list_view,
    )  # fmt: skip
    return any(check(kind) for check in checks)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_floating(kind) or pa.types.is_integer(kind)
