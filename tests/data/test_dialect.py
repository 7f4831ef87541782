import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.core.errors import DataError
from embedviz.data.dialect import WHITESPACE, Dialect, named_delimiter


def cells(text: str, *args, **options) -> list[list[str]]:
    return [row.cells for row in Dialect(*args, **options).rows_of(text)]


def test_a_delimiter_has_a_name():
    named = [",", "tab", "\\t", "Semicolon", "\t", "::", "blanks", "  ", "space", "none"]
    meant = [",", "\t", "\t", ";", "\t", "::", WHITESPACE, WHITESPACE, WHITESPACE, ""]
    assert [named_delimiter(name) for name in named] == meant


@pytest.mark.parametrize("delimiter", ["\n", 'a"b', "x" * 17, "\0"])
def test_what_cannot_stand_between_cells_is_refused(delimiter):
    with pytest.raises(DataError, match="A delimiter is what stands between two cells"):
        named_delimiter(delimiter)


def test_a_delimiter_of_several_characters_may_stand_in_quotation_marks():
    assert cells('1::"a::b"::3\n4::5::6\n', "::") == [["1", "a::b", "3"], ["4", "5", "6"]]


def test_blanks_after_a_delimiter_belong_to_it():
    text = '"age", "job", "note"\n34, "big, x", y  z\n'
    assert cells(text, ",", spaced=True) == [["age", "job", "note"], ["34", "big, x", "y  z"]]


def test_runs_of_blanks_are_one_delimiter():
    assert cells('  a b  c \n 1\t"2 3" 4\n', WHITESPACE) == [["a", "b", "c"], ["1", "2 3", "4"]]


def test_a_backslash_escapes_quotation_marks_and_nothing_else():
    assert cells('0,"say \\"no\\" \\n here",a\n', ",", escape="\\") == [["0", 'say "no" \\n here', "a"]]


def test_single_quotation_marks():
    assert cells("'a,b','it''s'\n", ",", "'") == [["a,b", "it's"]]


def test_a_cell_is_quoted_only_when_its_mark_is_closed_before_a_delimiter():
    rows = Dialect(",").rows_of('1,"a,x\n2,"b" c,x\n"q\nz",y,"9""8"\n')
    assert [row.cells for row in rows] == [["1", '"a', "x"], ["2", '"b" c', "x"], ["q\nz", "y", '9"8']]
    assert [row.misquoted for row in rows] == [True, True, False]
    assert [row.line for row in rows] == [1, 2, 3]


def test_without_a_delimiter_each_line_is_a_cell():
    assert cells('1,a\n"2,b"\n', "") == [["1,a"], ["2,b"]]


def test_empty_lines_are_left_out_and_counted():
    rows = Dialect(",").rows_of("a,b\n\n  \n1,2")
    assert [(row.line, row.cells) for row in rows] == [(1, ["a", "b"]), (4, ["1", "2"])]


def test_line_ends_of_unicode_are_no_line_ends():
    assert cells("a\u2028b,c\x0bd\n1,2\n", ",") == [["a\u2028b", "c\x0bd"], ["1", "2"]]


@given(st.text(st.sampled_from('ab,"\n \\:'), max_size=80), st.sampled_from([",", "::", WHITESPACE, ""]))
def test_every_line_is_in_one_row(text, delimiter):
    rows = Dialect(delimiter, escape="\\").rows_of(text)
    lines = [number for row in rows for number in range(row.line, row.line + row.n_lines)]
    assert lines == sorted(set(lines))
    filled = {number for number, line in enumerate(text.split("\n"), 1) if line.strip()}
    assert filled <= set(lines)
