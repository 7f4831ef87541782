from types import SimpleNamespace

import numpy as np
import pytest

from components.map.filters import Contains
from components.map.session import MENU_DEFAULTS, TABLE, MapSession
from components.map.url_state import COLOR
from embedviz.map_view.event import MapEvent
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


def step(name, serial, after=None):
    """Return a step; unless after says otherwise, the browser had been told of all steps before."""
    return {"name": name, "serial": serial, "after": serial - 1 if after is None else after}


@pytest.fixture
def page(monkeypatch):
    """The page's address and its widgets, which are there while Streamlit runs a script."""
    page = SimpleNamespace(address=Address(), session_state={})
    streamlit = SimpleNamespace(query_params=page.address, session_state=page.session_state)
    monkeypatch.setattr("components.map.session.st", streamlit)
    monkeypatch.setattr("components.map.url_state.st", streamlit)
    monkeypatch.setattr("components.map.session.open_finished_map", lambda run, map_id: {"a": MAP, "b": OTHER}[map_id])
    return page


class Address(dict):
    """A stand-in for Streamlit's query parameters: a dict with their own methods."""

    def to_dict(self):
        return dict(self)

    def from_dict(self, values):
        self.clear()
        self.update(values)


@pytest.fixture
def session(page):
    return MapSession(SimpleNamespace(id="r"), SPACE)


def test_a_new_search_flies_once(session):
    session.search("king", [2, 1])
    session.search("king", [2, 1])
    assert (session.focus, session.focus_serial) == (2, 1)
    session.search("nothing", [])
    assert (session.focus, session.focus_serial) == (2, 1)


def test_a_click_focuses_the_row_of_the_point_and_is_handled_once(session):
    session.handle(MapEvent(click=2, click_serial=5), MAP)
    assert session.focus == 3
    session.focus = 4
    session.handle(MapEvent(click=2, click_serial=5), MAP)
    assert session.focus == 4
    session.handle(MapEvent(click=None, click_serial=6), MAP)
    assert session.focus is None


def test_regions_select_rows_until_they_are_cleared(session):
    session.handle(MapEvent(regions=(LEFT,), regions_serial=1), MAP)
    assert session.selected.tolist() == [2, 3]
    session.handle(MapEvent(regions=(LEFT, ADDED), regions_serial=2), MAP)
    assert session.selected.tolist() == [0, 2, 3]
    session.handle(MapEvent(regions=(BELOW,), regions_serial=3), MAP)
    assert session.selected.tolist() == [0, 2]
    session.handle(MapEvent(regions=(), regions_serial=4), MAP)
    assert session.selected.tolist() == []


def test_regions_of_several_maps_keep_the_order_they_were_drawn_in(session):
    session.handle(MapEvent(regions=(LEFT,), regions_serial=1), MAP)
    session.handle(MapEvent(regions=({**LEFT, "mode": "add"},), regions_serial=2), OTHER)
    assert session.selected.tolist() == [1, 2, 3]
    session.handle(MapEvent(regions=(LEFT, {**LEFT, "mode": "remove"}), regions_serial=3), MAP)
    assert session.selected.tolist() == [1]
    session.handle(MapEvent(regions=(BELOW,), regions_serial=4), MAP)
    assert session.selected.tolist() == [0, 2]
    assert [part.map_id for part in session.regions] == ["a"]  # what was drawn before counts for nothing any more


def test_the_state_is_in_the_address_and_a_link_restores_it(session, page):
    page.address["run"] = "r"
    session.settings = {"method": "pca", "n_points": 4}
    session.focus = 4
    session.handle(MapEvent(regions=(LEFT,), regions_serial=1), MAP)
    page.session_state[session.color_key] = "rank"
    session.save()
    assert page.address["run"] == "r"
    assert {"method", "n_points", "colour", "focus", "select"} <= set(page.address)
    page.session_state.clear()
    again = MapSession(SimpleNamespace(id="r"), SPACE)
    assert again.follow_address() == []
    assert again.settings == session.settings == again.loaded
    assert again.focus == 4
    assert again.selected.tolist() == [2, 3]
    assert page.session_state[again.color_key] == "rank"
    assert again.follow_address() == []  # and once only
    assert again.loads == 1


def test_what_is_not_available_is_reported_and_the_rest_is_loaded(session, page):
    page.address.from_dict(
        {"method": "umap", "n_points": "-5", "focus": "<b>", "colour": "nothing", "select": "zz,nb,x"}
    )
    messages = session.follow_address()
    assert len(messages) == 2
    assert "n_points" in messages[0]
    assert messages[1] == "'<b>' is not in this space."
    assert (session.settings, session.focus, session.regions) == (None, None, [])


def test_undo_and_redo(session, page):
    session.settings = {"method": "pca"}
    session.save()
    assert not session.undo_stack.past  # the beginning is no step
    session.handle(MapEvent(click=0, click_serial=1, view=HERE), MAP)
    session.save()
    session.handle(MapEvent(regions=(LEFT,), regions_serial=2), MAP)
    session.save()
    session.save()
    assert [sorted(step.words) for step in session.undo_stack.past] == [["method"], ["focus", "method"]]
    session.handle(MapEvent(steps=(step("undo", 3),)), MAP)
    assert (session.focus, session.selected.tolist()) == (2, [])
    session.save()
    assert "select" not in page.address
    session.handle(MapEvent(steps=(step("undo", 4),)), MAP)
    session.save()
    assert session.focus is None
    assert session.requested_view == HERE
    for serial in (5, 6, 7):  # one more than there are
        session.handle(MapEvent(steps=(step("redo", serial),)), MAP)
        session.save()
    assert (session.focus, session.selected.tolist()) == (2, [2, 3])
    session.handle(MapEvent(steps=(step("undo", 8),)), MAP)
    session.save()
    session.focus = 4
    session.save()
    assert session.undo_stack.future == []  # another way was taken


def test_steps_that_arrive_at_once_are_all_done_and_no_step_twice(session, page):
    session.settings = {"method": "pca"}
    session.save()
    for serial in (1, 2):
        session.handle(MapEvent(click=serial, click_serial=serial), MAP)
        session.save()
    event = MapEvent(click=0, click_serial=3, steps=(step("undo", 4), step("undo", 5)))
    session.handle(event, MAP)  # a third click and two steps back
    assert session.focus == MAP.points[1]
    session.handle(event, MAP)
    assert session.focus == MAP.points[1]
    assert len(session.undo_stack.future) == 2


@pytest.mark.parametrize("after", [3, 0])
def test_a_menu_that_still_says_what_was_undone_is_no_choice_unless_the_undoing_was_shown(session, page, after):
    session.settings = {"method": "pca"}
    session.save()
    session.handle(MapEvent(regions=(LEFT,), regions_serial=1), MAP)
    session.save()
    page.session_state[session.color_key] = "rank"
    session.save()
    session.handle(MapEvent(steps=(step("undo", 3),)), MAP)
    session.save()
    assert page.session_state[session.color_key] == MENU_DEFAULTS[COLOR]
    page.session_state[session.color_key] = "rank"  # by the browser, chosen again, or from before it was told
    session.handle(MapEvent(steps=(step("undo", 4, after),)), MAP)
    session.save()
    assert page.session_state[session.color_key] == MENU_DEFAULTS[COLOR]
    assert session.selected.tolist() == ([2, 3] if after == 3 else [])


def test_the_browsers_back_button_is_an_undo(session, page, monkeypatch):
    session.settings = {"method": "pca"}
    session.save()
    before = page.address.to_dict()
    session.focus = 4
    session.save()
    page.address.from_dict(before)
    session.follow_address()
    assert session.focus == 4  # a page that was sent before the browser had the new address
    monkeypatch.setattr("components.map.url_state.is_history_step", lambda: True)
    session.follow_address()
    assert session.focus is None
    assert len(session.undo_stack.past) == 0
    assert len(session.undo_stack.future) == 1


def test_an_address_left_behind_by_another_page_changes_nothing(session, page):
    session.settings = {"method": "pca"}
    session.focus = 4
    session.save()
    page.address.from_dict({"run": "r"})
    assert session.follow_address() == []
    assert session.focus == 4
    session.save()
    assert page.address["focus"] == "queen"


def test_filters_are_in_the_address_and_open_by_a_link(page, session):
    session.settings = {"method": "pca"}
    session.filter("label", Contains("king"))
    session.save()
    link = dict(page.address)
    assert link["filter"]
    session.step("undo")
    opened = MapSession(SimpleNamespace(id="r"), SPACE)
    page.address.from_dict(link)
    assert opened.follow_address() == []
    assert opened.filters == {"label": Contains("king")}


def test_escape_closes_the_section_once(session):
    session.section = TABLE
    session.handle(MapEvent(steps=(step("close", 3),)), MAP)
    assert session.section is None
    session.section = TABLE
    session.handle(MapEvent(steps=(step("close", 3),)), MAP)  # the same event on another rerun
    assert session.section == TABLE
