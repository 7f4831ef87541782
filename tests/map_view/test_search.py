import numpy as np
import pytest

from embedviz.core.errors import SettingsError
from embedviz.map_view.search import find_rows
from embedviz.space import EmbeddingSpace

SPACE = EmbeddingSpace(["table", "kingdom", "king", "Viking", "queen"], np.eye(5, dtype=np.float32))
POINTS = np.array([2, 0, 3, 4])  # four of the five rows, in an order of their own


def test_an_equal_label_comes_first_then_labels_that_start_with_the_query():
    assert find_rows(SPACE, np.arange(5), " KING ") == [2, 1, 3]
    assert find_rows(SPACE, POINTS, "king") == [2, 3]
    assert find_rows(SPACE, np.arange(5), "") == []


def test_between_slashes_a_search_is_a_regular_expression():
    assert find_rows(SPACE, np.arange(5), "/^king/") == [1, 2]
    assert find_rows(SPACE, POINTS, "/(KING|queen)$/") == [2, 3, 4]
    assert find_rows(SPACE, np.arange(5), "/x$/") == []
    assert find_rows(SPACE, np.arange(5), "//") == []  # two slashes and nothing between: no label holds them
    with pytest.raises(SettingsError, match=r"^/\(king/ is not a regular expression: missing \)"):
        find_rows(SPACE, np.arange(5), "/(king/")


def test_a_pathological_regular_expression_takes_linear_time():
    space = EmbeddingSpace(["a" * 5000 + "!"], np.ones((1, 2), np.float32))
    assert find_rows(space, np.arange(1), "/^(a+)+$/") == []
