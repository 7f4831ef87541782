"""The layout that a space came with."""

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import SettingsError
from embedviz.project_space import project
from embedviz.projection.given_layout import coordinate_columns
from embedviz.space import EmbeddingSpace

VECTORS = np.eye(5, 4, dtype=np.float32) + 1


def space_with(**columns):
    return EmbeddingSpace(list("abcde"), VECTORS, pd.DataFrame(columns, index=range(5)))


def test_the_projection_columns_go_before_x_and_y():
    both = space_with(x=range(5), y=range(5), projection_x=[0.5] * 5, projection_y=[1.5] * 5)
    assert coordinate_columns(both) == ("projection_x", "projection_y")
    assert coordinate_columns(space_with(X=range(5), Y=range(5))) == ("X", "Y")
    assert coordinate_columns(space_with(x=range(5))) is None
    assert coordinate_columns(space_with(x=list("abcde"), y=range(5))) is None


def test_the_points_lie_where_the_columns_say_and_those_without_a_place_are_left_out():
    space = space_with(x=[1.0, 2, np.nan, 4, 5], y=pd.array([5, 4, 3, None, 1], "Int64"))
    found = project(space, method="as in the file")
    assert found.points.tolist() == [0, 1, 4]
    assert found.coords.tolist() == [[1, 5], [2, 4], [5, 1]]


def test_without_coordinates_a_sentence_says_what_is_missing():
    with pytest.raises(SettingsError, match="came without a map: two columns of numbers, projection_x"):
        project(space_with(year=range(5)), method="as in the file")
    with pytest.raises(SettingsError, match="draws flat maps"):
        project(space_with(x=range(5), y=range(5)), method="as in the file", n_components=3)
