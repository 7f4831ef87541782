"""Tables of every library come to the same Arrow table, with their types."""

import datetime as dt

import datasets
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from embedviz import EmbedvizError, load_vectors, read_table
from embedviz.data.table_like import as_arrow, category_columns, is_table_like, parquet_bytes, split_parts

CELLS = {
    "text": ["a b", "c", None],
    "count": [1, 2, None],
    "kind": ["x", "y", "x"],
    "day": [dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 2), None],
    "seen": [True, None, False],
    "share": [0.5, None, 1.0],
}
TYPES = ["large_string", "int64", "large_string", "timestamp[us]", "bool", "double"]


def pandas_frame():
    return pd.DataFrame(CELLS).astype({"kind": "category", "count": "Int64", "seen": "boolean"})


SAME = {
    "pandas": pandas_frame,
    "pandas with Arrow types": lambda: pandas_frame().convert_dtypes(dtype_backend="pyarrow"),
    "polars": lambda: pl.DataFrame(CELLS, schema_overrides={"kind": pl.Categorical}),
    "Arrow": lambda: pa.table(CELLS),
    "Arrow with dictionaries": lambda: pa.table({**CELLS, "kind": pa.array(CELLS["kind"]).dictionary_encode()}),
    "Arrow reader": lambda: pa.table(CELLS).to_reader(),
    "datasets": lambda: datasets.Dataset.from_dict(CELLS),
    "datasets, streamed": lambda: datasets.Dataset.from_dict(CELLS).to_iterable_dataset(),
    "dicts": lambda: pl.DataFrame(CELLS).to_dicts(),
    "columns": lambda: CELLS,
}


@pytest.mark.parametrize("make", SAME.values(), ids=SAME.keys())
def test_every_library_gives_the_same_table_and_bytes(make):
    assert is_table_like(make())
    table = as_arrow(make())
    assert [str(kind) for kind in table.schema.types] == TYPES
    assert table.to_pydict() == CELLS
    assert parquet_bytes(table) == parquet_bytes(as_arrow(pa.table(CELLS)))


class Interchanged:
    """A frame that follows the interchange protocol alone."""

    def __dataframe__(self, nan_as_null=False, allow_copy=True):
        return pa.table({"film": ["Alien", "Brazil"], "stars": [5, 4]}).__dataframe__()


def test_the_interchange_protocol_is_enough():
    assert as_arrow(Interchanged()).to_pydict() == {"film": ["Alien", "Brazil"], "stars": [5, 4]}


@pytest.mark.parametrize(
    "texts",
    [["a b", "c d"], pd.Series(["a b", "c d"]), pl.Series(["a b", "c d"]), np.array(["a b", "c d"], object)],
    ids=["list", "pandas", "polars", "numpy"],
)
def test_texts_are_a_column_called_text(texts):
    assert as_arrow(texts).to_pydict() == {"text": ["a b", "c d"]}


def test_a_series_keeps_its_name():
    assert as_arrow(pl.Series("review", ["a b"])).column_names == ["review"]
    assert as_arrow(pd.Series(["a b"], name="review")).column_names == ["review"]


def test_names_of_files_are_no_texts(tmp_path):
    path = tmp_path / "a file with blanks.txt"
    path.write_text("a b c")
    assert not is_table_like([str(path)])
    assert not is_table_like(["one.txt", "two.txt"])
    assert not is_table_like([path])


def test_classes_of_a_dataset_have_their_names_and_selections_their_order():
    features = datasets.Features({"label": datasets.ClassLabel(names=["neg", "pos"]), "text": datasets.Value("string")})
    data = datasets.Dataset.from_dict({"label": [0, 1, -1], "text": ["a", "b", "c"]}, features=features)
    assert as_arrow(data.select([2, 1, 0])).to_pydict() == {"label": [None, "pos", "neg"], "text": ["c", "b", "a"]}


def test_categories_of_numbers_are_named():
    frame = pd.DataFrame({"size": pd.Categorical([1, 2]), "name": pd.Categorical(["a", "b"]), "n": [1, 2]})
    assert category_columns(frame) == ["size"]
    assert category_columns(pa.table({"size": pa.array([1, 2]).dictionary_encode(), "n": [1, 2]})) == ["size"]


def test_an_index_is_kept_where_it_has_a_name():
    frame = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["a", "b"], name="id"))
    assert as_arrow(frame).column_names == ["id", "n"]
    assert as_arrow(frame.rename_axis(None)).column_names == ["n"]


def test_a_missing_cell_of_any_type_is_missing_among_texts():
    missing = [pd.NaT, pd.NA, None, np.nan, np.float32("nan"), np.datetime64("NaT")]
    assert as_arrow({"a": ["x", 3, *missing]})["a"].to_pylist() == ["x", "3", *[None] * len(missing)]


def test_cells_of_several_types_become_text():
    assert as_arrow(pd.DataFrame({"x": [1, "a", None, {"k": 1}]})).to_pydict() == {"x": ["1", "a", None, '{"k": 1}']}


def test_dicts_may_lack_columns():
    assert as_arrow([{"a": 1}, {"b": "x"}]).to_pydict() == {"a": [1, None], "b": [None, "x"]}


def test_keys_that_name_parts_are_a_split():
    frame = pd.DataFrame({"n": [1]})
    assert list(split_parts({"train": frame, "dev": frame, "test": frame})) == ["train", "validation", "test"]
    assert list(split_parts(datasets.DatasetDict({"train": datasets.Dataset.from_pandas(frame)}))) == ["train"]
    assert split_parts({"train": [1, 2], "test": [3, 4]}) is None  # two columns
    assert split_parts({"train": frame, "other": frame}) is None
    with pytest.raises(EmbedvizError, match="no training set among the tables dev, test"):
        split_parts({"dev": frame, "test": frame})
    with pytest.raises(EmbedvizError, match="Two tables are the validation set"):
        split_parts({"train": frame, "dev": frame, "val": frame})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame({"a": []}), "pandas DataFrame holds no rows"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Column 'a' occurs twice in the pandas DataFrame"),
        ({"a": [1], "b": [1, 2]}, r"differ in length \(a: 1, b: 2\)"),
        ({"a": 1}, "a list of cells was expected"),
        ([{"a": 1}, 2], "Row 2 is 2, but a dict"),
        (np.zeros((3, 2)), r"shape \(3, 2\) has no column names"),
        (object(), "Expected a path, a data frame"),
    ],
)
def test_what_is_wrong_is_said(data, message):
    with pytest.raises(EmbedvizError, match=message):
        as_arrow(data)


def test_read_table_reads_a_table_and_follows_its_options():
    table = read_table(pl.DataFrame(CELLS), missing={"kind": ["y"]})
    assert table.report.format == "table"
    assert table.report.name == "polars DataFrame"
    assert table.frame["kind"].fillna("").tolist() == ["x", "", "x"]
    assert str(table.frame["day"].dtype).startswith("datetime64")
    assert table.frame["seen"].dtype == "boolean"


def test_read_table_joins_the_parts_of_a_split():
    frame = pd.DataFrame({"text": ["a b", "c d"], "label": ["x", "y"]})
    table = read_table({"train": frame, "test": pl.from_pandas(frame)})
    assert table.frame["split"].tolist() == ["train", "train", "test", "test"]


def test_vectors_are_loaded_from_a_frame():
    space = load_vectors(pl.DataFrame({"word": ["king", "queen"], "vector": [[1.0, 2.0], [3.0, 4.0]]}))
    assert space.labels == ["king", "queen"]
    assert space.vectors.tolist() == [[1, 2], [3, 4]]
