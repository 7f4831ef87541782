"""The map component in a real Chromium: moving, picking, regions, and what comes back."""

import math

import pytest

from tests.browser.map.asking import (
    STAGE,
    ask,
    drawn,
    lonely_point,
    pixel,
    position,
    reported,
    settled,
    view,
    wait_until,
)

pytestmark = pytest.mark.browser


def test_a_point_is_drawn_in_its_colour_where_the_camera_says(open_map):
    page = drawn(open_map("?n=200"))
    point = lonely_point(page)
    legend = ask(page, "map.coloring.colors.legend")
    code = ask(page, f"map.coloring.colors.codes[{point}]")
    css = legend[code][1]
    expected = (38, 39, 48) if css == "currentColor" else tuple(int(css[i : i + 2], 16) for i in (1, 3, 5))
    red, green, blue = pixel(page, *position(page, point))
    # Points are 82 % opaque on white.
    wanted = [0.82 * channel + 0.18 * 255 for channel in expected]
    assert math.dist((red, green, blue), wanted) < 30


def test_a_click_on_a_point_comes_back_and_its_neighbours_are_marked(open_map):
    page = drawn(open_map("?n=200"))
    point = lonely_point(page)
    page.mouse.click(*position(page, point))
    wait_until(lambda: reported(page)["focus"] == point)
    assert reported(page)["click"] == point
    assert ask(page, "map.painter.describe().dimmed") is True
    assert ask(page, "map.painter.describe().links") == [i for i in range(point + 20, point + 320, 30) if i < 200]


def test_a_click_beside_all_points_clears_the_focus(open_map):
    page = drawn(open_map("?n=200"))
    page.mouse.click(*position(page, lonely_point(page)))
    wait_until(lambda: reported(page)["focus"] is not None)
    box = page.locator(STAGE).bounding_box()
    page.mouse.click(box["x"] + 30, box["y"] + 30)
    wait_until(lambda: reported(page)["focus"] is None)
    assert ask(page, "map.painter.describe().dimmed") is False


def test_hovering_shows_the_label_as_text_never_as_html(open_map):
    page = drawn(open_map("?n=200"))
    page.mouse.move(*position(page, 14))  # its label is "<b>bold</b>"
    tooltip = page.locator(".tooltip .label")
    hovered = wait_until(
        lambda: ask(
            page, "map.pointing.hovered === null ? null : [map.pointing.hovered, map.labels.get(map.pointing.hovered)]"
        )
    )
    assert tooltip.inner_text() == hovered[1]
    page.mouse.move(0, 0)
    ask(page, "map.pointing.hover(14)")
    assert tooltip.inner_text() == "<b>bold</b>"
    assert page.locator(".tooltip b").count() == 0
    assert page.locator(".legend img").count() == 0
    assert "<img src=x>" in page.locator(".legend").inner_text()


def test_dragging_moves_the_map_with_the_mouse_and_is_no_click(open_map):
    page = drawn(open_map("?n=200"))
    before = position(page, 0)
    start = position(page, lonely_point(page))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 60, start[1] - 35, steps=4)
    page.mouse.up()
    after = position(page, 0)
    assert after == pytest.approx((before[0] + 60, before[1] - 35), abs=0.01)
    assert reported(page)["click"] is None


def test_the_wheel_zooms_about_the_mouse(open_map):
    page = drawn(open_map("?n=200"))
    place = position(page, 5)
    page.mouse.move(*place)
    page.mouse.wheel(0, -240)
    wait_until(lambda: view(page)[2] > 1.2)
    assert position(page, 5) == pytest.approx(place, abs=0.8)  # wheel events come in whole pixels


def test_keys_move_zoom_and_reset(open_map):
    page = drawn(open_map("?n=200"))
    home = view(page)
    page.locator(STAGE).focus()
    page.keyboard.press("ArrowRight")
    assert view(page)[0] > home[0]
    page.keyboard.press("+")
    assert view(page)[2] == pytest.approx(1.35)
    page.keyboard.press("-")
    assert view(page)[2] == pytest.approx(1)
    page.keyboard.press("0")
    settled(page)
    assert view(page) == pytest.approx(home)


def test_enter_picks_the_point_nearest_to_the_middle(open_map):
    page = drawn(open_map("?n=20000"))
    page.locator(STAGE).focus()
    page.keyboard.press("Enter")
    picked = wait_until(lambda: reported(page)["focus"])
    away = ask(page, f"Math.hypot(map.points.screenPosition({picked}, map.camera)[0] - map.camera.middle[0], 0)")
    assert away < 56


def test_a_box_drawn_with_shift_comes_back_in_the_unit_square(open_map):
    page = drawn(open_map("?n=200"))
    x, y = position(page, 7)
    page.keyboard.down("Shift")
    page.mouse.move(x - 20, y - 20)
    page.mouse.down()
    page.mouse.move(x + 30, y + 40, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    (region,) = wait_until(lambda: reported(page)["regions"])
    assert region["kind"] == "box"
    xs, ys = zip(*region["polygon"], strict=True)
    own = ask(page, "map.points.worldPosition(7)")
    scale = ask(page, "map.camera.scale")
    assert min(xs) == pytest.approx(own[0] - 20 / scale, abs=1e-5)
    assert max(xs) == pytest.approx(own[0] + 30 / scale, abs=1e-5)
    assert min(ys) == pytest.approx(own[1] - 40 / scale, abs=1e-5)  # y points up
    assert max(ys) == pytest.approx(own[1] + 20 / scale, abs=1e-5)


def test_a_lasso_stays_small_and_counts_what_it_holds(open_map):
    page = drawn(open_map("?n=20000"))
    page.get_by_label("Select with a lasso").click()
    x, y = position(page, 3)
    page.mouse.move(x + 80, y)
    page.mouse.down()
    for i in range(1, 241):
        turn = 2 * math.pi * i / 240
        page.mouse.move(x + 80 * math.cos(turn), y + 80 * math.sin(turn))
    page.mouse.up()
    (region,) = wait_until(lambda: reported(page)["regions"])
    assert region["kind"] == "lasso"
    assert 12 <= len(region["polygon"]) <= 200
    inside = ask(
        page,
        "Array.from({length: 20000}, (_, id) => map.points.worldPosition(id)).filter(([x, y]) => {"
        "const [a, b] = map.points.worldPosition(3); return Math.hypot(x - a, y - b) < 80 / map.camera.scale}).length",
    )
    count = int(page.locator(".chip").inner_text().split(" ")[0].replace(",", ""))
    assert count == pytest.approx(inside, rel=0.03)


def test_escape_puts_down_the_tool_then_the_selection(open_map):
    page = drawn(open_map("?n=200"))
    page.get_by_label("Select with a box").click()
    x, y = position(page, 7)
    page.mouse.move(x - 20, y - 20)
    page.mouse.down()
    page.mouse.move(x + 30, y + 40, steps=3)
    page.mouse.up()
    wait_until(lambda: reported(page)["regions"])
    page.locator(STAGE).focus()
    page.keyboard.press("Escape")
    assert page.get_by_label("Move the map by dragging").get_attribute("aria-pressed") == "true"
    assert page.locator(".chip").is_visible()
    page.keyboard.press("Escape")
    wait_until(lambda: reported(page)["regions"] == [])
    assert not page.locator(".chip").is_visible()


def test_the_page_can_clear_the_selection_it_keeps(open_map):
    page = drawn(open_map("?n=200"))
    x, y = position(page, 7)
    page.keyboard.down("Shift")
    page.mouse.move(x - 20, y - 20)
    page.mouse.down()
    page.mouse.move(x + 30, y + 40, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.locator(".chip").wait_for()
    wait_until(lambda: reported(page)["regions"])
    page.get_by_role("button", name="Clear region").click()
    page.locator(".chip").wait_for(state="hidden")
    assert ask(page, "map.selecting.selection.isEmpty") is True
