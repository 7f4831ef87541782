import datetime
import decimal
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embedviz.core.errors import DataError
from embedviz.data import parquet
from embedviz.data.parquet import read


def stored(table, **options) -> io.BytesIO:
    buffer = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), buffer, **options)
    buffer.seek(0)
    return buffer


def test_numbers_and_text_come_as_they_are():
    frame = read(stored({"w": ["a", None, "c"], "n": [1, 2, 3], "x": [0.5, None, 2.0]}), "a.parquet").frame
    assert [str(kind) for kind in frame.dtypes] == ["str", "int64", "float64"]
    assert frame["w"].isna().tolist() == [False, True, False]


def test_other_kinds_become_what_a_page_can_show():
    table = {
        "list": [[1, 2], None],
        "bytes": [b"ab", b"\xff"],
        "words": pa.array(["x", "y"]).dictionary_encode(),
        "price": [decimal.Decimal("1.50"), None],
        "day": [datetime.date(2020, 1, 2), None],
        "yes": [True, None],
    }
    found = read(stored(table), "a.parquet")
    assert found.frame["list"].tolist()[0] == "[1, 2]"
    assert found.frame["bytes"].tolist() == ["ab", "\ufffd"]
    assert found.frame["words"].tolist() == ["x", "y"]
    assert found.frame["price"].tolist()[0] == 1.5
    assert pd.api.types.is_datetime64_any_dtype(found.frame["day"])
    assert str(found.frame["yes"].dtype) == "boolean"
    assert len(found.notes) == 2


def test_a_preview_stops_after_the_rows_asked_for(monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 10)
    found = read(stored({"n": list(range(35))}), "a.parquet", max_rows=10)
    assert (len(found.frame), found.cut) == (10, True)
    assert not read(stored({"n": list(range(35))}), "a.parquet").cut


def test_a_nameless_index_of_pandas_is_left_out():
    buffer = io.BytesIO()
    pd.DataFrame({"n": [1, 2]}, index=[5, 7]).to_parquet(buffer)
    assert read(buffer, "a.parquet").frame.columns.tolist() == ["n"]


def test_words_that_repeat_without_measure_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_DATA_MB", "10")
    bomb = stored({"w": pa.array(["x" * 100_000] * 5000).dictionary_encode()})
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(DataError, match=r"unpacks to more than 10\.0 MB"):
        read(bomb, "a.parquet")


def test_a_cut_file_is_reported():
    data = stored({"n": [1, 2, 3]}).getvalue()
    with pytest.raises(DataError, match=r"^a\.parquet is not a whole Parquet file"):
        read(io.BytesIO(data[:-10]), "a.parquet")


@pytest.mark.parametrize("table", [{"n": pa.array([], pa.int64())}, pa.table({})])
def test_no_rows_are_reported(table):
    with pytest.raises(DataError, match="holds no rows"):
        read(stored(table), "a.parquet")


def test_a_list_beyond_measure_is_left_out_before_it_is_read(monkeypatch):
    monkeypatch.setattr(parquet, "MAX_CELL_VALUES", 1000)
    long = pa.ListArray.from_arrays(pa.array([0, 3000, 3000], pa.int32()), pa.array(np.zeros(3000, np.int8)))
    found = read(stored({"n": [1, 2], "list": long}), "a.parquet")
    assert found.frame.columns.tolist() == ["n"]
    assert found.notes == ["Column list holds lists of 1,500 values a row and is left out."]
    with pytest.raises(DataError, match="no column that can be read"):
        read(stored({"list": long}), "a.parquet")


def test_values_a_row_are_told_by_column_whatever_is_nested_before_it():
    schema = pa.schema(
        {
            "s": pa.struct({"a": pa.int64(), "b": pa.list_(pa.int64())}),
            "m": pa.map_(pa.string(), pa.int64()),
            "n": pa.int64(),
            "l": pa.list_(pa.int64()),
        }
    )
    rows = {"s": [{"a": 1, "b": [1, 2, 3]}] * 2, "m": [[("k", 1)]] * 2, "n": [1, 2], "l": [[1] * 5, [1] * 7]}
    with pq.ParquetFile(stored(pa.table(rows, schema))) as file:
        assert parquet._values_per_row(file.schema_arrow, file.metadata) == [4, 2, 1, 6]


def test_a_preview_stops_at_a_number_of_bytes(monkeypatch):
    monkeypatch.setattr(parquet, "PREVIEW_BYTES", 100_000)
    words = pa.array(["x" * 1000] * 5000).dictionary_encode()
    found = read(stored({"w": words}), "a.parquet", max_rows=5000)
    assert found.cut
    assert 90 <= len(found.frame) <= 100
    assert len(read(stored({"w": words}), "a.parquet").frame) == 5000
    with pytest.raises(DataError, match="cells of more than"):
        read(stored({"w": ["x" * 200_000]}), "a.parquet", max_rows=5000)


def test_too_many_columns_are_refused_before_anything_is_read():
    wide = {f"c{i}": [1] for i in range(10_001)}
    with pytest.raises(DataError, match=r"10,001 columns; at most 10,000"):
        read(stored(wide), "a.parquet")
