from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from components.map_page import Looking, hits_of, selection_frame
from components.map_view import MapEvent
from embedviz.errors import SettingsError
from embedviz.space import EmbeddingSpace

SPACE = EmbeddingSpace(
    ["table", "kingdom", "king", "Viking", "queen"],
    np.eye(5, dtype=np.float32),
    pd.DataFrame({"count": [9, 8, 7, 6, 5]}),
)
# the map shows four of the five rows, in an order of its own
MAP = SimpleNamespace(
    id="a",
    points=np.array([2, 0, 3, 4]),
    coords=np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32),
    clusters=None,
)
LEFT_HALF = {"kind": "box", "polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}


def test_a_search_gives_the_word_first_then_what_begins_with_it():
    assert hits_of(SPACE, np.arange(5), " KING ") == [2, 1, 3]
    assert hits_of(SPACE, MAP.points, "king") == [2, 3]
    assert hits_of(SPACE, np.arange(5), "") == []


def test_between_slashes_a_search_is_a_regular_expression():
    assert hits_of(SPACE, np.arange(5), "/^king/") == [1, 2]
    assert hits_of(SPACE, np.array([2, 0, 3, 4]), "/(KING|queen)$/") == [2, 3, 4]
    assert hits_of(SPACE, np.arange(5), "/x$/") == []
    assert hits_of(SPACE, np.arange(5), "//") == []  # two slashes and nothing between: no label holds them
    with pytest.raises(SettingsError, match=r"^/\(king/ is not a regular expression: missing \)"):
        hits_of(SPACE, np.arange(5), "/(king/")


def test_a_regular_expression_made_to_be_slow_is_not():
    space = EmbeddingSpace(["a" * 5000 + "!"], np.ones((1, 2), np.float32))
    assert hits_of(space, np.arange(1), "/^(a+)+$/") == []


def test_a_new_search_flies_once():
    looking = Looking()
    looking.search("king", [2, 1])
    looking.search("king", [2, 1])
    assert (looking.focus, looking.flights) == (2, 1)
    looking.search("nothing", [])
    assert (looking.focus, looking.flights) == (2, 1)


def test_a_click_focuses_the_row_behind_the_point_and_happens_once():
    looking = Looking()
    looking.happened(MapEvent(click=2, click_serial=5), MAP)
    assert looking.focus == 3
    looking.focus = 4
    looking.happened(MapEvent(click=2, click_serial=5), MAP)
    assert looking.focus == 4
    looking.happened(MapEvent(click=None, click_serial=6), MAP)
    assert looking.focus is None


def test_a_region_selects_rows_that_stay_selected_on_another_map():
    looking = Looking()
    looking.happened(MapEvent(region=LEFT_HALF, region_serial=1), MAP)
    assert looking.selected.tolist() == [2, 3]
    frame = selection_frame(SPACE, MAP, looking.selected)
    assert frame["label"].tolist() == ["king", "Viking"]
    assert frame["count"].tolist() == [7, 6]
    assert frame[["x", "y"]].to_numpy() == pytest.approx(np.array([[0, 0], [0, 1]]))
    elsewhere = SimpleNamespace(
        id="b", points=np.array([3, 1]), coords=np.zeros((2, 2)), clusters=pd.Series(["1", "2"])
    )
    assert selection_frame(SPACE, elsewhere, looking.selected)["label"].tolist() == ["Viking"]
    looking.happened(MapEvent(region=None, region_serial=2), MAP)
    assert len(looking.selected) == 0
