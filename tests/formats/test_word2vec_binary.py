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


def test_a_header_that_promises_too_little_is_noticed():
    with pytest.raises(VectorFormatError, match="goes on after the 1 vectors"):
        load_vectors(b"1 2\n" + KING + b"\n" + QUEEN)


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
