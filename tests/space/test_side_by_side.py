import numpy as np
import pytest

from embedviz.core.errors import UnknownLabelError
from embedviz.space import EmbeddingSpace
from embedviz.space.side_by_side import side_by_side
from embedviz.space.subwords import Subwords

FLAT = EmbeddingSpace(["a", "b", "c"], np.array([[1, 0], [1, 0.1], [0, 1]], np.float32))
TURNED = EmbeddingSpace(["a", "b", "c", "d"], np.array([[1, 0], [0, 1], [1, 0.1], [0.5, 0.5]], np.float32))


def test_each_space_has_its_own_neighbours_and_similarities():
    found = side_by_side({"flat": FLAT, "turned": TURNED}, "a", k=3)
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["flat"].tolist()[:2] == ["b", "c"]
    assert found["flat"].isna().tolist() == [False, False, True]  # it has two others
    assert found["turned"].tolist() == ["c", "d", "b"]
    assert found["turned similarity"].iloc[1] == pytest.approx(np.sqrt(0.5), abs=1e-6)
    assert found.attrs == {}


def test_a_space_without_the_word_is_named_and_a_composed_word_marked():
    composing = EmbeddingSpace(
        ["a", "b"], np.eye(2, dtype=np.float32), subwords=Subwords(np.ones((3, 2), np.float32), 3, 6)
    )
    found = side_by_side({"flat": FLAT, "turned": TURNED, "composing": composing}, "d", k=2)
    assert list(found.columns) == ["rank", "turned", "turned similarity", "composing", "composing similarity"]
    assert found.attrs["unknown"] == "flat"
    assert found.attrs["composed"].startswith("composing: 'd' is not among the 2 words")


def test_a_word_that_no_space_has_is_unknown():
    with pytest.raises(UnknownLabelError, match="'x' is not among the 3 words"):
        side_by_side({"flat": FLAT, "turned": TURNED}, "x")
