"""The slider through the snapshots of a training."""

import pytest

from tests.browser.map.asking import STAGE, ask, drawn, reported, settled, wait_until

pytestmark = pytest.mark.browser


def height(page):
    """Return how far up the highest point lies, as a share of the unit square."""
    return ask(page, "map.points.bounds.top - map.points.bounds.bottom")


def test_the_slider_leads_through_the_snapshots_and_starts_at_the_last(open_map):
    page = drawn(open_map("?n=2000&snapshots=1"))
    slider = page.get_by_role("slider", name="Training snapshot")
    assert slider.input_value() == "2"
    assert page.locator(".snapshot").inner_text() == "done"
    assert height(page) == pytest.approx(1, abs=0.01)
    slider.press("ArrowLeft")
    assert page.locator(".snapshot").inner_text() == "half"
    assert height(page) == pytest.approx(0.5, abs=0.01)
    slider.press("ArrowLeft")
    assert height(page) == 0
    assert slider.get_attribute("aria-valuetext") == "start"


def test_playing_stops_at_the_last_snapshot(open_map):
    page = drawn(open_map("?n=2000&snapshots=1"))
    page.get_by_role("button", name="Play").click()
    assert page.locator(".snapshot").inner_text() == "start"
    assert page.get_by_role("button", name="Pause").is_visible()
    wait_until(lambda: page.locator(".snapshot").inner_text() == "half")
    wait_until(lambda: page.locator(".snapshot").inner_text() == "done")
    page.get_by_role("button", name="Play").wait_for()
    assert height(page) == pytest.approx(1, abs=0.01)


def test_it_plays_from_the_first_snapshot_while_the_others_are_on_their_way(open_map):
    page = drawn(open_map("?n=2000&snapshots=slow"))
    page.get_by_role("button", name="Play").click()
    wait_until(lambda: page.locator(".snapshot").inner_text() == "start" and height(page) == 0)
    assert ask(page, "map.snapshots.layouts.length") < 3
    assert ask(page, "stage.dataset.state") == "drawn"
    wait_until(lambda: height(page) == pytest.approx(0.5, abs=0.01))
    wait_until(lambda: height(page) == pytest.approx(1, abs=0.01))
    page.get_by_role("button", name="Play").wait_for()


def test_a_snapshot_that_has_not_come_is_shown_as_soon_as_it_does(open_map):
    page = drawn(open_map("?n=2000&snapshots=slow"))
    page.get_by_role("slider").press("ArrowLeft")
    wait_until(lambda: height(page) == pytest.approx(0.5, abs=0.01))
    assert page.locator(".snapshot").inner_text() == "half"


def test_nothing_can_be_selected_in_an_earlier_snapshot(open_map):
    page = drawn(open_map("?n=2000&snapshots=1"))
    page.get_by_role("slider").press("ArrowLeft")
    lasso(page)
    assert "an earlier snapshot of the training" in page.locator(".message").inner_text()
    assert ask(page, "map.selecting.selection.isEmpty") is True


def test_a_map_without_history_has_no_slider(open_map):
    page = drawn(open_map("?n=2000"))
    assert not page.locator(".snapshots").is_visible()


def lasso(page):
    page.get_by_role("button", name="Select with a lasso").click()
    box = page.locator(STAGE).bounding_box()
    at = lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])  # noqa: E731
    page.mouse.move(*at(0.25, 0.1))
    page.mouse.down()
    for corner in ((0.6, 0.1), (0.6, 0.9), (0.25, 0.9)):
        page.mouse.move(*at(*corner), steps=8)
    page.mouse.up()


def test_at_100000_points_one_pans_hovers_lassoes_recolours_and_replays(open_map):
    page = drawn(open_map("?n=100000&snapshots=1"))
    box = page.locator(STAGE).bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = ask(page, "map.points.screenPosition(0, map.camera)")
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 20, steps=4)
    page.mouse.up()
    after = ask(page, "map.points.screenPosition(0, map.camera)")
    assert [after[0] - before[0], after[1] - before[1]] == pytest.approx([60, 20], abs=0.5)
    wait_until(lambda: ask(page, "map.painter.drawnStep") == 1)  # all points again once it stands still
    ask(page, "map.pointing.hover(5)")
    wait_until(lambda: page.locator(".tooltip .label").inner_text() == "bread")
    ask(page, "map.pointing.hover(null)")
    lasso(page)
    wait_until(lambda: len(reported(page)["regions"]) == 1)
    inside = ask(page, "map.selecting.selection.count")
    assert 10_000 < inside < 90_000
    assert page.locator(".chip").inner_text().startswith(f"{inside:,} points selected")
    page.locator(".category").first.dblclick()
    wait_until(lambda: ask(page, "map.coloring.hidden.size") == 6)
    page.keyboard.press("Escape")
    page.get_by_role("slider").press("Home")
    wait_until(lambda: height(page) == 0)
    page.get_by_role("slider").press("End")
    wait_until(lambda: height(page) > 0.99)
    settled(page)
    assert ask(page, "map.layout.stage.dataset.state") == "drawn"
