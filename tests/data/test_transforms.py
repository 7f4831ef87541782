import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError, DataError
from embedviz.data.reading import read_table
from embedviz.data.transforms import spelling_key

RATINGS = b"user,item,rating\n99,1,99\n98,99,5\n97,2,4\n96,3,99\n"
MATRIX = b"reader,age group,Dune,Emma,It\nann,old,5,,99\nbob,young,,99,2\ncy,old,1,2,3\n"


def test_a_mark_of_one_column_leaves_the_others_alone():
    table = read_table(RATINGS, name="r.csv", missing={"rating": ["99"]})
    np.testing.assert_array_equal(table.frame["rating"], [np.nan, 5, 4, np.nan])
    assert table.frame["user"].tolist() == [99, 98, 97, 96]
    assert table.frame["item"].tolist() == [1, 99, 2, 3]
    assert "99 is treated as missing in “rating”: 2 cells." in table.report.sentences()


def test_a_mark_of_every_column_is_one_of_each():
    table = read_table(RATINGS, name="r.csv", missing=["99"])
    assert [int(table.frame[name].isna().sum()) for name in ("user", "item", "rating")] == [1, 1, 2]
    both = read_table(RATINGS, name="r.csv", missing={"": ["98"], "rating": [99]})
    assert [int(both.frame[name].isna().sum()) for name in ("user", "item", "rating")] == [1, 0, 2]


def test_without_its_marks_a_column_of_text_becomes_numbers():
    table = read_table(b"item,stars\na,not rated\nb,4\nc, not rated \nd,3.5\n", missing={"stars": ["not rated"]})
    np.testing.assert_array_equal(table.frame["stars"], [np.nan, 4, np.nan, 3.5])


def test_a_wide_matrix_becomes_a_row_a_filled_cell():
    table = read_table(MATRIX, name="m.csv", melt="reader", missing={"rating": ["99"]})
    rows = table.frame.sort_values(["reader", "item"]).values.tolist()
    assert rows == [
        ["ann", "old", "Dune", 5],
        ["bob", "young", "It", 2],
        ["cy", "old", "Dune", 1],
        ["cy", "old", "Emma", 2],
        ["cy", "old", "It", 3],
    ]
    assert "3 rows with 3 columns of numbers became 5 rows of user, item and rating." in table.report.sentences()
    assert "99 is treated as missing in “rating”: 2 cells." in table.report.sentences()
    assert {table.roles["item"], table.roles["rating"]} == {"item", "rating"}


def test_a_matrix_without_ids_gets_numbers_for_its_rows():
    table = read_table(b"Dune,Emma\n1,2\n,3\n", name="m.csv", melt="")
    assert table.frame.values.tolist() == [[1, "Dune", 1], [1, "Emma", 2], [2, "Emma", 3]]
    assert list(table.frame) == ["user", "item", "rating"]


def test_what_is_no_matrix_is_refused():
    with pytest.raises(DataError, match="several columns of numbers"):
        read_table(b"name,x\na,1\nb,2\n", melt="name")
    with pytest.raises(ColumnError, match="no column 'who'"):
        read_table(MATRIX, name="m.csv", melt="who")
    with pytest.raises(ColumnError, match="no column 'stars'"):
        read_table(MATRIX, name="m.csv", melt="reader", missing={"stars": ["1"]})


def test_classes_take_their_most_frequent_spelling():
    cells = ["good", "Good", "Good", "GOOD ", "bad.", "bad", "bad", "so-so", "C", "C++"]
    table = read_table(
        pd.DataFrame({"x": range(10), "label": cells}).to_csv(index=False).encode(), merge_classes=["label"]
    )
    assert table.frame["label"].tolist() == ["Good"] * 4 + ["bad"] * 3 + ["so-so", "C", "C++"]
    assert any("8 became 5" in sentence for sentence in table.report.sentences())


def test_spellings_that_say_something_else_stay_apart():
    assert spelling_key("Very  Good!") == spelling_key("very good")
    assert spelling_key("caf\u00e9") == spelling_key("Cafe\u0301")
    assert len({spelling_key(name) for name in ("C", "C++", "-1", "1", "a-b", "a b", "...", "?")}) == 8


def test_rows_with_some_values_are_kept():
    data = b"user,item,liked\n" + b"".join(
        b"u%d,i%d,%s\n" % (i, i % 7, [b"True", b"False", b""][i % 3]) for i in range(9)
    )
    table = read_table(data, name="l.csv", only={"liked": ["True"]})
    assert table.frame["user"].tolist() == ["u0", "u3", "u6"]
    assert "Rows kept where “liked” is True: 3 of 9." in table.report.sentences()
    assert table.report.rows == 3
    numbers = read_table(b"a,b\n1,x\n2,y\n1,z\n", only={"a": ["1"]})
    assert numbers.frame["b"].tolist() == ["x", "z"]
    with pytest.raises(DataError, match="No row would be left"):
        read_table(data, name="l.csv", only={"liked": ["maybe"]})
    with pytest.raises(ColumnError, match="'lked'"):
        read_table(data, name="l.csv", only={"lked": ["True"]})


def test_a_preview_may_not_hold_the_value_yet():
    data = b"a,b\n" + b"1,x\n" * 3000 + b"2,y\n"
    assert read_table(data, name="p.csv", only={"a": ["2"]}, limit_bytes=1000).report.rows > 100
    assert read_table(data, name="p.csv", only={"a": ["2"]}).report.rows == 1


def test_other_formats_are_mended_as_delimited_ones_are(tmp_path):
    frame = pd.DataFrame(
        {"user": ["a", "b", "c"], "stars": [99, 4, 5], "liked": [True, False, True], "t": ["x", "X", "x"]}
    )
    frame.to_json(tmp_path / "r.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "r.parquet")
    frame.to_csv(tmp_path / "r.csv", index=False)
    for name in ("r.jsonl", "r.parquet", "r.csv"):
        options = {"missing": {"stars": ["99"]}, "only": {"liked": ["True"]}, "merge_classes": ["t"]}
        table = read_table(tmp_path / name, **options)
        np.testing.assert_array_equal(table.frame["stars"], [np.nan, 5])
        assert table.frame["t"].tolist() == ["x", "x"]


def test_a_column_that_counts_the_others_is_no_item():
    table = read_table(b"2,5,99,1\n1,99,2,99\n3,1,2,3\n", name="jester.csv", melt="", missing={"rating": ["99"]})
    assert table.frame["item"].tolist() == ["column 2", "column 4", "column 3", "column 2", "column 3", "column 4"]
    assert "“column 1” counts the filled cells of its row and is left out." in table.report.sentences()
    other = read_table(b"2,5,99,1\n1,99,2,99\n4,1,2,3\n", name="jester.csv", melt="", missing={"rating": ["99"]})
    assert "column 1" in set(other.frame["item"])
