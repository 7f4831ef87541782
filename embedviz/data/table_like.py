"""Tables that are in memory already: pandas, polars, Arrow, Hugging Face datasets, lists of dicts, lists of texts.

They become one Arrow table. Nothing but pandas and pyarrow is imported: other libraries are recognised by the protocols that
they follow, the Arrow PyCapsule interface (`__arrow_c_stream__`) and the DataFrame interchange protocol (`__dataframe__`).
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from embedviz.core.errors import DataError
from embedviz.data.column_names import check_columns
from embedviz.data.parquet import frame_of
from embedviz.data.part_names import PART_NAMES, PartName
from embedviz.data.split_names import part_code

TableLike = Any  # a table of any library: see `is_table_like`
TEXT_COLUMN = "text"  # of texts that came without a name
MIN_TEXT_SHARE = 0.5  # of strings hold a blank, from which a list of them is one of texts and not of paths
EXPECTED = (
    "a path, a data frame (pandas, polars), an Arrow table, a Hugging Face dataset, a list of dicts, a list of texts, or a dict "
    "of these by the part of a split"
)


def is_table_like(data: object) -> bool:
    """Return whether an object is a table, or a sequence of rows or of texts, and not a path or a list of paths.

    Examples
    --------
    >>> is_table_like("reviews.csv"), is_table_like(["a.txt", "b.txt"])
    (False, False)
    >>> is_table_like([{"film": "Alien", "stars": 5}]), is_table_like(["A warm film.", "A cold film."])
    (True, True)
    """
    if isinstance(data, str | bytes | Path) or data is None:
        return False
    if isinstance(data, pd.DataFrame | pd.Series | np.ndarray) or _is_arrow(data) or _is_dataset(data):
        return True
    if isinstance(data, Mapping):
        return bool(data) and all(isinstance(name, str) for name in data)
    if isinstance(data, Sequence) and data:
        return isinstance(data[0], Mapping) or _are_texts(data)
    return False


def is_foreign_table(data: object) -> bool:
    """Return whether an object is a table of another library than pandas and NumPy."""
    return not isinstance(data, pd.DataFrame | pd.Series) and (_is_arrow(data) or _is_dataset(data))


def split_parts(data: object) -> dict[PartName, Any] | None:
    """Return part of the split -> table, of a dict whose keys are all names of parts; None of anything else.

    Raises
    ------
    DataError
        If two keys name the same part, or none names the training set.
    """
    if (
        not isinstance(data, Mapping)
        or not data
        or not all(isinstance(table, Mapping) or _is_whole_table(table) for table in data.values())
    ):
        return None
    parts: dict[PartName, Any] = {}
    for name, table in data.items():
        code = part_code(name)
        if code < 0:
            return None
        part = PART_NAMES[code]
        if part in parts:
            raise DataError(f"Two tables are the {part} set of the split. Give each part one table.")
        parts[part] = table
    if "train" not in parts:
        raise DataError(
            f"There is no training set among the tables {', '.join(map(str, data))}. Call one of them train."
        )
    return parts


def as_arrow(data: object) -> pa.Table:
    """Return a table in memory as one Arrow table whose types do not depend on the library that it came from.

    Text is large_string, categories are their values, classes of a Hugging Face dataset their names. An index of pandas is left
    out unless it has a name. Cells of several types in one column become text.

    Parameters
    ----------
    data
        What `is_table_like` takes.

    Returns
    -------
    pyarrow.Table
        N rows, without metadata, each column in one chunk.

    Raises
    ------
    DataError
        For no rows or no columns, names that occur twice, or an object that is no table.

    Examples
    --------
    >>> as_arrow([{"film": "Alien", "stars": 5}, {"film": "Brazil"}]).to_pydict()
    {'film': ['Alien', 'Brazil'], 'stars': [5, None]}
    """
    table = _arrow_of(data)
    if not table.num_rows or not table.num_columns:
        raise DataError(f"The {kind_of(data)} holds no rows. Bring one with rows to learn from.")
    names = [str(name) for name in table.column_names]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(f"Column {twice[0]!r} occurs twice in the {kind_of(data)}. Give each column a name of its own.")
    check_columns(len(names), f"The {kind_of(data)}")
    return pa.table([_plain(column) for column in table.columns], names=names)


def kind_of(data: object) -> str:
    """Return what to call a table in messages."""
    if isinstance(data, Sequence):
        return "list of dicts" if data and isinstance(data[0], Mapping) else "list of texts"
    if isinstance(data, Mapping):
        return "dict of columns"
    library = type(data).__module__.partition(".")[0]
    return type(data).__name__ if library == "builtins" else f"{library} {type(data).__name__}"


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as a Parquet file: the same bytes for the same content."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def as_frame(data: object) -> pd.DataFrame:
    """Return a table in memory as a frame of pandas, cells as `read_table` would give them: see `as_arrow`."""
    table = as_arrow(data)
    return frame_of(table, table.column_names, [])


def category_columns(data: Any) -> list[str]:
    """Return the columns that their type makes categories though their values are no text: categories of numbers."""
    if isinstance(data, pd.DataFrame):
        return [
            str(name) for name, kind in data.dtypes.items()
            if isinstance(kind, pd.CategoricalDtype) and pd.api.types.is_numeric_dtype(kind.categories.dtype)
        ]  # fmt: skip
    schema = getattr(data, "schema", None)
    if not isinstance(schema, pa.Schema):
        return []
    return [
        field.name for field in cast("Sequence[pa.Field]", schema)
        if pa.types.is_dictionary(field.type) and not _is_text(field.type.value_type)
    ]  # fmt: skip


def _is_arrow(data: object) -> bool:
    return any(hasattr(data, name) for name in ("__arrow_c_stream__", "__arrow_c_array__", "__dataframe__"))


def _is_dataset(data: object) -> bool:
    """Return whether it is a dataset of the library datasets, in memory, mapped or streamed."""
    return hasattr(data, "features") and hasattr(data, "with_format")


def _is_whole_table(data: object) -> bool:
    """Return whether it is a table by itself: a list of cells is a column of one."""
    if isinstance(data, pd.DataFrame) or _is_arrow(data) or _is_dataset(data):
        return not isinstance(data, pd.Series)
    return (
        isinstance(data, Sequence) and bool(data) and not isinstance(data, str | bytes) and isinstance(data[0], Mapping)
    )


def _are_texts(strings: Sequence[Any]) -> bool:
    """Return whether strings are texts: none is the path of a file, and most hold a blank."""
    if not all(isinstance(text, str) for text in strings):
        return False
    if sum(" " in text or "\n" in text for text in strings) < MIN_TEXT_SHARE * len(strings):
        return False
    return not any(_exists(text) for text in strings[:100])


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long for a path, or with a null character
        return False


def _arrow_of(data: Any) -> pa.Table:
    if isinstance(data, pd.Series | pd.DataFrame):
        return _of_pandas(data.to_frame(data.name or TEXT_COLUMN) if isinstance(data, pd.Series) else data)
    if _is_dataset(data):
        return _of_dataset(data)
    if isinstance(data, np.ndarray):
        if data.dtype.names is None and data.ndim != 1:
            raise DataError(
                f"An array of shape {data.shape} has no column names. Bring a data frame with named columns."
            )
        return _of_pandas(pd.DataFrame(data) if data.dtype.names else pd.DataFrame({TEXT_COLUMN: data}))
    if isinstance(data, pa.RecordBatchReader):
        return data.read_all()
    if hasattr(data, "__arrow_c_stream__"):
        return _of_stream(data)
    if hasattr(data, "__arrow_c_array__"):
        return pa.Table.from_batches([pa.record_batch(data)])
    if hasattr(data, "__dataframe__"):
        from pyarrow import interchange

        return interchange.from_dataframe(data)
    if isinstance(data, Mapping):
        return _of_columns({str(name): _cells(name, cells) for name, cells in data.items()})
    if isinstance(data, Sequence) and data:
        if isinstance(data[0], Mapping):
            return _of_rows(data)
        if all(isinstance(text, str) for text in data):
            return pa.table({TEXT_COLUMN: list(data)})
    raise DataError(f"Expected {EXPECTED}, got {kind_of(data)}.")


def _of_stream(data: Any) -> pa.Table:
    """Return a table that is handed over by the Arrow PyCapsule interface; a series, whose stream has no columns, is one column."""
    schema = getattr(data, "schema", None)
    if schema is None or not isinstance(schema, Mapping | pa.Schema):
        try:
            cells = pa.chunked_array(data)
        except (pa.ArrowException, TypeError, ValueError):
            return pa.table(data)
        if not pa.types.is_struct(cells.type):
            return pa.table({str(getattr(data, "name", "") or TEXT_COLUMN): cells})
    return pa.table(data)


def _of_pandas(frame: pd.DataFrame) -> pa.Table:
    if frame.index.name is not None or (frame.index.nlevels > 1 and any(frame.index.names)):
        named = frame.index.to_frame(index=False)
        new = [name for name in named.columns if name is not None and name not in frame.columns]
        frame = pd.concat([named[new], frame.reset_index(drop=True)], axis=1)
    arrays = [_array(frame.iloc[:, i]) for i in range(frame.shape[1])]
    return pa.table(arrays, names=[str(name) for name in frame.columns])


def _array(cells: pd.Series) -> pa.Array:
    try:
        found = pa.Array.from_pandas(cells)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        found = pa.array([_text(cell) for cell in cells], pa.large_string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _of_dataset(data: Any) -> pa.Table:
    """Return a dataset's rows, those of a selection in its order, with the names of classes in place of their numbers."""
    if not hasattr(data, "__len__"):
        return _of_rows(list(data))  # streamed
    table = data.with_format("arrow")[:]
    for i, name in enumerate(table.column_names):
        names = getattr(data.features[name], "names", None)
        if names and pa.types.is_integer(table.schema.field(i).type):
            numbers = pc.if_else(pc.greater_equal(table.column(i), 0), table.column(i), None)  # -1 is no class
            table = table.set_column(i, name, pc.take(pa.array(names), numbers))
    return table


def _of_rows(rows: Iterable[Any]) -> pa.Table:
    rows = list(rows)
    names: dict[Hashable, None] = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise DataError(
                f"Row {number:,} is {row!r}, but a dict from column to cell was expected, as the rows before it."
            )
        names.update(dict.fromkeys(row))
    return _of_columns({str(name): [row.get(name) for row in rows] for name in names})


def _cells(name: object, cells: Any) -> list[Any]:
    if isinstance(cells, str | bytes | Mapping) or not isinstance(cells, Iterable):
        raise DataError(f"Column {name!r} of the dict holds {cells!r}, but a list of cells was expected.")
    return list(cells)


def _of_columns(columns: Mapping[str, list[Any]]) -> pa.Table:
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {n:,}" for name, n in list(lengths.items())[:5])
        raise DataError(f"The columns differ in length ({listed}). Give each as many cells.")
    return pa.table([_array(pd.Series(cells, dtype=object)) for cells in columns.values()], names=list(columns))


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one chunk, of a type that every library would give it."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.cast(column.type.storage_type)
    if pa.types.is_dictionary(column.type):  # by hand, for a cast decodes no views
        text = _is_text(column.type.value_type)
        chunks = cast("list[pa.DictionaryArray]", column.chunks)
        values = [chunk.dictionary.cast(pa.large_string()) if text else chunk.dictionary for chunk in chunks]
        column = pa.chunked_array(
            [cells.take(chunk.indices) for cells, chunk in zip(values, chunks, strict=True)],
            pa.large_string() if text else column.type.value_type,
        )
    if _is_text(column.type) or pa.types.is_null(column.type):
        column = column.cast(pa.large_string())
    array = column.combine_chunks()
    if pa.types.is_floating(array.type):  # pandas writes what is missing as NaN
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    return array if isinstance(array, pa.Array) else pa.concat_arrays(array.chunks)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Mapping | list | tuple):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return None if pd.api.types.is_scalar(cell) and pd.isna(cell) else str(cell)
