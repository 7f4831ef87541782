import pytest

from embedviz.data.detection import Given, alternatives, is_certain, readings
from embedviz.data.dialect import WHITESPACE


def best(text: str, **given):
    return readings(text, Given(**given))[0]


def delimiter(text: str) -> str:
    return best(text).dialect.delimiter


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "::", "~", "^"])
def test_the_delimiter_is_found(delimiter):
    rows = [["name", "age"], ["Ann", "31"], ["Bob", "27"]]
    assert best("\n".join(delimiter.join(row) for row in rows)).dialect.delimiter == delimiter


def test_decimal_commas_do_not_hide_the_semicolons():
    assert delimiter("1,5;2,5\n3,1;4,2\n5,0;6,9\n") == ";"
    assert delimiter("width;height\n1,5;2,5\n3,1;4,2\n") == ";"
    assert delimiter("user;film;stars\nu1;f1;4,5\nu2;f2;3,0\nu1;f3;4,0\n") == ";"


def test_lists_in_a_cell_do_not_hide_the_commas():
    films = "id,title,genres\n1,Toy Story,Adventure|Animation\n2,Jumanji,Adventure|Children\n3,Heat,Action\n"
    assert delimiter(films) == ","


def test_a_delimiter_in_quotation_marks_counts_for_nothing():
    assert delimiter('a;b\n"x,y,z";1\n"u,v,w";2\n') == ";"


def test_times_do_not_make_colons_delimiters():
    assert delimiter("when,size\n12:30:05,3\n12:31:17,4\n12:32:20,5\n") == ","


def test_one_column_has_no_delimiter():
    assert delimiter("word\nking\nqueen\n") == ""


def test_commas_in_a_column_of_texts_are_no_delimiters():
    lines = ["a good film, and long", "so bad", "warm, slow, quiet", "never again, ever", "fine"] * 20
    found = best("review\n" + "\n".join(f"{line} {i}" for i, line in enumerate(lines)))
    assert (found.dialect.delimiter, found.layout.names) == ("", ("review",))


def test_rows_of_numbers_between_blanks():
    found = best("1 10 3.5\n2  11 4\n3 12 2.5\n1 11 2\n")
    assert (found.dialect.delimiter, found.layout.width) == (WHITESPACE, 3)


def test_quotation_marks_at_the_beginning_of_texts_are_not_of_the_dialect():
    rows = [f"plain words {i}\t{i % 2}" if i % 3 else f'"Quoted" and open {i}\t0' for i in range(90)]
    found = best("sentence\tlabel\n" + "\n".join(rows))
    assert (found.dialect.quote, found.layout.width, found.layout.explained) == ("", 2, 1.0)


def test_backslashes_before_quotation_marks_are_found():
    found = best("id,text,label\n" + "\n".join(f'{i},"He said \\"no, never\\" to it",neg' for i in range(9)))
    assert (found.dialect.escape, found.layout.width) == ("\\", 3)


def test_single_quotation_marks_are_found():
    assert best("id,text\n1,'one, two'\n2,'it''s three, four'\n3,'five'\n").dialect.quote == "'"


def test_blanks_after_commas_are_found():
    assert best("39, State-gov, 77516, <=50K\n50, Private, 83311, >50K\n38, Private, 215646, <=50K\n").dialect.spaced


def test_commas_before_blanks_are_parts_of_texts_where_none_is_quoted():
    lines = [f"great film {i}, isn't it,pos\nbad, bad film {i},neg\nplain {i},neg" for i in range(30)]
    found = best("text,label\n" + "\n".join(lines))
    assert (found.dialect.in_prose, found.layout.names, found.layout.explained) == (True, ("text", "label"), 1.0)
    assert "A comma before a blank was kept in its cell, as in a sentence." in found.layout.notes
    quoted = best("text,label\n" + "\n".join(f'"great, film {i}",pos\nbad, film {i},neg' for i in range(30)))
    assert not quoted.dialect.in_prose


def test_names_of_rows_need_no_name_of_their_own():
    found = best("mpg,cyl\n" + "\n".join(f"Mazda {i},{i + 0.5},{i % 4}" for i in range(30)))
    assert found.layout.names == ("row", "mpg", "cyl")
    assert found.layout.notes == ("Rows have 3 fields and line 1 names 2; the first column was called “row”.",)


@pytest.mark.parametrize("header", ["id,text,stars", '"id,text,stars"'])
def test_lines_in_quotation_marks_are_rows(header):
    found = best(header + "\n" + "\n".join(f'"{i},""good, {i}"",5"' for i in range(30)))
    assert (found.dialect.wrapped, found.layout.names) == (True, ("id", "text", "stars"))
    assert found.dialect.rows_of('"1,""good, 1"",5"\n')[0].cells == ["1", "good, 1", "5"]


def test_a_column_of_quoted_places_is_one_column():
    assert best("place\n" + "\n".join(f'"Paris {i}, France"' for i in range(30))).layout.width == 1
    assert best("place\n" + "\n".join(f'"Paris {i},France"' for i in range(30))).layout.width == 1


@pytest.mark.parametrize("signs", ["||", "|||", "::", ":::", "~~", "^^^"])
def test_signs_that_stand_together_are_one_delimiter(signs):
    rows = [["user", "film", "stars"], *([f"u{i}", f"the film {i}", str(i % 5)] for i in range(30))]
    assert delimiter("\n".join(signs.join(row) for row in rows)) == signs
    spaced = best("\n".join(f" {signs} ".join(row) for row in rows))
    assert spaced.dialect.rows_of(f"a {signs} b c {signs} d\n")[0].cells == ["a", "b c", "d"]


def test_what_excel_writes_above_a_table_names_the_delimiter():
    found = best("sep=;\nname;age\nAnn, Maria;31\nBob, Carl;27\n")
    assert (found.dialect.delimiter, found.layout.names, found.layout.first_line) == (";", ("name", "age"), 2)


@pytest.mark.parametrize(
    ("text", "in_prose", "table"),
    [
        ("In the beginning, God created\nAnd the earth, without form\nAnd God said, Let there be light\n", False, False),
        ("Roses are red, violets are blue,\nSugar is sweet, and so are you,\nHoney is gold, and sky is blue,\n", False, False),
        ("ham\thello there\nspam\tbuy now\nham\tsee you\n", True, True),
        ("a,b\nc,d\ne,f\n", True, False),
        ("a,b\nc,d\ne,f\n", False, True),
        ("39, State-gov, 77\n50, Private, 83\n38, Private, 21\n", False, True),
        ("1::2::5\n1::3::4\n2::2::3\n", True, True),
        ("the cat sat\nthe dog ran\nthe sun set\n", False, False),
    ],
)  # fmt: skip
def test_prose_is_distinguished_from_tables(text, in_prose, table):
    assert any(is_certain(each, in_prose=in_prose) for each in readings(text)) is table


def test_other_readings_are_offered():
    found = readings("red one, blue; two\ngreen three, white; four\nblack five, grey; six\n" * 4)
    other = alternatives(found[0], found, None)
    assert {each.options.get("delimiter") for each in other} & {";", ","}
    assert any(each.options.get("header") is not None for each in other)
