import pyarrow as pa
import pytest

from embedviz.data.typing_columns import ColumnBuilder, decimal_of, typed


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
    late = column(*["1"] * 400, "x")[0]
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
    assert column("3,5", "-1", decimal=",")[0].tolist() == [3.5, -1]
    assert column("3,5", "-1")[0].tolist() == ["3,5", "-1"]


def test_nothing_at_all_stays_text():
    assert column("", " ")[0].tolist() == ["", " "]


@pytest.mark.parametrize("cell", ["1_000", "0x10", "１２", "1,000", "--1", "1e", "١"])
def test_what_only_resembles_a_number_is_text(cell):
    assert column(cell, "1")[0].tolist() == [cell, "1"]


def arrays(*blocks: list[str]) -> list[pa.Array]:
    return [pa.array(block, pa.large_string()) for block in blocks]


def test_points_part_thousands_where_a_comma_precedes_fractions():
    assert column("40.794", "186", decimal=",")[0].tolist() == [40794, 186]
    assert column("2.155", "19,5", decimal=",")[0].tolist() == [2155, 19.5]
    assert column("12.5", "3.25", decimal=",")[0].tolist() == [12.5, 3.25]  # no thousands: this column is English


def test_the_decimal_sign_is_that_of_the_whole_table():
    assert decimal_of(arrays(["40.794", "186"], ["29,7", "1,1"])) == ","
    assert decimal_of(arrays(["1,371", "2"], ["29.7", "1.1"])) == "."
    assert decimal_of(arrays(["1,371", "1.371"])) == "."


def test_codes_that_look_like_powers_of_ten_stay_codes():
    assert column("5E2", "500", "7E1")[0].tolist() == ["5E2", "500", "7E1"]
    assert column("5E2", "0.5")[0].tolist() == [500, 0.5]
    assert column("1e-5", "1e5")[0].tolist() == [1e-5, 1e5]


def test_marks_of_databases_are_missing():
    values, note = column("3", "\\N", "?")
    assert values.isna().tolist() == [False, True, True]
    assert note.startswith("2 cells such as ")


def test_a_word_in_a_late_block_asks_for_the_column_again():
    builder = ColumnBuilder()
    for block in arrays(["1", "2"], ["three"]):
        builder.add(block)
    assert builder.finish() is None
    again = builder.again_as_text()
    for block in arrays(["1", "2"], ["three"]):
        again.add(block)
    assert again.finish().tolist() == ["1", "2", "three"]


def test_blocks_of_numbers_become_one_column():
    builder = ColumnBuilder()
    for block in [*arrays(["1", ""]), pa.array([2, 3], pa.int64()), pa.array([0.5], pa.float64())]:
        builder.add(block)
    values = builder.finish()
    assert values.isna().tolist() == [False, True, False, False, False]
    assert values.dropna().tolist() == [1, 2, 3, 0.5]
