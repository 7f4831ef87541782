import pytest

from embedviz.core.errors import VectorFormatError
from embedviz.formats import load_vectors
from embedviz.formats.word2vec_text import header, sniff


def test_the_first_line_is_words_and_dimensions():
    found = load_vectors(b"2 3\nking 1 2 3\nqueen 4 5 6\n")
    assert found.labels == ["king", "queen"]
    assert found.vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("line", [b"king 3", b"2 3 4", b"2", b"-2 3", b"", b"2.0 3", b"2 9999999999999999999"])
def test_other_first_lines_are_no_header(line):
    assert header(line) is None


def test_lines_may_end_in_a_blank_as_fasttext_writes_them():
    assert load_vectors(b"2 2\nking 1 2 \nqueen 3 4 \n").vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("promised", [1, 3])
def test_a_header_that_lies_about_the_words_is_refused_with_what_to_do(promised):
    with pytest.raises(VectorFormatError) as caught:
        load_vectors(f"{promised} 2\nking 1 2\nqueen 3 4\n".encode(), name="v.vec")
    assert str(caught.value) == (
        f"v.vec: its first line promises {promised} vectors, but it holds 2. Get the whole file, or if this is all, "
        "correct the first line to '2 2'."
    )


def test_a_header_that_lies_about_the_dimensions_names_the_line():
    with pytest.raises(VectorFormatError, match="line 2: expected a word and 3 numbers, got 2 numbers"):
        load_vectors(b"2 3\nking 1 2\nqueen 3 4\n")


def test_a_limit_past_the_end_still_notices_a_cut():
    assert len(load_vectors(b"2 2\nking 1 2\nqueen 3 4\n", limit=5)) == 2
    with pytest.raises(VectorFormatError, match="promises 3"):
        load_vectors(b"3 2\nking 1 2\nqueen 3 4\n", limit=5)


def test_a_header_alone_holds_no_vectors():
    with pytest.raises(VectorFormatError, match="holds no vectors"):
        load_vectors(b"0 5\n")


def test_text_and_binary_are_distinguished_by_the_second_line():
    assert sniff(b"1 2\nking 0.5 1\n")
    assert sniff("1 2\nsão paulo 0.5 1\n".encode())
    assert not sniff(b"1 2\nking \xcd\xcc\x4c\x3e\x00\x00\x80\x3f\n")
