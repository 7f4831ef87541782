import pytest

from components.map.event import MapEvent, read_event
from components.map.view import MapData, message_of

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]


LASSO = {"kind": "lasso", "mode": "new", "polygon": SQUARE}


def test_what_the_browser_says_is_read():
    without = {"column": "cluster", "codes": [1, 255]}
    event = read_event(
        {
            "click": 3,
            "click_serial": 7,
            "regions": [LASSO, {**LASSO, "mode": "add", "without": without}],
            "regions_serial": 8,
            "step": "undo",
            "step_serial": 9,
            "view": {"x": 0.5, "y": 1, "zoom": 2},
        },
        n=10,
    )
    view = {"x": 0.5, "y": 1.0, "zoom": 2.0}
    assert event == MapEvent(3, 7, (LASSO, {**LASSO, "mode": "add", "without": without}), 8, "undo", 9, view)
    assert list(event.regions[0]) == ["kind", "mode", "polygon"]  # as the browser has it, which compares the two


def test_nothing_said_is_no_event():
    assert read_event(None, n=10) == MapEvent()
    assert read_event({"step": "erase", "view": {"x": 1, "y": 2, "zoom": float("inf")}}, n=10) == MapEvent()


@pytest.mark.parametrize("click", [-1, 10, 2.5, "3", True, [3], None])
def test_a_click_on_what_is_no_point_is_none(click):
    assert read_event({"click": click, "click_serial": 1}, n=10).click is None


@pytest.mark.parametrize(
    "region",
    [
        "box",
        {**LASSO, "kind": "circle"},
        {**LASSO, "mode": "erase"},
        {"kind": "box", "polygon": SQUARE},
        {**LASSO, "polygon": SQUARE[:2]},
        {**LASSO, "polygon": SQUARE * 1000},
        {**LASSO, "polygon": [*SQUARE, [0.5]]},
        {**LASSO, "polygon": [*SQUARE, ["0.5", 0.5]]},
        {**LASSO, "polygon": [*SQUARE, [float("nan"), 0.5]]},
        {**LASSO, "polygon": "abc"},
    ],
)
def test_a_region_that_is_none_is_left_out(region):
    assert read_event({"regions": [region, LASSO], "regions_serial": 1}, n=10).regions == (LASSO,)


def test_of_any_number_of_regions_40_are_read():
    assert len(read_event({"regions": [LASSO] * 1000}, n=10).regions) == 40
    assert read_event({"regions": "abc"}, n=10).regions == ()


def test_a_selection_travels_as_bits():
    import base64

    import numpy as np

    chosen = np.array([True, False, False, False, False, False, False, False, False, True])
    assert base64.b64decode(message_of(MapData("p", 10, selected=chosen), height=300)["selected"]) == bytes([1, 2])
    assert message_of(MapData("p", 10), height=300)["selected"] is None


def test_numpy_numbers_become_plain_ones():
    import numpy as np

    values = message_of(MapData("p", 5, highlight=np.array([1, 2]), focus=np.int64(3), links=np.array([4])), height=300)
    assert values["highlight"] == [1, 2]
    assert type(values["focus"]) is int
    assert values["links"] == [4]
    assert values["height"] == 300


def test_more_than_2000_highlighted_points_are_refused():
    with pytest.raises(ValueError, match="At most 2000 points can be highlighted, not 2001"):
        message_of(MapData("p", 5000, highlight=range(2001)), height=300)
