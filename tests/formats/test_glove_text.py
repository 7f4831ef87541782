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
def test_a_line_with_another_number_of_values_is_left_out_with_its_line_and_the_counts(counts, line, got):
    dim = sorted(counts)[1]
    found = load_vectors(rows(*counts))
    assert found.labels == [f"w{i}" for i in range(3) if i != line - 1]
    assert found.notes == (
        f"2 of 3 lines were read; line {line}: expected a word and {dim} numbers, got {got} numbers.",
    )


def test_line_numbers_go_on_over_blocks_and_blank_lines(monkeypatch):
    monkeypatch.setattr("embedviz.formats.text_rows.BLOCK", 30)
    found = load_vectors(rows(*[2] * 10) + b"\n\nword 1\nking 1 2\n")
    assert found.labels == [*(f"w{i}" for i in range(10)), "king"]
    assert found.notes == ("11 of 12 lines were read; line 13: expected a word and 2 numbers, got 1 number.",)


def test_lines_of_a_large_block_are_found_again(monkeypatch):
    monkeypatch.setattr("embedviz.formats.text_rows.PIECE", 300)
    lines = [f"w{i} 0.5 {i}" for i in range(1000)]
    lines[16] = "w16 0.5"
    lines[499] = "new york 0.5 499"
    lines[700] = "w700 0.5 nan"
    lines[701] = ""
    lines[999] = "w999 0.5 x"
    found = load_vectors("\n".join(lines).encode())
    assert len(found) == 996
    assert found.vectors[:, 1].tolist() == [i for i in range(1000) if i not in (16, 700, 701, 999)]
    assert "new york" in found
    assert found.notes == (
        "996 of 999 lines were read; line 17: expected a word and 2 numbers, got 1 number; line 701: 'w700' holds NaN, "
        "infinity or a number past 1e15; line 1,000: expected 2 numbers after the word, but 'x' is not a number, and the "
        "file breaks off there.",
    )


def test_many_lines_left_out_are_counted():
    found = load_vectors(b"".join(b"w%d 1 2 3\n" % i for i in range(20)) + b"x 1 2\n" * 5)
    assert len(found) == 20
    assert found.notes[0].startswith(
        "20 of 25 lines were read; line 21: expected a word and 3 numbers, got 2 numbers; line"
    )
    assert found.notes[0].endswith("; and 2 more.")


def test_a_file_most_of_whose_lines_fail_is_refused():
    good = b"".join(b"w%d 1 2 3\n" % i for i in range(200))
    with pytest.raises(VectorFormatError) as caught:
        load_vectors(good + b"broken\n" * 201, name="v.txt")
    assert str(caught.value) == (
        "v.txt: only 200 of 401 lines could be read; line 201: expected a word and 3 numbers, got 0 numbers."
    )
    assert len(load_vectors(good + b"broken\n" * 200)) == 200


def test_a_cut_last_line_is_left_out():
    found = load_vectors(b"king 1 2 3\nman 4 5 6\nqueen 7 8")
    assert found.labels == ["king", "man"]
    assert found.notes == (
        "2 of 3 lines were read; line 3: expected a word and 3 numbers, got 2 numbers, and the file breaks off there.",
    )


def test_blocks_of_nothing_but_blank_lines_are_passed_over(monkeypatch):
    monkeypatch.setattr("embedviz.formats.text_rows.BLOCK", 3)
    assert load_vectors(b"king 1 2\n" + b"\n" * 30 + b"queen 3 4\n\n\n").labels == ["king", "queen"]


@pytest.mark.parametrize("field", ["O.5", "1_0", "0,5"])
def test_what_is_no_number_is_shown(field):
    found = load_vectors(f"king 1 2 3\nqueen 1 {field} 3\nman 1 2 3\n".encode())
    assert found.labels == ["king", "man"]
    assert found.notes == (
        f"2 of 3 lines were read; line 2: expected 3 numbers after the word, but '{field}' is not a number.",
    )


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


def test_prose_and_binary_are_not_taken_for_vectors():
    assert not glove_text.sniff(b"In the beginning\nGod created\n")
    assert not glove_text.sniff(b"name,score\nking,1\n")
    assert not glove_text.sniff(b"king \0\1 2\n")
    assert glove_text.sniff(b"king 0.5 -1e-5\n")


@pytest.mark.parametrize("dim", [1, 2, 4096])
def test_any_dimension_is_written_in_a_way_that_is_read_again(dim):
    space = EmbeddingSpace(["king", "queen", "man"], np.random.default_rng(0).normal(size=(3, dim)).astype(np.float32))
    stream = io.BytesIO()
    glove_text.write(space, stream)
    for format in (None, "glove"):
        found = load_vectors(stream.getvalue(), format=format)
        assert found.labels == space.labels
        np.testing.assert_array_equal(found.vectors, space.vectors)
        assert found.notes == ()
