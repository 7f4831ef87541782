from types import SimpleNamespace

import numpy as np
import pytest

from components.looking import Looking
from components.map_view import MapEvent
from embedviz.space import EmbeddingSpace

SPACE = EmbeddingSpace(["table", "kingdom", "king", "Viking", "queen"], np.eye(5, dtype=np.float32))
MAP = SimpleNamespace(
    id="a", points=np.array([2, 0, 3, 4]), coords=np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32), clusters=None
)
OTHER = SimpleNamespace(id="b", points=np.array([1, 4]), coords=np.array([[0, 0], [1, 0]], np.float32), clusters=None)
LEFT = {"kind": "box", "mode": "new", "polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}
BELOW = {"kind": "box", "mode": "new", "polygon": [[0, 0], [1, 0], [1, 0.5], [0, 0.5]]}
ADDED = {**BELOW, "mode": "add"}
HERE = {"x": 0.5, "y": 0.5, "zoom": 3.0}


@pytest.fixture
def page(monkeypatch):
    """The page's address and its widgets, which are there while Streamlit runs a script."""
    page = SimpleNamespace(address=Address(), session_state={})
    monkeypatch.setattr(
        "components.looking.st", SimpleNamespace(query_params=page.address, session_state=page.session_state)
    )
    monkeypatch.setattr("components.looking.open_finished_map", lambda run, map_id: {"a": MAP, "b": OTHER}[map_id])
    return page


class Address(dict):
    """What Streamlit's query parameters offer of a dict, and of their own."""

    def to_dict(self):
        return dict(self)

    def from_dict(self, values):
        self.clear()
        self.update(values)


@pytest.fixture
def looking(page):
    return Looking(SimpleNamespace(id="r"), SPACE)


def test_a_new_search_flies_once(looking):
    looking.search("king", [2, 1])
    looking.search("king", [2, 1])
    assert (looking.focus, looking.flights) == (2, 1)
    looking.search("nothing", [])
    assert (looking.focus, looking.flights) == (2, 1)


def test_a_click_focuses_the_row_behind_the_point_and_happens_once(looking):
    looking.happened(MapEvent(click=2, click_serial=5), MAP)
    assert looking.focus == 3
    looking.focus = 4
    looking.happened(MapEvent(click=2, click_serial=5), MAP)
    assert looking.focus == 4
    looking.happened(MapEvent(click=None, click_serial=6), MAP)
    assert looking.focus is None


def test_regions_select_rows_until_they_are_cleared(looking):
    looking.happened(MapEvent(regions=(LEFT,), regions_serial=1), MAP)
    assert looking.selected.tolist() == [2, 3]
    looking.happened(MapEvent(regions=(LEFT, ADDED), regions_serial=2), MAP)
    assert looking.selected.tolist() == [0, 2, 3]
    looking.happened(MapEvent(regions=(BELOW,), regions_serial=3), MAP)
    assert looking.selected.tolist() == [0, 2]
    looking.happened(MapEvent(regions=(), regions_serial=4), MAP)
    assert looking.selected.tolist() == []


def test_regions_of_several_maps_keep_the_order_they_were_drawn_in(looking):
    looking.happened(MapEvent(regions=(LEFT,), regions_serial=1), MAP)
    looking.happened(MapEvent(regions=({**LEFT, "mode": "add"},), regions_serial=2), OTHER)
    assert looking.selected.tolist() == [1, 2, 3]
    looking.happened(MapEvent(regions=(LEFT, {**LEFT, "mode": "remove"}), regions_serial=3), MAP)
    assert looking.selected.tolist() == [1]
    looking.happened(MapEvent(regions=(BELOW,), regions_serial=4), MAP)
    assert looking.selected.tolist() == [0, 2]
    assert [part.map_id for part in looking.drawn] == ["a"]  # what was drawn before counts for nothing any more


def test_what_is_looked_at_is_in_the_address_and_a_link_brings_it_back(looking, page):
    page.address["run"] = "r"
    looking.settings = {"method": "pca", "n_points": 4}
    looking.focus = 4
    looking.happened(MapEvent(regions=(LEFT,), regions_serial=1), MAP)
    page.session_state[looking.colour_key] = "rank"
    looking.settle()
    assert page.address["run"] == "r"
    assert {"method", "n_points", "colour", "focus", "select"} <= set(page.address)
    page.session_state.clear()
    again = Looking(SimpleNamespace(id="r"), SPACE)
    assert again.follow_address() == []
    assert again.settings == looking.settings == again.loaded
    assert again.focus == 4
    assert again.selected.tolist() == [2, 3]
    assert page.session_state[again.colour_key] == "rank"
    assert again.follow_address() == []  # and once only
    assert again.loads == 1


def test_an_address_that_asks_for_what_is_not_there_is_said_and_the_rest_is_taken(looking, page):
    page.address.from_dict(
        {"method": "umap", "n_points": "-5", "focus": "<b>", "colour": "nothing", "select": "zz,nb,x"}
    )
    said = looking.follow_address()
    assert len(said) == 2
    assert "n_points" in said[0]
    assert said[1] == "'<b>' is not in this space."
    assert (looking.settings, looking.focus, looking.drawn) == (None, None, [])


def test_steps_go_back_and_forth(looking, page):
    looking.settings = {"method": "pca"}
    looking.settle()
    assert not looking.past  # the beginning is no step
    looking.happened(MapEvent(click=0, click_serial=1, view=HERE), MAP)
    looking.settle()
    looking.happened(MapEvent(regions=(LEFT,), regions_serial=2), MAP)
    looking.settle()
    looking.settle()
    assert [sorted(step.words) for step in looking.past] == [["method"], ["focus", "method"]]
    looking.happened(MapEvent(step="undo", step_serial=3), MAP)
    assert (looking.focus, looking.selected.tolist()) == (2, [])
    looking.settle()
    assert "select" not in page.address
    looking.happened(MapEvent(step="undo", step_serial=4), MAP)
    looking.settle()
    assert looking.focus is None
    assert looking.view_wanted == HERE
    for serial in (5, 6, 7):  # one more than there are
        looking.happened(MapEvent(step="redo", step_serial=serial), MAP)
        looking.settle()
    assert (looking.focus, looking.selected.tolist()) == (2, [2, 3])
    looking.happened(MapEvent(step="undo", step_serial=8), MAP)
    looking.settle()
    looking.focus = 4
    looking.settle()
    assert looking.future == []  # another way was taken


def test_the_browsers_own_way_back_is_a_step_back(looking, page):
    looking.settings = {"method": "pca"}
    looking.settle()
    before = page.address.to_dict()
    looking.focus = 4
    looking.settle()
    page.address.from_dict(before)
    looking.follow_address()
    assert looking.focus is None
    assert len(looking.past) == 0
    assert len(looking.future) == 1


def test_an_address_left_behind_by_another_page_changes_nothing(looking, page):
    looking.settings = {"method": "pca"}
    looking.focus = 4
    looking.settle()
    page.address.from_dict({"run": "r"})
    assert looking.follow_address() == []
    assert looking.focus == 4
    looking.settle()
    assert page.address["focus"] == "queen"
