import numpy as np
import pytest

from embedviz.core.errors import VectorFormatError
from embedviz.formats import load_vectors

KING = b"king " + np.array([0.5, -1], "<f4").tobytes()
QUEEN = b"queen " + np.array([2, 3], "<f4").tobytes()


@pytest.mark.parametrize("end", [b"", b"\n"], ids=["no line breaks, as old gensim", "line breaks, as word2vec"])
def test_vectors_come_with_or_without_line_breaks(end):
    found = load_vectors(b"2 2\n" + KING + end + QUEEN + end)
    assert found.labels == ["king", "queen"]
    assert found.vectors.tolist() == [[0.5, -1], [2, 3]]


def test_a_blank_byte_inside_a_number_does_not_end_it():
    vector = np.frombuffer(b"\x20\x20\x20\x3f\x0a\x0a\x0a\x3f", "<f4")
    found = load_vectors(b"2 2\nking " + vector.tobytes() + b"\n" + QUEEN)
    assert found.vectors[0].tolist() == vector.tolist()


@pytest.mark.parametrize("cut", [1, 8, 9, len(QUEEN)])
def test_a_cut_file_says_in_which_vector(cut):
    with pytest.raises(VectorFormatError, match=r"v\.bin breaks off in vector 2 of the 2 its first line promises"):
        load_vectors((b"2 2\n" + KING + QUEEN)[:-cut], name="v.bin")


def test_vectors_past_those_the_header_promises_are_read_and_noted():
    found = load_vectors(b"1 2\n" + KING + b"\n" + QUEEN)
    assert found.labels == ["king", "queen"]
    assert found.vectors.tolist() == [[0.5, -1], [2, 3]]
    assert found.notes == ("The first line promises 1 vectors; the file holds 2.",)


def test_what_goes_on_after_the_vectors_and_is_none_is_refused():
    with pytest.raises(VectorFormatError, match="goes on after the 1 vectors that its first line promises"):
        load_vectors(b"1 2\n" + KING + b"\n" + QUEEN[:-1])


def test_a_file_cut_near_its_end_keeps_the_whole_vectors():
    found = load_vectors(b"3 2\n" + KING + QUEEN + b"man \0\0", name="v.bin")
    assert found.labels == ["king", "queen"]
    assert found.notes == (
        "v.bin breaks off in vector 3 of the 3 its first line promises. The 2 whole vectors before were read.",
    )


def test_a_header_that_promises_far_too_much_takes_no_memory():
    with pytest.raises(VectorFormatError, match="breaks off in vector 2 of the 999,999,999,999"):
        load_vectors(b"999999999999 2\n" + KING)
    with pytest.raises(VectorFormatError, match="1 to 100,000"):
        load_vectors(b"1 999999999999\n" + KING)


def test_a_label_without_end_is_not_searched_for_ever():
    events = []
    with pytest.raises(VectorFormatError, match="breaks off in vector 2"):
        load_vectors(b"2 2\n" + KING + b"\xff" * (20 << 20), on_progress=events.append)
    assert events == []
