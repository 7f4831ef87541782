import pytest

from components.map_view import MapData, MapEvent, as_json, read_event

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]


def test_what_the_browser_says_is_read():
    event = read_event(
        {"click": 3, "click_serial": 7, "region": {"kind": "lasso", "polygon": SQUARE}, "region_serial": 8}, n=10
    )
    assert event == MapEvent(3, 7, {"kind": "lasso", "polygon": SQUARE}, 8)


def test_nothing_said_is_no_event():
    assert read_event(None, n=10) == MapEvent(None, 0, None, 0)


@pytest.mark.parametrize("click", [-1, 10, 2.5, "3", True, [3], None])
def test_a_click_on_what_is_no_point_is_none(click):
    assert read_event({"click": click, "click_serial": 1}, n=10).click is None


@pytest.mark.parametrize(
    "region",
    [
        "box",
        {"kind": "circle", "polygon": SQUARE},
        {"kind": "box", "polygon": SQUARE[:2]},
        {"kind": "box", "polygon": SQUARE * 1000},
        {"kind": "box", "polygon": [*SQUARE, [0.5]]},
        {"kind": "box", "polygon": [*SQUARE, ["0.5", 0.5]]},
        {"kind": "box", "polygon": [*SQUARE, [float("nan"), 0.5]]},
        {"kind": "box", "polygon": "abc"},
    ],
)
def test_a_region_that_is_no_polygon_is_none(region):
    assert read_event({"region": region, "region_serial": 1}, n=10).region is None


def test_numpy_numbers_become_plain_ones():
    import numpy as np

    values = as_json(MapData("p", 5, highlight=np.array([1, 2]), focus=np.int64(3), links=np.array([4])), height=300)
    assert values["highlight"] == [1, 2]
    assert type(values["focus"]) is int
    assert values["links"] == [4]
    assert values["height"] == 300


def test_more_than_2000_highlighted_points_are_refused():
    with pytest.raises(ValueError, match="At most 2000 points can be highlighted, not 2001"):
        as_json(MapData("p", 5000, highlight=range(2001)), height=300)
