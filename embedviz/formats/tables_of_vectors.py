"""Vectors in columns of a table: which hold the numbers, which the labels, and what else is known of each row."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import VectorFormatError
from embedviz.formats.labels import space_of
from embedviz.space.embedding_space import RESERVED, EmbeddingSpace

MIN_DIMENSIONS = 2  # columns of numbers with one name and a number each, from which they are a vector's dimensions
NUMBERED = "There are no labels in the file; its rows are numbered."
_LABEL_NAMES = ("label", "word", "token", "term", "name", "title", "key", "id", "text", "item", "user")
_DIMENSION = re.compile(r"^(.*?)[\s_.\-\[]*(\d+)\]?$")


def space_of_table(table: pa.Table, name: str, limit: int | None = None) -> EmbeddingSpace:
    """Make a space of an Arrow table: a column of lists, or a column a dimension; the other columns are kept.

    Parameters
    ----------
    table : pyarrow.Table
        A row a vector.
    name : str
        The file's name, for messages.
    limit : int, optional
        Take only so many rows.

    Raises
    ------
    VectorFormatError
        If no columns hold vectors, or the lists have different lengths.
    """
    table = table if limit is None else table.slice(0, limit)
    if not table.num_rows:
        raise VectorFormatError(f"{name} holds no rows.")
    lists = [field.name for field in table.schema if _is_numbers(field.type)]
    if lists:
        taken = [max(lists, key=lambda column: _first_length(table.column(column)))]
        vectors = _of_lists(table.column(taken[0]), taken[0], name)
    else:
        taken = dimension_columns(table)
        if not taken:
            raise VectorFormatError(
                f"{name} has no column of lists of numbers, and no numbered columns of numbers such as dim_0, dim_1, so no "
                f"vectors were found in it. Open it as a table to learn vectors from it."
            )
        vectors = np.column_stack([_floats(table.column(column)) for column in taken])
    rest = table.drop_columns([*taken, *[column for column in lists if column not in taken]]).to_pandas()
    return labelled_space(vectors, rest, name)


def labelled_space(
    vectors: np.ndarray,
    columns: pd.DataFrame,
    name: str,
    notes: Sequence[str] = (),
    labels: Sequence[str] | None = None,
) -> EmbeddingSpace:
    """Make a space of vectors and what is known of each.

    Parameters
    ----------
    vectors : (N, D) array of floats
    columns : pandas.DataFrame
        N rows; the likeliest column becomes the labels, unless these are given. Equal labels get a number.
    labels : sequence of str, optional
        N labels.
    """
    said = list(notes)
    texts = [] if labels is None else list(labels)
    if labels is None:
        column = _label_column(columns)
        if column is None:
            texts = [str(i) for i in range(1, len(vectors) + 1)]
            said.append(NUMBERED)
        else:
            texts = [str(cell) for cell in columns[column].astype("str").fillna("")]
            columns = columns.drop(columns=column)
    unique = _unique(texts)
    if changed := sum(a != b for a, b in zip(unique, texts, strict=True)):
        said.append(
            f"{changed:,} {'label is' if changed == 1 else 'labels are'} empty or in the file before, and got a number."
        )
    renamed = {column: f"{column} (file)" for column in columns.columns if column in RESERVED}
    kept = columns.rename(columns=renamed)
    kept.columns = kept.columns.astype(str)
    with np.errstate(over="ignore"):
        numbers = np.ascontiguousarray(vectors, np.float32)
    return space_of([label.encode("utf-8", "replace") for label in unique], numbers, name, notes=said, columns=kept)


def dimension_columns(table: pa.Table) -> list[str]:
    """Return the columns that are the dimensions of a vector: numbers under one name with a number each, in its order."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for field in table.schema:
        if not (pa.types.is_floating(field.type) or pa.types.is_integer(field.type)):
            continue
        if found := _DIMENSION.match(field.name):
            groups.setdefault(found[1], []).append((int(found[2]), field.name))
    best = max(groups.values(), key=len, default=[])
    return [column for _, column in sorted(best)] if len(best) >= MIN_DIMENSIONS else []


def _is_numbers(kind: pa.DataType) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type))


def _first_length(column: pa.ChunkedArray) -> int:
    filled = column.drop_null()
    return len(filled[0]) if len(filled) else 0


def _of_lists(column: pa.ChunkedArray, title: str, name: str) -> np.ndarray:
    """(N, D) float32, without a loop over rows; NaN where a cell is missing."""
    array = column.combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    filled = array.drop_null()
    lengths = np.unique(pc.list_value_length(filled).to_numpy(zero_copy_only=False))
    if len(lengths) != 1 or lengths[0] < 1:
        shown = ", ".join(map(str, lengths[:4]))
        raise VectorFormatError(
            f"{name}: the lists in column {title!r} have different lengths ({shown}), so they are no vectors."
        )
    flat = pc.cast(filled.flatten(), pa.float32(), safe=False).to_numpy(zero_copy_only=False)
    vectors = flat.reshape(len(filled), int(lengths[0]))
    if len(filled) == len(array):
        return vectors
    whole = np.full((len(array), vectors.shape[1]), np.nan, np.float32)
    whole[array.is_valid().to_numpy(zero_copy_only=False)] = vectors
    return whole


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    return pc.cast(column, pa.float64(), safe=False).to_numpy().astype(np.float32)


def _label_column(columns: pd.DataFrame) -> str | None:
    """The column whose name says that it holds labels, else the first of distinct texts."""
    named = {str(column).strip().lower(): str(column) for column in columns.columns}
    for likely in _LABEL_NAMES:
        if likely in named:
            return named[likely]
    texts = [str(column) for column in columns.columns if pd.api.types.is_string_dtype(columns[column])]
    return next((column for column in texts if columns[column].is_unique), next(iter(texts), None))


def _unique(labels: list[str]) -> list[str]:
    """The labels, a repeated one with a number, and of repeated empty ones each by its row."""
    if len(set(labels)) == len(labels):
        return labels
    taken: set[str] = set()
    last: dict[str, int] = {}
    unique: list[str] = []
    for row, label in enumerate(labels, 1):
        base = label or f"row {row}"
        name, n = base, last.get(base, 1)
        while name in taken:
            n += 1
            name = f"{base} ({n})"
        last[base] = n
        taken.add(name)
        unique.append(name)
    return unique
