import numpy as np
import pandas as pd

from embedviz.projection.describing_texts import describing_texts
from embedviz.space import EmbeddingSpace

POINTS = np.array([2, 0])


def space(kind, **columns):
    return EmbeddingSpace(
        ["a", "b", "c"], np.ones((3, 2), np.float32), pd.DataFrame(columns, index=range(3)), kind=kind
    )


def test_words_are_described_by_themselves():
    assert describing_texts(space("word", text=["x", "y", "z"]), POINTS) == ["c", "a"]


def test_texts_are_described_in_full():
    assert describing_texts(space("text", text=["x is long", "y", "z is long"]), POINTS) == ["z is long", "x is long"]
    assert describing_texts(space("text"), POINTS) == ["c", "a"]


def test_rows_are_described_by_the_words_in_their_cells():
    rows = space("row", colour=["red", None, "blue"], power=[1.5, 2.5, 3.5], make=["Urba", "Mini", None])
    assert describing_texts(rows, POINTS) == ["c blue", "a red Urba"]
