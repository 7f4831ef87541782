"""What is done to a table once it is read, in one order: markup, missing values, wide to long, rows, classes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa

from embedviz.core.errors import ColumnError, DataError
from embedviz.core.plurals import counted
from embedviz.data.category_names import Names, class_name
from embedviz.data.column import cells_of
from embedviz.data.filtering import filter_rows
from embedviz.data.markup import strip_column
from embedviz.data.typing_columns import typed
from embedviz.data.written_numbers import POINT

EVERY_COLUMN = ""  # the key of marks that stand for nothing in whatever column
USER, ITEM, RATING = "user", "item", "rating"  # columns of a melted table; the first where no column holds ids
MIN_MELTED = 2  # columns of numbers that a wide table has at least
_FINAL = re.compile(r"[\s.,;:!?…]+$")

Marks = Sequence[str] | Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Transforms:
    """What is done to a table after reading. See `embedviz.data.reading.read_table`.

    Parameters
    ----------
    missing : dict of str to tuple of str
        column -> cells that hold nothing there.
    melt : str, optional
        The column of ids of a wide table, "" to number its rows; None for a table that stays as it is.
    merge_classes : tuple of str
        Columns whose spellings are merged.
    only : dict of str to tuple of str
        column -> values whose rows are kept.
    strip_markup : bool
        Take HTML out of texts.
    """

    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    melt: str | None = None
    merge_classes: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    strip_markup: bool = False

    @classmethod
    def of(
        cls,
        missing: Marks,
        melt: str | None,
        merge_classes: Sequence[str],
        only: Mapping[str, Sequence[str]] | None,
        strip_markup: bool,
    ) -> Self:
        """Return the transforms that options of `read_table` ask for; marks of every column are not among them."""
        by_column = {column: cells for column, cells in marks_by_column(missing).items() if column != EVERY_COLUMN}
        kept = {column: _texts(values) for column, values in (only or {}).items()}
        return cls(by_column, melt, _texts(merge_classes), kept, bool(strip_markup))

    def __bool__(self) -> bool:
        return self != Transforms()

    @property
    def needs_columns(self) -> bool:
        """Whether they name columns, so that the file has to be a table."""
        return bool(self.missing or self.melt is not None or self.merge_classes or self.only)

    def apply(
        self, frame: pd.DataFrame, decimal: str = POINT, is_preview: bool = False
    ) -> tuple[pd.DataFrame, list[str]]:
        """Return the table as it is used, and a sentence on each change.

        Parameters
        ----------
        frame : DataFrame
        decimal : {",", "."}
            The sign before the fractions of the file.
        is_preview : bool
            Only the beginning was read, so that a value may not occur yet.

        Raises
        ------
        ColumnError
            If there is no such column.
        DataError
            If no row would be left.
        """
        sentences: list[str] = []
        if self.strip_markup:
            frame, changed = strip_markup_of(frame)
            sentences += changed
        now = {column: marks for column, marks in self.missing.items() if column in frame or self.melt is None}
        frame, changed = _without_marks(frame, now, decimal)
        sentences += changed
        if self.melt is not None:
            later = {column: marks for column, marks in self.missing.items() if column not in now}
            frame, changed = melted(frame, self.melt, later)
            sentences += changed
        for column, values in self.only.items():
            _check_column(frame, column)
            if is_preview and not _occurs(frame, column, values):
                continue
            left = filter_rows(frame, column, values, keep=True)
            sentences.append(f"Rows kept where “{column}” is {' or '.join(values)}: {len(left):,} of {len(frame):,}.")
            frame = left
        for column in self.merge_classes:
            frame, changed = _with_merged(frame, column)
            sentences += changed
        return frame, sentences


def marks_by_column(missing: Marks) -> dict[str, tuple[str, ...]]:
    """Return column -> cells that hold nothing; those of every column under EVERY_COLUMN."""
    if isinstance(missing, Mapping):
        return {str(column): _texts(cells) for column, cells in missing.items()}
    return {EVERY_COLUMN: _texts(missing)} if len(missing) else {}


def strip_markup_of(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Take HTML out of every column of text; a sentence tells how many cells had some."""
    total = 0
    changed: dict[str, pd.Series] = {}
    for place, column in enumerate(frame.columns):
        cells = frame.iloc[:, place]
        if isinstance(cells.dtype, pd.StringDtype):
            cells, n = strip_column(cells)
            total += n
            if n:
                changed[column] = cells
    return frame.assign(**changed), [markup_sentence(total)] if total else []


def markup_sentence(cells: int) -> str:
    """Return what the report says of markup that was taken out."""
    return f"HTML tags and entities were taken out of {counted(cells, 'text', 'texts')}."


def spelling_key(name: str) -> str:
    """Return what near-equal spellings of a class have in common.

    Letter case, blanks, final punctuation, and whether é is one character or two are left out.
    """
    return _FINAL.sub("", " ".join(unicodedata.normalize("NFC", name).casefold().split())) or name


def melted(
    frame: pd.DataFrame, ids: str, missing: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Turn a matrix of users by items into a row for each rating.

    Columns of numbers are items. Other columns go with their user.

    Parameters
    ----------
    frame : DataFrame
        A row a user.
    ids : str
        The column of users' ids; "" numbers the rows from 1.
    missing : mapping, optional
        RATING -> cells that hold nothing, in addition to empty ones.

    Returns
    -------
    (DataFrame, list of str)
        The users' columns, "item" and "rating" (another name where a column has that one already), a filled cell a row.

    Raises
    ------
    ColumnError, DataError
        If there is no such column, or there are no columns of numbers.
    """
    if ids:
        _check_column(frame, ids)
    is_number = [
        pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype) for dtype in frame.dtypes
    ]
    items = [str(column) for column, number in zip(frame.columns, is_number, strict=True) if number and column != ids]
    if len(items) < MIN_MELTED:
        raise DataError(
            f"A table with a column an item has several columns of numbers beside its ids, and this one has {len(items)}."
        )
    kept = [str(column) for column in frame.columns if column not in set(items)]
    user, item, rating = (_unused(name, kept) for name in (USER, ITEM, RATING))
    marks = {number for text in (missing or {}).get(rating, ()) if (number := _number(text)) is not None}
    unknown = [column for column in missing or {} if column != rating]
    if unknown:
        raise ColumnError(f"There is no column {unknown[0]!r} to find missing values in.")
    columns: list[np.ndarray] = []
    rows: list[np.ndarray] = []
    n_marked, n_filled = 0, np.zeros(len(frame), np.int64)
    for column in items:
        cells = frame[column].to_numpy(np.float64, na_value=np.nan)
        filled = ~np.isnan(cells)
        marked = filled & np.isin(cells, list(marks))
        n_marked += int(marked.sum())
        filled &= ~marked
        n_filled += filled
        rows.append(np.flatnonzero(filled))
        columns.append(cells[filled])
    counter = ""
    if len(items) > MIN_MELTED and len(rows[0]) == len(frame) and bool((columns[0] == n_filled - 1).all()):
        counter = items.pop(0)  # as in Jester, whose first column tells how many jokes a user rated
        del rows[0], columns[0]
    row = np.concatenate(rows)
    if not len(row):
        raise DataError("Every cell of the matrix is empty, so there are no ratings.")
    item_of = np.repeat(np.arange(len(items)), [len(part) for part in rows])
    order = np.argsort(row, kind="stable")  # a user's ratings together, as they stood
    row, item_of, ratings = row[order], item_of[order], np.concatenate(columns)[order]
    users = frame[kept].iloc[row].reset_index(drop=True)
    if not ids:
        users.insert(0, user, row + 1)
    names = pa.array(items, pa.large_string()).take(pa.array(item_of))
    long = users.assign(**{item: pd.Series(names.to_pandas(), dtype="str"), rating: ratings})
    sentences = [
        f"{len(frame):,} rows with {len(items):,} columns of numbers became {len(long):,} rows of user, item and rating."
    ]
    if counter:
        sentences.append(f"“{counter}” counts the filled cells of its row and is left out.")
    if n_marked:
        sentences.append(_marks_sentence(rating, (missing or {})[rating], n_marked))
    return long, sentences


def _without_marks(
    frame: pd.DataFrame, missing: Mapping[str, tuple[str, ...]], decimal: str
) -> tuple[pd.DataFrame, list[str]]:
    """Empty the cells that hold nothing; a column of numbers but for them becomes one."""
    sentences: list[str] = []
    changed: dict[str, pd.Series] = {}
    for column, marks in missing.items():
        _check_column(frame, column)
        cells = cells_of(frame, column)
        if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
            numbers = [number for mark in marks if (number := _number(mark)) is not None]
            found = cells.isin(numbers).to_numpy(bool)
            cells = cells.astype(np.float64) if found.any() else cells
        else:
            names = Names.of(cells)
            is_marked = np.isin(names.distinct.astype(str), [mark.strip() for mark in marks])
            found = names.spread(is_marked, False).astype(bool)
        n = int(found.sum())
        sentences.append(_marks_sentence(column, marks, n))
        if n:
            emptied = cells.mask(found)
            if isinstance(emptied.dtype, pd.StringDtype):
                emptied = typed(pa.chunked_array([pa.array(emptied, pa.large_string())]), decimal)[0]
            changed[column] = emptied
    return frame.assign(**changed), sentences


def _marks_sentence(column: str, marks: Sequence[str], n: int) -> str:
    return f"{' and '.join(marks)} {'is' if len(marks) == 1 else 'are'} treated as missing in “{column}”: {counted(n, 'cell', 'cells')}."


def _with_merged(frame: pd.DataFrame, column: str) -> tuple[pd.DataFrame, list[str]]:
    """Give near-equal classes of a column their most frequent spelling."""
    _check_column(frame, column)
    cells = cells_of(frame, column)
    names = Names.of(cells)
    keys = np.array([spelling_key(name) for name in names.distinct], object)
    groups, group = np.unique(keys.astype(str), return_inverse=True) if len(keys) else (keys, np.empty(0, np.int64))
    order = np.lexsort((np.arange(len(keys)), -names.counts))  # the most frequent first, the file's order among equals
    first = np.full(len(groups), -1, np.int64)
    for place in order[::-1].tolist():
        first[group[place]] = place
    spelling = names.distinct[first[group]] if len(keys) else names.distinct
    n = int(names.counts[spelling != names.distinct].sum())
    if not n:
        return frame, []
    merged = pd.Series(names.spread(spelling, None), index=frame.index, dtype="str")
    return frame.assign(**{column: merged}), [
        f"Classes of “{column}” that differ only in letter case, blanks or final punctuation were merged: "
        f"{len(keys):,} became {len(groups):,}."
    ]


def _occurs(frame: pd.DataFrame, column: str, values: Sequence[str]) -> bool:
    return bool(np.isin(Names.of(cells_of(frame, column)).distinct.astype(str), list(values)).any())


def _check_column(frame: pd.DataFrame, column: str) -> None:
    if column not in frame.columns:
        known = ", ".join(str(name) for name in frame.columns[:20])
        raise ColumnError(f"There is no column {column!r}. The columns are: {known}.")


def _texts(values: object) -> tuple[str, ...]:
    """Values as people write them: 99, 99.0 and "99" are "99"."""
    several = [values] if isinstance(values, str) or not isinstance(values, Sequence) else values
    return tuple(class_name(value) for value in several)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unused(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name = f"{name} (melted)"
    return name
