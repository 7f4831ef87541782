"""Delimited text to a frame: the type of each column, its name, and rows without a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.data.column_names import column_names
from embedviz.data.delimited_blocks import BlockReader, Notes, is_text_array
from embedviz.data.detection import Reading
from embedviz.data.report import RowNotes
from embedviz.data.typing_columns import MISSING, ColumnBuilder, decimal_of

Blocks = Callable[[], Iterable[bytes]]  # of whole lines in UTF-8 that end in "\n", the same at each call


class Delimited(NamedTuple):
    """A delimited file as a frame; decimal: the sign before its fractions; notes: sentences on its columns."""

    frame: pd.DataFrame
    dropped: RowNotes
    mended: RowNotes
    decimal: str
    notes: list[str]


@dataclass(frozen=True)
class Options:
    """How the cells of a delimited file are read.

    Parameters
    ----------
    decimal : {",", "."}, optional
        The sign before fractions; by default what a sample tells.
    missing : tuple of str
        Cells that hold nothing in a column of numbers.
    cut : bool
        The last row may be half.
    """

    decimal: str | None = None
    missing: tuple[str, ...] = MISSING
    cut: bool = False


def read(blocks: Blocks, name: str, reading: Reading, options: Options | None = None) -> Delimited:
    """Read a delimited file.

    Parameters
    ----------
    blocks : callable
        Returns the file's lines in blocks, from the beginning at each call.
    name : str
        The file's name, for messages.
    reading : Reading
        Its dialect and layout.

    Raises
    ------
    DataError
        If no rows are left.
    """
    options = options or Options()
    reader = BlockReader(reading, options.missing, options.cut)
    builders: list[ColumnBuilder] = []
    found = Notes()
    for table in reader.tables(blocks(), builders, found):
        if not builders:
            decimal = options.decimal or decimal_of([column for column in table if is_text_array(column)])
            builders += [ColumnBuilder(decimal, options.missing) for _ in range(reading.layout.width)]
        for builder, column in zip(builders, table, strict=True):
            builder.add(column)
    if not builders:
        below = " below its line of column names" if reading.layout.names is not None else ""
        why = f" Line {found.dropped.rows[0].line:,}: {found.dropped.rows[0].reason}." if found.dropped.rows else ""
        raise DataError(f"{name} holds no rows{below}.{why}")
    columns = [builder.finish() for builder in builders]
    if any(column is None for column in columns):
        again = [
            builder.again_as_text() if column is None else None
            for builder, column in zip(builders, columns, strict=True)
        ]
        as_text = [builder if builder is not None else ColumnBuilder(kind="text") for builder in again]
        for table in reader.tables(blocks(), as_text, Notes()):
            for builder, column in zip(again, table, strict=True):
                if builder is not None:
                    builder.add(column)
        columns = [
            builder.finish() if builder is not None else column for builder, column in zip(again, columns, strict=True)
        ]
    names = _names(reading)
    notes = [
        f"Column {name}: {note}" for name, builder in zip(names, builders, strict=True) if (note := builder.note())
    ]
    if reading.layout.ends_in_delimiter and columns[-1] is not None and not _is_filled(columns[-1]).any():
        names, columns = names[:-1], columns[:-1]
        notes.append("Each line ends in a delimiter; the empty column after it was left out.")
    frame, empty = _frame(names, columns)
    if empty:
        notes.append(
            f"{empty:,} {'row' if empty == 1 else 'rows'} without a single value {'was' if empty == 1 else 'were'} left out."
        )
    if not len(frame):
        raise DataError(f"{name} holds no rows that have a value in any column.")
    return Delimited(frame, found.dropped, found.mended, builders[0].decimal, notes)


def _names(reading: Reading) -> list[str]:
    names = reading.layout.names
    if names is None:
        return [f"column {i + 1}" for i in range(reading.layout.width)]
    return column_names(list(names), reading.layout.width)


def _frame(names: Sequence[str], columns: Sequence[pd.Series | None]) -> tuple[pd.DataFrame, int]:
    """The frame without rows that are empty in every column, and how many those were."""
    whole = [column for column in columns if column is not None]
    empty: np.ndarray | None = None
    for column in whole:
        missing = ~_is_filled(column)
        empty = missing if empty is None else empty & missing
        if not empty.any():
            break
    frame = pd.DataFrame(dict(zip(names, whole, strict=True)), copy=False)
    if empty is None or not empty.any():
        return frame, 0
    return frame.loc[~empty].reset_index(drop=True), int(empty.sum())


def _is_filled(column: pd.Series) -> np.ndarray:
    """(N,) bool: whether a cell holds something."""
    filled = column.notna()
    return (filled & (column != "") if column.dtype == "str" else filled).to_numpy(bool)
