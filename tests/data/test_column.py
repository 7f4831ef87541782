import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError
from embedviz.data import column as columns
from embedviz.data.column import Column, cells_of
from embedviz.data.reading import read_table

CELLS = pd.Series(["1,5", None, "2.500", " ", "?", "1,5"], name="price", dtype="str")


def test_names_are_stored_once_and_blank_cells_are_missing():
    column = Column.of(CELLS)
    assert column.names.distinct.tolist() == ["1,5", "2.500", "?"]
    assert column.names.codes.tolist() == [0, -1, 1, -1, 2, 0]
    assert column.names.counts.tolist() == [2, 1, 1]
    assert column.missing.tolist() == [False, True, False, True, False, False]
    assert (column.n_filled, column.n_distinct, len(column)) == (4, 3, 6)


def test_numbers_follow_the_decimal_sign_of_the_column():
    column = Column.of(CELLS)
    assert column.decimal_sign == ","
    np.testing.assert_array_equal(column.numbers(), [1.5, np.nan, 2500, np.nan, np.nan, 1.5])
    np.testing.assert_array_equal(column.numbers("."), [1.5, np.nan, 2.5, np.nan, np.nan, 1.5])


def test_rows_decide_by_themselves_and_take_what_was_parsed(monkeypatch):
    column = Column.of(pd.Series(["12.5", "3.5", "1,371", "12,5", "1,25"], name="x"))
    assert column.numbers(",").tolist() == [12.5, 3.5, 1.371, 12.5, 1.25]
    english, german = column.take(np.array([0, 1, 2])), column.take(np.array([2, 3, 4]))
    for part in (english, german):
        assert len(part.names) == 3
    monkeypatch.setattr(columns, "read_numbers", None)  # whoever parses again fails
    assert (english.decimal_sign, german.decimal_sign) == (".", ",")
    assert german.numbers().tolist() == [1.371, 12.5, 1.25]
    with pytest.raises(TypeError):
        english.numbers()  # with a point nothing was parsed yet


def test_rows_of_rows_are_rows_of_the_whole():
    column = Column.of(pd.Series(list("abcdef"), name="x"))
    part = column.take(np.array([5, 3, 1])).take(np.array([True, False, True]))
    assert part.values.tolist() == ["f", "b"]
    assert part.names.series().tolist() == ["f", "b"]
    assert part.n_distinct == 2


def test_dates_of_rows_are_those_of_the_whole():
    cells = pd.Series(["31.12.1999", "soon", None, "01.02.2001"] * 10, index=range(100, 140), name="day")
    column = Column.of(cells)
    assert column.date_format is None  # one filled cell in three is no date
    part = column.take(np.flatnonzero(cells != "soon"))
    assert part.date_format == "%d.%m.%Y"
    dates = part.dates("%d.%m.%Y")
    assert dates.index.tolist() == part.values.index.tolist()
    assert dates.iloc[:3].tolist() == [pd.Timestamp("1999-12-31"), pd.NaT, pd.Timestamp("2001-02-01")]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1, 2], "number"),
        ([1.5, None], "number"),
        ([True, False], "boolean"),
        (pd.to_datetime(["2020-01-01"]), "date"),
        (["1", "2"], "text"),
    ],
)
def test_a_column_knows_how_its_cells_are_stored(cells, kind):
    assert Column.of(pd.Series(cells)).kind == kind


def test_a_table_has_one_column_of_a_name():
    table = read_table(b"a,b\n1,x\n2,y\n", name="t.csv")
    assert table.column("a") is table.column("a")
    assert table.column("b").names.distinct.tolist() == ["x", "y"]


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(ColumnError, match="Several columns are called 'a'"):
        cells_of(pd.DataFrame([[1, 2]], columns=["a", "a"]), "a")
