import pytest

from embedviz.map_view.event import MapEvent, read_event

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
LASSO = {"kind": "lasso", "mode": "new", "polygon": SQUARE}


def test_a_state_is_read_as_an_event():
    without = {"column": "cluster", "codes": [1, 255]}
    event = read_event(
        {
            "click": 3,
            "click_serial": 7,
            "regions": [LASSO, {**LASSO, "mode": "add", "without": without}],
            "regions_serial": 8,
            "steps": [{"name": "undo", "serial": 9, "after": 7}, {"name": "close", "serial": 10, "after": 7}],
            "view": {"x": 0.5, "y": 1, "zoom": 2},
        },
        n=10,
    )
    view = {"x": 0.5, "y": 1.0, "zoom": 2.0}
    assert event == MapEvent(
        3,
        7,
        (LASSO, {**LASSO, "mode": "add", "without": without}),
        8,
        ({"name": "undo", "serial": 9, "after": 7}, {"name": "close", "serial": 10, "after": 7}),
        view,
    )
    assert list(event.regions[0]) == ["kind", "mode", "polygon"]  # as the browser has it, which compares the two


def test_an_empty_or_invalid_state_is_no_event():
    assert read_event(None, n=10) == MapEvent()
    steps = [{"name": "erase", "serial": 1, "after": 0}, {"name": "undo"}, {"name": "undo", "serial": 2}, "undo"]
    steps += [{"name": "undo", "serial": "2", "after": 0}]
    assert read_event({"view": {"x": 0, "y": 0, "zoom": 10**400}}, n=10) == MapEvent()
    assert read_event({"steps": steps, "view": {"x": 1, "y": 2, "zoom": float("inf")}}, n=10) == MapEvent()


@pytest.mark.parametrize("click", [-1, 10, 2.5, "3", True, [3], None])
def test_a_click_on_no_point_is_none(click):
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
        {**LASSO, "polygon": [*SQUARE, [10**400, 0.5]]},
        {**LASSO, "polygon": "abc"},
    ],
)
def test_an_invalid_region_is_left_out(region):
    assert read_event({"regions": [region, LASSO], "regions_serial": 1}, n=10).regions == (LASSO,)


def test_at_most_40_regions_are_read():
    assert len(read_event({"regions": [LASSO] * 1000}, n=10).regions) == 40
    assert read_event({"regions": "abc"}, n=10).regions == ()
