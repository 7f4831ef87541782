"""Rows with vectors that arrive in batches, from a database or a file larger than memory, written as a space.

Letters: N rows, D dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import ColumnError, VectorFormatError
from embedviz.core.progress import Progress
from embedviz.formats.arrow_columns import frame_of
from embedviz.formats.labelled_rows import NUMBERED, TEXT_NAMES, label_column, texts_of, unique_labels
from embedviz.formats.vector_columns import VectorColumns, find_columns, vectors_of
from embedviz.space.checks import usable_rows
from embedviz.space.embedding_space import RESERVED
from embedviz.space.storage import Described, write_blocks
from embedviz.space.stored_labels import MIN_STORED, StoredLabels

BATCH_ROWS = 16_384


@dataclass
class RowBatches:
    """A table that is read batch by batch.

    Attributes
    ----------
    name : str
        For messages.
    total : int
        N, as far as it is known before.
    batches : iterator of pa.RecordBatch
        Their rows: a column of lists or a column a dimension, and what else is known of each vector.
    tensor : str
        The column of vectors, where there are several; empty for the only one.
    """

    name: str
    total: int
    batches: Iterator[pa.RecordBatch]
    tensor: str = ""
    matrices: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


@dataclass(frozen=True)
class StoredTable:
    """A table of a database, open.

    Attributes
    ----------
    name : str
        Of the table.
    version : str
        Another one when its rows have changed.
    rows : callable
        Takes the name of a column of vectors, or "", and returns the rows.
    """

    name: str
    version: str
    rows: Callable[[str], RowBatches]


def write_rows(
    rows: RowBatches, folder: Path, name: str, label: str | None, on_progress: Callable[[Progress], object]
) -> None:
    """Write the rows as a space. Their vectors are never in memory together; labels and columns are.

    Vectors with NaN, infinity or numbers past 1e15 are left out, and equal labels get a number; the space's notes say so.

    Parameters
    ----------
    rows : RowBatches
        Read to its end.
    folder, name : Path, str
        Where `storage.write_space` would write it.
    label : str, optional
        The column of labels; by default the one that names the rows best.
    on_progress : callable
        Called with a Progress in rows.

    Raises
    ------
    VectorFormatError
        When there are no rows, no vectors, or most of them cannot be used.
    ColumnError
        When there is no column of that name.
    """
    reading = _Reading(rows, on_progress)
    write_blocks(folder, name, reading.blocks(), lambda: reading.described(label))


class _Reading:
    """The state between the batches."""

    def __init__(self, rows: RowBatches, on_progress: Callable[[Progress], object]):
        self._rows, self._on_progress = rows, on_progress
        self._kept: list[pa.RecordBatch] = []
        self._read = self._left_out = 0

    def blocks(self) -> Iterator[np.ndarray]:
        rows = self._rows
        columns: VectorColumns | None = None
        dim = 0
        for batch in rows.batches:
            if not batch.num_rows:
                continue
            columns = columns or find_columns(batch, rows.total, rows)
            vectors = vectors_of(batch, columns, rows, dim)
            dim = vectors.shape[1]
            self._read += len(vectors)
            others = batch.select(columns.kept(batch.schema.names))
            with np.errstate(invalid="ignore"):
                usable = usable_rows(vectors)
            if not usable.all():
                self._left_out += int((~usable).sum())
                vectors, others = vectors[usable], others.filter(pa.array(usable))
            self._kept.append(others)
            self._on_progress(Progress(self._read, max(rows.total, self._read), message=f"Read {self._read:,} vectors"))
            yield vectors

    def described(self, label: str | None) -> Described:
        rows, left = self._rows, self._read - self._left_out
        if not left or 2 * self._left_out > self._read:
            held = (
                f"{self._left_out:,} of its {self._read:,} vectors cannot be used" if self._read else "it has no rows"
            )
            raise VectorFormatError(f"{rows.name} holds no vectors: {held}.")
        notes: list[str] = []
        if self._left_out:
            notes.append(
                f"{left:,} of {self._read:,} vectors were read; {self._left_out:,} were missing or hold NaN, infinity or a number past 1e15."
            )
        table = _joined(self._kept)
        frame = frame_of(table) if table.num_columns else pd.DataFrame(index=range(left))
        if label is not None and label not in frame:
            raise ColumnError(f"{rows.name} has no column {label!r}. It has: {', '.join(map(str, frame.columns))}.")
        column = label_column(frame) if label is None else label
        if column is None:
            numbers = pc.cast(pa.array(np.arange(1, left + 1)), pa.large_string())
            return Described(_unique(numbers, notes), _renamed(frame), "row", [*notes, NUMBERED])
        kind = "text" if column.lower() in TEXT_NAMES else "word"
        texts = frame.pop(column)
        given = texts_of(texts) if texts.isna().any() else texts.astype("str")
        return Described(_unique(pa.array(given, pa.large_string()), notes), _renamed(frame), kind, notes)


def _joined(batches: list[pa.RecordBatch]) -> pa.Table:
    """Return the rows of all batches; what is a number in one and a text in another is a text."""
    tables = [pa.Table.from_batches([batch]) for batch in batches]
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.concat_tables([_as_texts(table) for table in tables], promote_options="permissive")


def _as_texts(table: pa.Table) -> pa.Table:
    """Return a table whose numbers and booleans are texts."""
    for place, column in enumerate(table.schema):
        if pa.types.is_primitive(column.type) and not pa.types.is_null(column.type):
            table = table.set_column(place, column.name, pc.cast(table.column(place), pa.large_string()))
    return table


def _unique(labels: pa.Array | pa.ChunkedArray, notes: list[str]) -> Sequence[str]:
    """Return the labels, a number behind each that was there before, many without a Python string for each."""
    if len(labels) >= MIN_STORED and pc.count_distinct(labels).as_py() == len(labels):
        whole = labels.combine_chunks() if isinstance(labels, pa.ChunkedArray) else labels
        return StoredLabels.build(cast(pa.LargeStringArray, whole))
    return unique_labels(cast("list[str]", labels.to_pylist()), notes)


def _renamed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={name: f"{name} (column)" for name in RESERVED})
