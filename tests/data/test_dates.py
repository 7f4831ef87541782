import numpy as np
import pandas as pd
import pytest

from embedviz.data.dates import date_format, date_parts, read_dates


@pytest.mark.parametrize(
    "cells",
    [
        ["1999-12-31", "2001-02-03"],
        ["31.12.1999", "03.02.2001"],
        ["12/31/1999", "02/03/2001"],
        ["31/12/1999", "03/02/2001"],
        ["31 Dec 1999", "03 Feb 2001"],
        ["December 31, 1999", "February 03, 2001"],
        ["1999-12-31T00:00:00Z", "2001-02-03T00:00:00Z"],
        pd.to_datetime(["1999-12-31", "2001-02-03"]),
    ],
)
def test_dates_are_read_in_many_spellings(cells):
    cells = pd.Series(cells)
    dates = read_dates(cells, date_format(cells))
    assert dates.tolist() == [pd.Timestamp("1999-12-31"), pd.Timestamp("2001-02-03")]


@pytest.mark.parametrize(
    "cells", [["1", "2"], ["B-52", "DC-10"], ["2.5", "3.5"], ["red", "blue"], [], ["10-20", "30-40"]]
)
def test_what_is_no_date_is_none(cells):
    assert date_format(pd.Series(cells, dtype=object)) is None


def test_a_date_gives_year_month_day_of_week_and_hour():
    dates = pd.Series(pd.to_datetime(["2001-01-01 18:30", None, "2024-12-31 00:00"]))
    parts = date_parts(dates)
    assert parts["year"][0] == 2001
    assert 2024.99 < parts["year"][2] < 2025
    np.testing.assert_array_equal(parts["month"], [1, np.nan, 12])
    np.testing.assert_array_equal(parts["day of week"], [0, np.nan, 1])
    np.testing.assert_array_equal(parts["hour"], [18.5, np.nan, 0])


def test_a_cell_that_is_no_date_is_missing():
    assert read_dates(pd.Series(["1999-12-31", "soon", None]), "ISO8601").isna().tolist() == [False, True, True]


def test_what_stands_for_nothing_among_dates_is_missing():
    cells = pd.Series(["31.12.1999", "?", "03.02.2001", "unknown", "n/a"] * 10)
    format = date_format(cells)
    assert format == "%d.%m.%Y"
    assert read_dates(cells, format).isna().sum() == 30


def test_the_format_that_fits_most_cells_is_taken():
    cells = pd.Series([f"{month:02}/{day:02}/2020" for month in range(1, 12) for day in range(1, 14)])
    assert date_format(cells) == "%m/%d/%Y"


@pytest.mark.parametrize(
    "cells",
    [
        [f"{i % 4 + 1}.{i % 9}.{10 + i % 19}" for i in range(60)],
        ["2009-10", "2010-11", "2011-12", "2009-10"],
        ["1999/00", "2000/01"],
    ],
)
def test_versions_and_seasons_are_no_dates(cells):
    assert date_format(pd.Series(cells)) is None


def test_months_and_short_dates_are_dates():
    assert date_format(pd.Series(["2009-10", "2009-11", "2010-02"])) == "ISO8601"
    assert date_format(pd.Series([f"{day}.{day % 12 + 1}.14" for day in range(1, 29)] * 2)) == "%d.%m.%y"
