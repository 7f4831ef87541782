import pytest

from embedviz.core.errors import DataError
from embedviz.data.column_names import MAX_COLUMNS, check_columns, column_names
from embedviz.data.reading import read_table


def test_column_names_are_unique_and_never_empty():
    assert column_names(["a", "", "a", " b\nc ", "a (2)"], 6) == [
        "a",
        "column 2",
        "a (2)",
        "b c",
        "a (2) (2)",
        "column 6",
    ]


def test_many_equal_names_are_told_apart():
    names = column_names(["x"] * 20_000, 20_000)
    assert len(set(names)) == 20_000
    assert names[-1] == "x (20000)"


def test_too_many_columns_are_refused_in_a_sentence():
    check_columns(MAX_COLUMNS, "wide.csv")
    with pytest.raises(DataError, match=r"wide\.csv has 10,001 columns; at most 10,000 are read"):
        read_table((",".join(["x"] * 10_001) + "\n" + ",".join("1" * 10_001) + "\n").encode(), name="wide.csv")
