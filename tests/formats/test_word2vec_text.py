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
def test_a_header_that_lies_about_the_words_is_noted(promised):
    found = load_vectors(f"{promised} 2\nking 1 2\nqueen 3 4\n".encode())
    assert found.labels == ["king", "queen"]
    assert found.notes == (f"The first line promises {promised} vectors; the file holds 2.",)


def test_a_header_that_lies_about_the_dimensions_names_the_line():
    with pytest.raises(VectorFormatError, match="line 2: expected a word and 3 numbers, got 2 numbers"):
        load_vectors(b"2 3\nking 1 2\nqueen 3 4\n")


def test_a_limit_past_the_end_still_notices_a_cut():
    assert len(load_vectors(b"2 2\nking 1 2\nqueen 3 4\n", limit=5)) == 2
    assert load_vectors(b"3 2\nking 1 2\nqueen 3 4\n", limit=5).notes[0].startswith("The first line promises 3")
    assert load_vectors(b"3 2\nking 1 2\nqueen 3 4\n", limit=2).notes == ()


def test_a_header_alone_holds_no_vectors():
    with pytest.raises(VectorFormatError, match="holds no vectors"):
        load_vectors(b"0 5\n")


def test_text_and_binary_are_distinguished_by_the_second_line():
    assert sniff(b"1 2\nking 0.5 1\n")
    assert sniff("1 2\nsão paulo 0.5 1\n".encode())
    assert not sniff(b"1 2\nking \xcd\xcc\x4c\x3e\x00\x00\x80\x3f\n")


def test_labels_may_end_in_numbers_when_the_header_says_how_many_follow():
    text = "5 2\nToy Story 2 0.5 1\n2 Fast 2 Furious 3 -4\n1984 5 6\nApollo 13\t7\t8\nWeb 2.0 9 10\n"
    found = load_vectors(text.encode())
    assert found.labels == ["Toy Story 2", "2 Fast 2 Furious", "1984", "Apollo 13", "Web 2.0"]
    assert found.vectors.tolist() == [[0.5, 1], [3, -4], [5, 6], [7, 8], [9, 10]]


def test_every_label_may_end_in_a_number():
    found = load_vectors("".join(["30 3\n", *(f"item {i} 0.5 -1 {i}.25\n" for i in range(30))]).encode())
    assert found.labels == [f"item {i}" for i in range(30)]
    assert found.vectors[:, 2].tolist() == [i + 0.25 for i in range(30)]


def test_a_header_that_promises_fewer_dimensions_is_refused_before_numbers_become_words():
    text = "30 2\n" + "".join(f"w{i} 0.5 -1.5 0.25\n" for i in range(30))
    with pytest.raises(VectorFormatError, match=r"promises 2 dimensions, but most lines have 3 numbers\. Correct"):
        load_vectors(text.encode())


def test_a_header_that_promises_far_too_much_takes_no_memory():
    with pytest.raises(VectorFormatError, match="dimensions \\(1 to 100,000\\)"):
        load_vectors(b"2 999999999999\nking 1 2\nqueen 3 4\n")
    with pytest.raises(
        VectorFormatError, match="none of the first 2 lines could be read; line 2: expected a word and 99,999 numbers"
    ):
        load_vectors(b"2 99999\nking 1 2\nqueen 3 4\n")
    assert len(load_vectors(b"999999999999 2\nking 1 2\nqueen 3 4\n")) == 2
