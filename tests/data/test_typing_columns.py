import pyarrow as pa
import pytest

from embedviz.data.typing_columns import HEAD_CELLS, typed


def column(*cells: str, **options):
    return typed(pa.chunked_array([pa.array(cells, pa.large_string())]), **options)


def test_whole_numbers_stay_whole():
    values, note = column("1", "-2", "+3", " 4 ")
    assert (values.tolist(), str(values.dtype), note) == ([1, -2, 3, 4], "int64", "")


def test_an_empty_cell_among_numbers_is_missing():
    values, note = column("1.5", "", "3")
    assert values.isna().tolist() == [False, True, False]
    assert note == ""


def test_na_among_numbers_is_missing_and_reported():
    values, note = column("1", "NA", "3", "null")
    assert values.isna().sum() == 2
    assert note == "2 cells such as NA hold no number and are missing."


def test_one_word_makes_a_column_of_text():
    assert column("1", "2", "three")[0].tolist() == ["1", "2", "three"]
    late = column(*["1"] * HEAD_CELLS * 2, "x")[0]
    assert late.iloc[-1] == "x"


def test_a_leading_zero_is_a_code():
    assert column("007", "123")[0].tolist() == ["007", "123"]
    assert column("0", "0.5")[0].tolist() == [0, 0.5]


def test_no_digit_is_lost():
    big = str(2**53 + 1)
    assert column(big)[0].tolist() == [2**53 + 1]
    assert column(big, "")[0].tolist() == [big, ""]
    assert column("9" * 30, "1")[0].tolist() == ["9" * 30, "1"]


def test_numbers_without_end_stay_text():
    assert column("1e999", "1")[0].tolist() == ["1e999", "1"]
    assert column("inf", "1")[0].tolist() == ["inf", "1"]


def test_decimal_commas_count_where_semicolons_separate():
    assert column("3,5", "-1", decimal_comma=True)[0].tolist() == [3.5, -1]
    assert column("3,5", "-1")[0].tolist() == ["3,5", "-1"]


def test_nothing_at_all_stays_text():
    assert column("", " ")[0].tolist() == ["", " "]


@pytest.mark.parametrize("cell", ["1_000", "0x10", "１２", "1,000", "--1", ".", "1e", "١"])
def test_what_only_resembles_a_number_is_text(cell):
    assert column(cell, "1")[0].tolist() == [cell, "1"]
