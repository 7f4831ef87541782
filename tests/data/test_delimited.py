import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from embedviz.core.errors import DataError
from embedviz.data import delimited, mending, text_blocks
from embedviz.data.detection import Given, readings
from embedviz.data.names_again import NAMES_AGAIN, TITLE_AGAIN
from embedviz.data.reading import read_table
from embedviz.data.text_blocks import blocks_of_text
from embedviz.data.typing_columns import MISSING


def read(text, name, delimiter, header, cut=False):
    found = readings(text, Given(delimiter, header=header))
    if not found:
        raise DataError(f"{name} holds no rows.")
    reading = found[0]
    return delimited.read(blocks_of_text(text), name, reading, delimited.Options(cut=cut))


def rows(found) -> list[list]:
    return found.frame.to_numpy().tolist()


def test_columns_of_numbers_are_numbers_and_others_text():
    found = read("who,age,height\nAnn,31,1.70\nBob,27,1.8\n", "a.csv", ",", None)
    assert rows(found) == [["Ann", 31, 1.7], ["Bob", 27, 1.8]]
    assert [str(kind) for kind in found.frame.dtypes] == ["str", "int64", "float64"]


def test_ragged_rows_are_left_out_with_their_line_and_why():
    found = read("a,b\n1,2\n3\n4,5,6\n\n7,8\n", "a.csv", ",", None)
    assert rows(found) == [[1, 2], [7, 8]]
    assert found.dropped.rows == [(3, "expected 2 fields, got 1"), (4, "expected 2 fields, got 3")]


def test_a_row_too_long_by_empty_fields_is_kept():
    assert rows(read("a,b\n1,2,,\n3,4\n5,6\n", "a.csv", ",", None)) == [[1, 2], [3, 4], [5, 6]]


def test_a_thousand_dropped_rows_are_listed_and_all_are_counted():
    found = read("a,b\n" + "1,2\n" * 2000 + "x\n" * 1500, "a.csv", ",", True)
    assert (len(found.dropped.rows), found.dropped.count, len(found.frame)) == (1000, 1500, 2000)


def test_quoted_cells_hold_delimiters_line_ends_and_quotation_marks():
    found = read('text,n\n"one, two",1\n"three\nfour",2\n"say ""five""",3\n', "a.csv", ",", None)
    assert rows(found) == [["one, two", 1], ["three\nfour", 2], ['say "five"', 3]]


def test_lines_are_counted_over_quoted_line_ends():
    found = read('a,b\n"x\ny\nz",1\nragged\n"u",2\n', "a.csv", ",", None)
    assert found.dropped.rows == [(5, "expected 2 fields, got 1")]


@pytest.mark.parametrize("place", [0, 3, 9])
def test_a_quotation_mark_left_open_is_a_character(place):
    lines = [f"{i},word{i}" for i in range(10)]
    lines[5], lines[place] = '5,"a, b"', f'{place},"5 inch'
    found = read("n,w\n" + "\n".join(lines) + "\n", "a.csv", ",", None)
    assert found.frame["n"].tolist() == list(range(10))
    assert found.frame["w"][place] == '"5 inch'
    assert found.mended.rows == [(place + 2, mending.LITERAL)]


def test_two_open_quotation_marks_do_not_swallow_what_is_between_them():
    found = read('n,w,v\n1,"a,x\n2,b,x\n3,c,x\n4,"d,x\n5,e,x\n', "a.csv", ",", None)
    assert found.frame["n"].tolist() == [1, 2, 3, 4, 5]


def test_an_open_mark_and_a_closing_one_lines_later_do_not_either():
    found = read('n,w,v\n1,"a,x\n2,b,x\n3,c,x\n4,d",x\n5,e,x\n', "a.csv", ",", None)
    assert rows(found) == [[1, '"a', "x"], [2, "b", "x"], [3, "c", "x"], [4, 'd"', "x"], [5, "e", "x"]]
    assert [row.line for row in found.mended.rows] == [2, 5]


def test_texts_over_several_lines_are_one_cell():
    text = 'text,n\n"one, two\nthree, four\nfive, six\nseven, eight",1\n"nine",2\n'
    assert read(text, "a.csv", ",", None).frame["n"].tolist() == [1, 2]


def test_marks_inside_a_cell_that_are_not_doubled_are_kept():
    found = read('n,w,v\n1,"say "no, never" to it",x\n2,"fine",y\n', "a.csv", ",", None)
    assert rows(found) == [[1, 'say "no, never" to it', "x"], [2, "fine", "y"]]
    assert found.mended.rows == [(2, mending.INNER)]


def test_an_empty_field_too_many_is_left_out_where_the_columns_tell_which():
    text = "day,n,word\n" + "".join(f"2020-01-0{i},{i},w\n" for i in range(1, 8))
    found = read(text + "2020-01-08,,8,w\n2020-01-09,9,,w\n", "a.csv", ",", None)
    assert found.frame["n"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert found.frame["word"].tolist() == ["w"] * 9
    assert [row.reason for row in found.mended.rows] == [mending.ONE_MORE] * 2


def test_a_row_is_never_moved_by_a_field_where_the_columns_do_not_tell():
    found = read("a,b,c\nx,y,z\nx,,y,z\nu,v,w\n", "a.csv", ",", True)
    assert rows(found) == [["x", "y", "z"], ["u", "v", "w"]]
    assert found.dropped.rows == [(3, "expected 3 fields, got 4")]


def test_a_row_in_another_dialect_is_read_in_it():
    found = read("n,day\n1,2020-01-01\n2;2020-01-02\n3,2020-01-03\n", "a.csv", ",", None)
    assert found.frame["n"].tolist() == [1, 2, 3]
    assert found.mended.rows == [(3, "its cells are separated by semicolons")]


def test_an_open_quotation_mark_far_from_the_end_is_not_sought_forever():
    text = "n,w\n" + '1,"open\n' + "2,x\n" * 5000
    assert len(read(text, "a.csv", ",", None).frame) == 5001


def test_names_that_come_again_are_no_row():
    found = read("n,w\n1,a\n2,b\n" + "n,w\n3,c\n" * 2, "a.csv", ",", None)
    assert rows(found) == [[1, "a"], [2, "b"], [3, "c"], [3, "c"]]
    assert found.dropped.rows == [(4, NAMES_AGAIN), (6, NAMES_AGAIN)]


@pytest.mark.parametrize("gap", [",,\n", "\n"])
def test_a_title_above_names_that_come_again_is_no_row(gap):
    text = f"town,n,w\nRome,1,a\nOslo,,\n{gap}Sales of May,,\n{gap}town,n,w\nRome,3,c\n"
    found = read(text, "a.csv", ",", None)
    assert found.frame["town"].tolist() == ["Rome", "Oslo", "Rome"]
    assert [note.reason for note in found.dropped.rows] == [TITLE_AGAIN, NAMES_AGAIN]


def test_a_short_row_above_names_that_come_again_is_kept_without_a_gap():
    found = read("town,n,w\nRome,1,a\nOslo,,\ntown,n,w\nRome,3,c\n", "a.csv", ",", None)
    assert [row[0] for row in rows(found)] == ["Rome", "Oslo", "Rome"]


def test_rows_without_a_value_are_left_out_and_counted():
    found = read("a,b\n1,x\n,\n2,y\n,\n", "a.csv", ",", None)
    assert found.frame["a"].tolist() == [1, 2]
    assert found.notes == ["2 rows without a single value were left out."]


def test_row_names_without_a_name_as_r_writes_them():
    found = read("size,age\nr1,2,3\nr2,4,5\n", "a.csv", ",", None)
    assert found.frame.columns.tolist() == ["row", "size", "age"]
    assert rows(found) == [["r1", 2, 3], ["r2", 4, 5]]


def test_a_header_can_be_set_either_way():
    text = "a,b\nc,d\n"
    assert rows(read(text, "a.csv", ",", True)) == [["c", "d"]]
    assert rows(read(text, "a.csv", ",", False)) == [["a", "b"], ["c", "d"]]
    assert read(text, "a.csv", ",", False).frame.columns.tolist() == ["column 1", "column 2"]


def test_a_header_alone_is_no_table():
    with pytest.raises(DataError, match="no rows below its line of column names"):
        read("a,b\n", "a.csv", ",", True)


def test_a_preview_leaves_out_the_row_it_cuts():
    assert rows(read("a,b\n1,2\n3,45", "a.csv", ",", None, cut=True)) == [[1, 2]]
    assert rows(read('a,b\n1,2\n3,"4\n', "a.csv", ",", None, cut=True)) == [[1, 2]]


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 200)


@pytest.mark.usefixtures("small_blocks")
def test_more_rows_than_a_block_keep_their_order():
    found = read("n\n" + "".join(f"{i}\n" for i in range(1000)), "a.csv", ",", None)
    assert found.frame["n"].tolist() == list(range(1000))


@pytest.mark.usefixtures("small_blocks")
def test_a_column_that_turns_out_to_be_text_keeps_its_first_cells():
    text = "n,w,c\n" + "".join(f"{i},{i / 2},{i}\n" for i in range(500)) + "x,0.5,007\n"
    frame = read(text, "a.csv", ",", None).frame
    assert frame["n"].tolist() == [*map(str, range(500)), "x"]
    assert frame["w"].tolist() == [*(i / 2 for i in range(500)), 0.5]
    assert frame["c"].tolist() == [*map(str, range(500)), "007"]


@pytest.mark.usefixtures("small_blocks")
def test_cells_over_several_lines_may_cross_the_end_of_a_block():
    texts = [f"line one of {i}\nand, two\nthree" for i in range(60)]
    text = "t,n\n" + "".join(f'"{cell}",{i}\n' for i, cell in enumerate(texts))
    found = read(text, "a.csv", ",", None)
    assert found.frame["t"].tolist() == texts
    assert not found.mended.count


@pytest.mark.usefixtures("small_blocks")
def test_lines_are_counted_over_blocks():
    text = "a,b\n" + "1,2\n" * 300 + "ragged\n" + "1,2\n" * 300 + "1,2,3\n"
    found = read(text, "a.csv", ",", None)
    assert [row.line for row in found.dropped.rows] == [302, 603]
    assert len(found.frame) == 600


def test_a_huge_cell_is_reported(monkeypatch):
    monkeypatch.setattr(mending, "MAX_CELL_CHARACTERS", 1000)
    found = read("a,b\n1," + "x" * 2000 + ',"\n3,4\n', "a.csv", ",", True)
    assert rows(found) == [[3, 4]]
    assert found.dropped.rows[0].reason == mending.TOO_LONG


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=8)


@given(st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_what_the_csv_module_writes_comes_back(table):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([[f"n{i}" for i in table[0]], *table])
    kept = [row for row in table if not all(cell.strip() in MISSING for cell in row)]
    assume(kept)
    found = read(buffer.getvalue(), "a.csv", ",", True)
    assert found.dropped.count == found.mended.count == 0
    filled = [row for row in table if any(row)]
    assert len(kept) <= len(found.frame) <= len(filled)
    if len(filled) == len(found.frame):
        for i, column in enumerate(found.frame):
            if str(found.frame[column].dtype) == "str":
                assert found.frame[column].tolist() == [row[i] for row in filled]


@given(st.text(st.sampled_from('ab,"\n'), max_size=60))
def test_any_quoting_is_read_or_reported(text):
    try:
        found = read(text, "a.csv", ",", None)
    except DataError as error:
        assert str(error).startswith("a.csv")
    else:
        assert len(found.frame) + found.dropped.count <= text.count("\n") + 1


def test_a_line_of_column_names_alone_holds_no_rows():
    with pytest.raises(DataError, match="holds no rows below its line of column names"):
        read_table(b"user,item,rating\n", name="new.csv")


def test_the_questions_of_a_survey_name_its_columns_however_long_they_are():
    questions = [
        "How satisfied were you with the speed of our service in the last twelve months?",
        "Would you recommend us to friends, colleagues or family members, and would you come again?",
    ]
    rows = [("very", "yes"), ("hardly", "no"), ("fairly", "yes")] * 10
    lines = ["\t".join(cells) for cells in [questions, *rows]]
    table = read_table("\n".join(lines).encode(), name="survey.tsv")
    assert list(table.frame.columns) == questions
    assert len(table.frame) == 30


def test_numbers_with_a_comma_are_numbers_between_tabs():
    table = read_table(b"user\titem\trating\n" + b"a\tx\t3,5\nb\ty\t4,0\n" * 20, name="r.tsv")
    assert table.frame["rating"].tolist()[:2] == [3.5, 4.0]
    thousands = read_table(b"city\tpeople\n" + b"a\t1,371\nb\t2,054\n" * 20, name="c.tsv")
    assert thousands.frame["people"].tolist()[:2] == ["1,371", "2,054"]  # not 1.371: what it means is not decided here
