import pytest

from embedviz.core.errors import DataError
from embedviz.data.dialect import (
    column_names,
    guess_delimiter,
    is_table,
    looks_like_header,
    named_delimiter,
    sample_rows,
)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter):
    rows = [["name", "age"], ["Ann", "31"], ["Bob", "27"]]
    assert guess_delimiter("\n".join(delimiter.join(row) for row in rows)) == delimiter


def test_decimal_commas_do_not_hide_the_semicolons():
    assert guess_delimiter("1,5;2,5\n3,1;4,2\n5,0;6,9\n") == ";"
    assert guess_delimiter("width;height\n1,5;2,5\n3,1;4,2\n") == ";"


def test_lists_in_a_cell_do_not_hide_the_commas():
    films = "id,title,genres\n1,Toy Story,Adventure|Animation\n2,Jumanji,Adventure|Children\n3,Heat,Action\n"
    assert guess_delimiter(films) == ","


def test_a_delimiter_in_quotation_marks_counts_for_nothing():
    assert guess_delimiter('a;b\n"x,y,z";1\n"u,v,w";2\n') == ";"


def test_one_column_has_no_delimiter():
    assert guess_delimiter("word\nking\nqueen\n") is None


def test_prose_is_no_table():
    verses = "In the beginning, God created\nAnd the earth, without form, was void\nAnd God said, Let there be light\n"
    assert is_table(verses, only_tabs=False) is None
    poem = "Roses are red, violets are blue,\nSugar is sweet, and so are you,\nHoney is gold, and the sky is blue,\n"
    assert is_table(poem, only_tabs=False) is None


def test_tabs_in_every_line_make_a_table_of_a_text_file():
    assert is_table("ham\thello there\nspam\tbuy now\nham\tsee you\n", only_tabs=True) == "\t"
    assert is_table("a,b\nc,d\ne,f\n", only_tabs=True) is None


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
    ],
)
def test_a_header_is_distinguished_from_a_row(first, rest, header):
    assert looks_like_header(first, rest) is header


def test_column_names_are_unique_and_never_empty():
    assert column_names(["a", "", "a", " b\nc ", "a (2)"], 6) == [
        "a",
        "column 2",
        "a (2)",
        "b c",
        "a (2) (2)",
        "column 6",
    ]


def test_a_delimiter_has_a_name():
    assert [named_delimiter(name) for name in (",", "tab", "\\t", "Semicolon", "\t")] == [",", "\t", "\t", ";", "\t"]
    with pytest.raises(DataError, match="one character"):
        named_delimiter("::")
    with pytest.raises(DataError, match="one character"):
        named_delimiter("\n")


def test_line_ends_of_unicode_are_no_line_ends():
    assert sample_rows("a\u2028b,c\x0bd\n1,2\n", ",") == [["a\u2028b", "c\x0bd"], ["1", "2"]]
