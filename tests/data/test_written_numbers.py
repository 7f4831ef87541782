import numpy as np
import pandas as pd
import pytest

from embedviz.data.category_names import is_mark
from embedviz.data.written_numbers import COMMA, POINT, decimal_sign, read_numbers

WRITTEN = {
    "$12.50": 12.5,
    "€ 3": 3,
    "3 €": 3,
    "-$4": -4,
    "EUR 1,200": 1200,
    "1,371": 1371,
    "1,234,567.5": 1234567.5,
    "1.234,5": 1234.5,
    "1.234.567": 1234567,
    "12,5": 12.5,
    "0,125": 0.125,
    "12%": 12,
    "12,5 %": 12.5,
    "1 234,5": 1234.5,
    "1'234": 1234,
    "−7": -7,
    "+1e-3": 0.001,
    ".5": 0.5,
    "1.371": 1.371,
    "(12.00)": -12,
    "($1,200)": -1200,
    "€12.5M": 12.5e6,
    "3k": 3000,
    "1.5 K": 1500,
    "$2bn": 2e9,
    "4.1/5": 4.1,
    "9 / 10": 9,
    "8 out of 10": 8,
}
NONE = [
    "heavy",
    "?",
    "-",
    "",
    None,
    "inf",
    "nan",
    "1e400",
    "12 kg",
    "1,23,4",
    "1.2.3",
    "12-5",
    "%",
    "$",
    "()",
    "(a)",
    "5MB",
    "2B",
    "12/",
]


@pytest.mark.parametrize("cell", WRITTEN)
def test_numbers_are_read_as_people_write_them(cell):
    assert read_numbers(pd.Series([cell])).tolist() == [WRITTEN[cell]]


@pytest.mark.parametrize("cell", NONE)
def test_what_is_no_number_is_missing(cell):
    assert np.isnan(read_numbers(pd.Series([cell], dtype=object))).all()


def test_a_comma_before_three_digits_is_read_as_the_column_says():
    german, english = pd.Series(["1,371", "12,5", "2.500"]), pd.Series(["1,371", "12.5", "2.500"])
    assert (decimal_sign(german), decimal_sign(english)) == (COMMA, POINT)
    np.testing.assert_array_equal(read_numbers(german, COMMA), [1.371, 12.5, 2500])
    np.testing.assert_array_equal(read_numbers(english, POINT), [1371, 12.5, 2.5])
    assert decimal_sign(pd.Series(["1,371", "5", None])) == POINT


def test_a_typed_number_among_words_is_itself():
    mixed = pd.Series([1.234, "2,5", np.inf, None, True, 7], dtype=object)
    np.testing.assert_array_equal(read_numbers(mixed, COMMA), [1.234, 2.5, np.nan, np.nan, np.nan, 7])


def test_typed_numbers_are_themselves_and_infinity_is_missing():
    np.testing.assert_array_equal(read_numbers(pd.Series([1.5, -np.inf, 1e31])), [1.5, np.nan, np.nan])
    np.testing.assert_array_equal(read_numbers(pd.Series([1, None], dtype="Int64")), [1, np.nan])


def test_what_stands_for_nothing_is_known_in_any_case():
    cells = pd.Series(["?", "N/A", "Unknown", "-", ".", "NaN", "None", "red", None, "-1"], dtype=object)
    assert is_mark(cells).tolist() == [True] * 7 + [False] * 3


def test_fractions_of_different_wholes_are_no_numbers():
    assert np.isnan(read_numbers(pd.Series(["4/5", "3/7"]))).all()
    np.testing.assert_array_equal(read_numbers(pd.Series(["4/5", "3.5/5"])), [4, 3.5])
