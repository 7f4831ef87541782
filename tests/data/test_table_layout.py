import pytest

from embedviz.data.dialect import Dialect
from embedviz.data.table_layout import find_layout, looks_like_header


def layout(text: str, delimiter: str = ",", header=None):
    return find_layout(Dialect(delimiter).rows_of(text), header)


@pytest.mark.parametrize(
    ("first", "rest", "header"),
    [
        (["age", "size"], [["31", "2"], ["27", "3"]], True),
        (["31", "2"], [["27", "3"], ["5", "6"]], False),
        (["text", "label"], [["good film", "pos"], ["bad film", "neg"]], True),
        (["good film", "pos"], [["bad film", "neg"], ["fine", "pos"]], False),
        (["", "a"], [["0", "1"], ["1", "2"]], True),
        (["", ""], [["0", "1"], ["1", "2"]], False),
        (["born", "who"], [["1990-01-08", "Ann"], ["1985-02-03", "Bob"]], True),
        (["1990-01-08", "Ann"], [["1985-02-03", "Bob"]], False),
        (["city", "country"], [["Rome", "Italy"], ["Oslo", "Norway"]], True),
        (["a", "b"], [], False),
        (["v1", "v2", "", ""], [["ham", "so long", "", ""], ["spam", "buy now", "", ""]], True),
        (["country", "2000", "2001", "2002"], [["Italy", "1.5", "1.7", "2"], ["Norway", "3", "3.5", "4"]], True),
        (["Italy", "3", "9", "2"], [["Malta", "1", "1", "2"], ["Norway", "3", "3", "4"]], False),
    ],
)
def test_a_header_is_distinguished_from_a_row(first, rest, header):
    assert looks_like_header(first, rest) is header


def test_titles_above_the_table_are_left_out_and_shown():
    found = layout("Sales of 2023\nfrom January to May\n\nname,age\nAnn,31\nBob,27\n")
    assert (found.first_line, found.names) == (4, ("name", "age"))
    assert found.notes == ("2 lines stand above the table and are left out: “Sales of 2023”.",)


def test_titles_may_have_as_many_delimiters_as_the_table():
    assert layout("Sales,,\n,,\nname,age,city\nAnn,31,Rome\nBob,27,Oslo\n").names == ("name", "age", "city")


def test_units_below_the_names_are_part_of_them():
    found = layout("size,weight\ncm,kg\n1.5,3\n1.7,4\n1.2,2\n1.1,2\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n")
    assert (found.names, found.last_header_line) == (("size cm", "weight kg"), 2)


def test_names_in_two_steps_are_joined():
    found = layout("Dates,Travel,,Total\n,Air,Rail,\n1 May 2014,3,4,7\n2 May 2014,5,,5\n")
    assert found.names == ("Dates", "Travel Air", "Travel Rail", "Total")


def test_row_names_have_no_name_and_get_one():
    assert layout("size,age\nr1,2,3\nr2,4,5\n").names == ("row", "size", "age")


def test_a_delimiter_at_the_end_of_each_row_moves_no_name():
    found = layout("user,item,rating\n1,2,3,\n4,5,3,\n")
    assert found.names == ("user", "item", "rating", "")
    assert "the last column has no name" in found.notes[0]


@pytest.mark.parametrize(("header", "names", "first"), [(3, ("5", "6"), 3), (True, ("a", "b"), 1), (False, None, 1)])
def test_the_line_of_names_can_be_given(header, names, first):
    found = layout("a,b\nc,d\n5,6\n7,8\n", header=header)
    assert (found.names, found.first_line) == (names, first)


def test_a_table_below_another_is_read_when_it_is_the_larger():
    small = "a,b\n" + "1,2\n" * 30
    large = "c,d,e,f\n" + "1,2,3,4\n" * 30
    found = layout(small + large)
    assert (found.first_line, found.names) == (32, ("c", "d", "e", "f"))


def test_columns_that_are_empty_in_many_rows_are_known():
    found = layout("a,b\n" + "1,\n" * 20)
    assert (found.values, found.empty) == ((True, False), (False, True))


@pytest.mark.parametrize("third", [",,restated", ",in m,in s"])
def test_a_line_of_words_over_numbers_alone_is_part_of_the_names_in_a_short_table(third):
    found = layout(f"who,far,fast\n{third}\na,1,2\nb,3,4\nc,5,6\n")
    _, second, last = third.split(",")
    assert found.last_header_line == 2
    assert found.names == ("who", f"far {second}".strip(), f"fast {last}")


def test_a_row_with_a_word_in_a_column_of_numbers_stays_a_row():
    assert layout("who,far,fast\na,unknown,2\nb,3,4\nc,5,6\nd,7,8\n").last_header_line == 1
