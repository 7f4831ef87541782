import numpy as np
import pandas as pd
import pytest

from embedviz.data.column import Column
from embedviz.data.column_kinds import as_numbers, column_kind

RNG = np.random.default_rng(0)
N = 200
COLUMNS = {
    "price": (RNG.normal(size=N), "number"),
    "temperature": ([-3, 5, None, 2] * 50, "number"),
    "doors": ([2, 4, 5, 4] * 50, "number"),
    "zip code": ([80331, 10115, 20095, 50667] * 50, "category"),
    "colour": (["red", "blue", None, "grey"] * 50, "category"),
    "electric": ([True, False] * 100, "category"),
    "code with zeros": (["007", "012", "100", "003"] * 50, "category"),
    "sold": (pd.date_range("2020-01-01", periods=N).astype(str), "date"),
    "built": (["31.12.1999", "01.02.2001"] * 100, "date"),
    "typed": (pd.date_range("2020-01-01", periods=N, tz="UTC"), "date"),
    "id": (np.arange(N)[::-1], "unused"),
    "key": ([f"k{i}" for i in range(N)], "unused"),
    "remark": ([f"the owner said that it was good {i}" for i in range(N)], "unused"),
    "nothing": ([None] * N, "unused"),
    "no number": ([np.nan, np.inf] * 100, "unused"),
    "always": (["x"] * N, "unused"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_taken_for_what_it_holds(name):
    cells, kind = COLUMNS[name]
    found = column_kind(pd.Series(cells, name=name), 5)
    assert found.kind == kind
    assert not (kind == "unused" and name not in found.note)


def test_why_a_column_is_left_out_is_reported():
    key, remark = (column_kind(pd.Series(COLUMNS[name][0], name=name), 5).note for name in ("key", "remark"))
    assert "“key” holds nearly a value of its own in each row, as an id" in key
    assert "“remark” holds free text" in remark


def test_numbers_as_text_are_numbers_and_codes_are_not():
    np.testing.assert_array_equal(as_numbers(pd.Series(["-1.5", None, "2"], dtype=object)), [-1.5, np.nan, 2])
    assert as_numbers(pd.Series(["007", "1"])) is None
    assert as_numbers(pd.Series(["1", "two"])) is None
    assert as_numbers(pd.Series(["80331", "1067", "01067", "20095"] * 30)) is None
    assert as_numbers(pd.Series([True, False])) is None


def test_infinity_is_missing():
    np.testing.assert_array_equal(as_numbers(pd.Series([1.0, -np.inf])), [1, np.nan])


def test_nine_in_ten_filled_cells_make_a_column_of_numbers():
    numbers = [str(i) for i in range(90)]
    assert np.isnan(as_numbers(pd.Series(numbers + ["odd"] * 10))).sum() == 10
    assert as_numbers(pd.Series(numbers + ["odd"] * 11)) is None
    assert np.isnan(as_numbers(pd.Series(numbers + ["?"] * 60))).sum() == 60


def test_a_few_whole_numbers_in_many_rows_do_not_number_them():
    sparse = pd.Series([float(i) if i < 10 else None for i in range(1000)], name="x")
    assert column_kind(sparse, 5).kind == "number"
    assert "numbers the rows" in column_kind(pd.Series(range(1000), name="x"), 5).note


def test_a_few_filled_cells_are_not_reported_for_each_row():
    sparse = pd.Series([f"k{i}" if i < 10 else None for i in range(1000)], name="x")
    assert "a value of its own in each filled row" in column_kind(sparse, 5).note


def test_row_numbers_are_known_by_all_rows_of_the_table():
    n = 300
    training = np.sort(np.random.default_rng(0).choice(n, 240, replace=False))
    for name, cells in {
        "column 1": np.arange(n),
        "x": np.arange(n) + 7,
        "record": np.random.default_rng(1).permutation(n),
        "id": np.arange(n) * 10,
    }.items():
        found = column_kind(Column(name, pd.Series(cells, name=name)).take(training), 5)
        assert found.kind == "unused"
        assert found.note == f"“{name}” numbers the rows and is left out."


def test_an_index_with_gaps_is_one_where_it_has_no_name():
    rising = np.cumsum(np.random.default_rng(0).integers(1, 5, 100))
    assert column_kind(pd.Series(rising, name="column 1"), 5).kind == "unused"
    assert column_kind(pd.Series(rising, name="weight"), 5).kind == "number"
    assert column_kind(pd.Series(rising[::-1].copy(), name="column 1"), 5).kind == "number"
