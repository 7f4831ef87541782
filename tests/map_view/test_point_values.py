from types import SimpleNamespace

import numpy as np
import pandas as pd

from embedviz.map_view.point_values import places_on_map, point_values
from embedviz.space import EmbeddingSpace

COLUMNS = pd.DataFrame({"share": [0.123456, np.nan, 0.5], "text": ["a lion", None, "an <b>oak</b>"]})
SPACE = EmbeddingSpace(["lion", "grass", "oak"], np.eye(3, dtype=np.float32), COLUMNS)
MAP = SimpleNamespace(
    points=np.array([2, 0]),
    clusters=pd.Series(["1: trees", "2: beasts"]),
    columns=pd.DataFrame(),
    kept=pd.Series([0.25, 1.0]),
)


def test_a_point_has_a_value_in_every_column():
    assert point_values(MAP, SPACE, 0) == [
        ("cluster", "1: trees"),
        ("share", "0.5"),
        ("text", "an <b>oak</b>"),
        ("rank", "3"),
        ("neighbours kept", "0.25"),
    ]


def test_columns_that_are_not_computed_yet_are_left_out():
    early = SimpleNamespace(points=np.array([1]), clusters=None, columns=pd.DataFrame(), kept=None)
    assert point_values(early, SPACE, 0) == [("share", "–"), ("text", "–"), ("rank", "2")]


def test_rows_are_found_on_the_map_where_they_are_on_it():
    assert places_on_map(MAP, [0, 1, 2]) == [1, None, 0]
