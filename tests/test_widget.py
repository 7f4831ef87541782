"""The map's widget by its messages, without a browser: what a view sends, and what it is sent."""

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import SettingsError, UnknownLabelError
from embedviz.map_view.exchange import POSITIONS
from embedviz.project_space import Projection
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace

pytest.importorskip("anywidget")
from embedviz.widget import Map

LABELS = ["sea", "<b>ship</b>", "king", "queen", "far"]
COLUMNS = pd.DataFrame({"group": ["a", "a", "b", "b", "b"], "count": [50.5, 40.5, 30.5, 20.5, 10.5]})
VECTORS = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9], [-1, 0]], np.float32)
SPACE = EmbeddingSpace(LABELS, VECTORS, COLUMNS, kind="item")
POINTS = np.array([3, 1, 0, 2])  # "far" is not on the map
LOWER_LEFT = [[0, 0], [0.4, 0], [0.4, 0.4], [0, 0.4]]
UPPER_RIGHT = [[0.6, 0.6], [1, 0.6], [1, 1], [0.6, 1]]


@pytest.fixture
def widget():
    coords = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    return Projection(coords, POINTS, {}, ProjectionSettings(), SPACE).widget()


@pytest.fixture
def sent(widget, monkeypatch):
    """Messages to the views."""
    found = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: found.append(content))
    return found


def draw(widget, serial, *regions):
    regions = [{"kind": "box", "mode": mode, "polygon": polygon, **more} for mode, polygon, more in regions]
    widget._event = {"click": None, "click_serial": 0, "regions": regions, "regions_serial": serial}


def ask(widget, name, **parameters):
    widget._handle_custom_msg({"id": "7", "name": name, "parameters": parameters}, [])


def test_positions_and_colours_come_with_the_state(widget):
    x, y = np.frombuffer(widget._points, POSITIONS.dtype).reshape(4, POSITIONS.per_point).T
    assert (x[0], y[0]) == (x.min(), y.min())
    assert (x[3], y[3]) == (x.max(), y.max())
    assert [widget._message["legend"][code][0] for code in widget._colors] == ["b", "a", "a", "b"]
    assert {widget._first_labels["labels"][place] for place in range(4)} == {"sea", "<b>ship</b>", "king", "queen"}


def test_a_region_selects_rows_of_the_space(widget):
    changes = []
    widget.observe(lambda change: changes.append((change.new, widget.selected.sum())), "selection")
    draw(widget, 1, ("new", LOWER_LEFT, {}))
    assert widget.selection == ["queen"]
    assert SPACE.columns[widget.selected]["count"].tolist() == [20.5]
    draw(widget, 2, ("new", LOWER_LEFT, {}), ("add", UPPER_RIGHT, {}))
    assert widget.selection == ["king", "queen"]
    assert changes == [(["queen"], 1), (["king", "queen"], 2)]
    assert widget._message["regions_serial"] == 2
    draw(widget, 3)
    assert widget.selection == []
    assert not widget.selected.any()


def test_an_event_that_comes_again_does_nothing(widget):
    draw(widget, 5, ("new", LOWER_LEFT, {}))
    widget.selection = []
    draw(widget, 5, ("new", UPPER_RIGHT, {}))
    assert widget.selection == []


def test_categories_hidden_in_the_legend_are_not_selected(widget):
    draw(widget, 1, ("new", [[0, 0], [1, 0], [1, 1], [0, 1]], {"without": {"column": "group", "codes": [0]}}))
    assert widget.selection == ["sea", "<b>ship</b>"]
    assert widget._message["selected"] is not None  # the region alone would tell a view something else


def test_a_region_adds_to_what_python_selected(widget):
    widget.selection = ["sea"]
    draw(widget, 1, ("add", LOWER_LEFT, {}))
    assert widget.selection == ["sea", "queen"]
    draw(widget, 2, ("add", LOWER_LEFT, {}), ("remove", LOWER_LEFT, {}))
    assert widget.selection == ["sea"]
    assert widget._message["selected"] is not None


def test_the_selection_is_labels_rows_or_a_mask(widget):
    changes = []
    widget.observe(lambda change: changes.append(change.name), ["selection", "selected"])
    widget.selection = ["queen", "sea", "queen"]
    assert widget.selection == ["sea", "queen"]
    assert widget.selected.tolist() == [True, False, False, True, False]
    assert sorted(changes) == ["selected", "selection"]
    widget.selected = [1, 4]
    assert widget.selection == ["<b>ship</b>", "far"]
    widget.selected = SPACE.columns["group"] == "b"
    assert widget.selection == ["king", "queen", "far"]
    assert widget._message["selected"] == "CQ=="  # points 0 and 3, the lowest bit first


@pytest.mark.parametrize("wrong", [[5], [-1], [0.5], [True, False], [[0]]])
def test_a_selection_of_what_is_not_there_is_refused(widget, wrong):
    with pytest.raises(SettingsError, match="rows from 0 to 4"):
        widget.selected = wrong
    assert widget.selection == []


def test_unknown_labels_and_columns_are_refused(widget):
    with pytest.raises(UnknownLabelError, match="quen"):
        widget.selection = ["quen"]
    with pytest.raises(UnknownLabelError, match="queen"):
        widget.focus = "quen"
    with pytest.raises(SettingsError, match="'far' is in the space, but not on this map of 4 points"):
        widget.focus = "far"
    with pytest.raises(SettingsError, match="cluster, group, count"):
        widget.color_by = "grup"
    with pytest.raises(SettingsError, match="uniform, count"):
        widget.size_by = "group"
    with pytest.raises(SettingsError, match="no 'colour'"):
        Map(widget._displayed, SPACE, colour="group")
    assert (widget.focus, widget.color_by) == (None, "group")


def test_a_click_sets_the_focus_and_the_map_does_not_fly(widget):
    widget._event = {"click": 2, "click_serial": 1, "regions": [], "regions_serial": 0}
    assert widget.focus == "sea"
    message = widget._message
    assert (message["focus"], message["focus_serial"]) == (2, 0)
    assert message["links"][0] == 1  # the ship is next to the sea
    widget.focus = "king"
    assert (widget._message["focus"], widget._message["focus_serial"]) == (3, 1)
    widget._event = {"click": None, "click_serial": 2, "regions": [], "regions_serial": 0}
    assert widget.focus is None
    assert widget._message["links"] == []


def test_other_colours_have_another_address(widget):
    before = widget._message["colors_url"]
    widget.color_by = "count"
    assert widget._message["color_kind"] == "number"
    assert widget._message["legend"] == [20.5, 50.5]
    assert widget._message["colors_url"] != before
    assert list(widget._colors)[2] == 254


def test_clusters_are_found_when_they_are_asked_for(widget):
    assert widget._displayed.clusters is None
    widget.color_by = "cluster"
    assert len(widget._displayed.clusters) == 4
    assert widget._message["color_kind"] == "category"


def test_sizes_are_those_of_a_column(widget):
    assert widget._message["sizes_url"] is None
    widget.size_by = "count"
    assert list(widget._sizes) == [0, 169, 254, 85]
    widget.size_by = "uniform"
    assert widget._message["sizes_url"] is None


def test_a_search_marks_what_it_finds_and_leads_to_the_first(widget):
    widget.search = "E"
    assert widget._found == "2 found"
    assert sorted(widget._message["highlight"]) == [0, 2]
    assert widget.focus in ("sea", "queen")
    widget.search = "/(/"
    assert "not a regular expression" in widget._found
    assert widget._message["highlight"] == []
    widget.search = ""
    assert widget._found == ""


def test_labels_and_points_are_answered(widget, sent):
    ask(widget, "labels", ids="0,1")
    ask(widget, "labels", first="1")
    ask(widget, "point", id="2")
    ask(widget, "point", id="2", metric="euclidean")
    labels, first, point, near = sent
    assert labels == {"id": "7", "status": 200, "answer": ["queen", "<b>ship</b>"]}
    assert first["answer"]["labels"] == ["sea"]
    assert ["count", "50.5"] in point["answer"]["columns"]
    assert point["answer"]["neighbors"] == []
    assert near["answer"]["neighbors"][0][0] == "<b>ship</b>"
    assert near["answer"]["measure"] == "distance"
    assert [at for label, _, at in near["answer"]["neighbors"] if label == "far"] == [None]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("point", {"id": "99"}),
        ("point", {"id": "x"}),
        ("labels", {}),
        ("labels", {"ids": "99"}),
        ("point", {"id": "-9"}),
        ("point", {"id": "-1"}),
        ("point", {}),
        ("labels", {"ids": "0,-1"}),
        ("colors", {"id": "0"}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(widget, sent, name, parameters):
    ask(widget, name, **parameters)
    assert sent[0]["status"] == 400


def test_labels_of_a_large_map_are_not_sent_with_its_state(monkeypatch):
    monkeypatch.setattr("embedviz.widget.MAX_LABELS", 3)
    widget = Projection(np.zeros((4, 2), np.float32), POINTS, {}, ProjectionSettings(), SPACE).widget()
    assert widget._first_labels is None
