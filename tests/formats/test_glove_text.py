import io

import numpy as np
import pytest

from embedviz.core.errors import DataError, VectorFormatError
from embedviz.formats import glove_text, load_vectors, write_vectors
from embedviz.space import EmbeddingSpace


def rows(*counts):
    return "".join(f"w{i} " + " ".join(["0.5"] * n) + "\n" for i, n in enumerate(counts)).encode()


@pytest.mark.parametrize(
    ("counts", "line", "got"), [((100, 100, 99), 3, 99), ((99, 100, 100), 1, 99), ((2, 3, 2), 2, 3)]
)
def test_a_wrong_number_of_values_names_file_line_and_counts(counts, line, got):
    dim = sorted(counts)[1]
    with pytest.raises(VectorFormatError) as caught:
        load_vectors(rows(*counts), name="bad.txt")
    assert str(caught.value) == f"bad.txt, line {line}: expected a word and {dim} numbers, got {got} numbers."


def test_line_numbers_go_on_over_blocks_and_blank_lines(monkeypatch):
    monkeypatch.setattr("embedviz.formats.text_rows.BLOCK", 30)
    with pytest.raises(VectorFormatError, match="line 13: expected a word and 2 numbers, got 1 number"):
        load_vectors(rows(*[2] * 10) + b"\n\nword 1\n")


def test_blocks_of_nothing_but_blank_lines_are_passed_over(monkeypatch):
    monkeypatch.setattr("embedviz.formats.text_rows.BLOCK", 3)
    assert load_vectors(b"king 1 2\n" + b"\n" * 30 + b"queen 3 4\n\n\n").labels == ["king", "queen"]


def test_what_is_no_number_is_shown():
    with pytest.raises(
        VectorFormatError, match=r"line 2: expected 3 numbers after the word, but 'O\.5' is not a number"
    ):
        load_vectors(b"king 1 2 3\nqueen 1 O.5 3\nman 1 2 3\n")
    with pytest.raises(VectorFormatError, match="'1_0' is not a number"):
        load_vectors(b"king 1 2 3\nqueen 1 1_0 3\nman 1 2 3\n")


def test_words_may_hold_spaces_as_in_the_840b_file():
    found = load_vectors(b"king 1 2\n. . . 3 4\nat name@domain.com 5 6\n")
    assert found.labels == ["king", ". . .", "at name@domain.com"]
    assert found.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_tabs_carriage_returns_double_blanks_and_a_missing_last_line_break_are_fine():
    found = load_vectors(b"king\t1\t2\r\nqueen  3 4 \r\nman 5  6")
    assert found.labels == ["king", "queen", "man"]
    assert found.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_words_that_look_like_numbers_quotes_or_null_stay_words():
    assert load_vectors(b'1 1 2\n" 3 4\nNaN 5 6\nnull 7 8\nNA 9 10\n').labels == ["1", '"', "NaN", "null", "NA"]


def test_no_break_spaces_and_other_line_ends_do_not_end_a_word():
    labels = ["a\xa0b", "c\u2028d", "e\x85f"]
    assert load_vectors("".join(f"{label} 1 2\n" for label in labels).encode()).labels == labels


def test_a_label_that_starts_a_block_with_a_byte_order_mark_keeps_it(monkeypatch):
    monkeypatch.setattr("embedviz.formats.text_rows.BLOCK", 3)
    assert load_vectors("king 1 2\n\ufeffking 3 4\n".encode()).labels == ["king", "\ufeffking"]


def test_blanks_become_underscores_when_written():
    space = EmbeddingSpace(["new york", "a\nb", ""], np.ones((3, 2), np.float32))
    stream = io.BytesIO()
    glove_text.write(space, stream)
    assert stream.getvalue() == b"new_york 1 1\na_b 1 1\n_ 1 1\n"


def test_two_labels_that_would_become_one_are_refused():
    space = EmbeddingSpace(["new york", "new_york"], np.ones((2, 2), np.float32))
    with pytest.raises(DataError, match="'new york' and 'new_york' would both be written as 'new_york'"):
        write_vectors(space, io.BytesIO(), "glove")


def test_prose_and_tables_are_not_taken_for_vectors():
    assert not glove_text.sniff(b"In the beginning\nGod created\n")
    assert not glove_text.sniff(b"name,score\nking,1\n")
    assert not glove_text.sniff(b"king \0\1 2\n")
    assert glove_text.sniff(b"king 0.5 -1e-5\n")
