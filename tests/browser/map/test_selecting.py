"""Selecting on the map in a real Chromium: adding, taking away, what the legend narrows; sizes, density, files."""

import xml.etree.ElementTree as ET

import pytest

from tests.browser.map.asking import STAGE, ask, drawn, reported, settled, wait_until

pytestmark = pytest.mark.browser


def drag(page, from_, to, key=None):
    """Drags between two places given as shares of the stage, with a key held down."""
    box = page.locator(STAGE).bounding_box()
    if key:
        page.keyboard.down(key)
    page.mouse.move(box["x"] + from_[0] * box["width"], box["y"] + from_[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + to[0] * box["width"], box["y"] + to[1] * box["height"], steps=5)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def counted(page):
    return ask(page, "map.selecting.selection.count")


def test_shift_adds_and_alt_removes(open_map):
    page = drawn(open_map("?n=2000"))
    drag(page, (0.2, 0.05), (0.5, 0.95), "Shift")
    left = wait_until(lambda: counted(page))
    drag(page, (0.5, 0.05), (0.9, 0.95), "Shift")
    wait_until(lambda: len(reported(page)["regions"]) == 2)
    both = counted(page)
    assert both > left
    drag(page, (0.2, 0.05), (0.5, 0.95), "Alt")
    wait_until(lambda: len(reported(page)["regions"]) == 3)
    assert counted(page) == both - left
    assert [region["mode"] for region in reported(page)["regions"]] == ["new", "add", "remove"]
    assert page.locator(".chip").inner_text().startswith(f"{both - left:,} points selected")


def test_buttons_replace_and_add_without_keys(open_map):
    page = drawn(open_map("?n=2000"))
    assert not page.get_by_role("button", name="Add to the selection").is_visible()
    page.get_by_role("button", name="Select with a box").click()
    drag(page, (0.2, 0.05), (0.5, 0.95))
    left = wait_until(lambda: counted(page))
    page.get_by_role("button", name="Add to the selection").click()
    drag(page, (0.5, 0.05), (0.9, 0.95))
    wait_until(lambda: counted(page) > left)
    page.get_by_role("button", name="Replace the selection").click()
    drag(page, (0.2, 0.05), (0.5, 0.95))
    wait_until(lambda: counted(page) == left)
    wait_until(lambda: len(reported(page)["regions"]) == 1)


def test_points_not_selected_are_grey_but_visible(open_map):
    page = drawn(open_map("?n=2000"))
    drag(page, (0.2, 0.05), (0.5, 0.95), "Shift")
    wait_until(lambda: counted(page))
    chosen, other = ask(page, "[map.selecting.selection.mask.indexOf(255), map.selecting.selection.mask.indexOf(0)]")
    before = ask(page, f"[...map.layer.palette.subarray(4 * map.coloring.colors.codes[{other}])].slice(0, 4)")
    grey = ask(page, f"map.layer.colorOf({other})")
    assert 0 < grey[3] < before[3]
    assert max(abs(a - b) for a, b in zip(grey[:3], (140, 143, 152), strict=True)) < 45
    assert ask(page, f"map.layer.colorOf({chosen})[3]") == 255
    page.keyboard.press("Escape")
    wait_until(lambda: reported(page)["regions"] == [])
    assert ask(page, f"map.layer.colorOf({other})") == before


def test_labels_are_those_of_selected_points(open_map):
    page = drawn(open_map("?n=2000"))
    drag(page, (0.2, 0.05), (0.5, 0.95), "Shift")
    wait_until(lambda: counted(page))
    labelled = "map.overlay.placed.filter(({id}) => map.selecting.selection.mask[id] === KIND).length"
    wait_until(lambda: ask(page, labelled.replace("KIND", "0")) == 0)
    assert ask(page, labelled.replace("KIND", "255")) > 20


def test_categories_hidden_in_the_legend_are_not_selected(open_map):
    page = drawn(open_map("?n=2000"))
    drag(page, (0.02, 0.02), (0.93, 0.98), "Shift")
    all_of_them = wait_until(lambda: counted(page))
    page.locator(".category").first.click()
    drag(page, (0.02, 0.02), (0.93, 0.98), "Shift")
    page.keyboard.press("Escape")
    drag(page, (0.02, 0.02), (0.93, 0.98), "Shift")
    without = {"column": "cluster", "codes": [0]}
    wait_until(lambda: [region.get("without") for region in reported(page)["regions"]] == [without])
    assert 0 < counted(page) < all_of_them


def test_points_are_sized_by_a_column(open_map):
    page = drawn(open_map("?n=2000&size=x"))
    sizes = ask(page, "Array.from({length: 2000}, (_, id) => map.layer.sizeOf(id, 10))")
    xs = ask(page, "Array.from({length: 2000}, (_, id) => map.points.positions[2 * id])")
    assert sizes[xs.index(min(xs))] == pytest.approx(5.5)
    assert sizes[xs.index(max(xs))] > 25


def test_density_contours_are_drawn_and_fade_when_zoomed_in(open_map):
    page = drawn(open_map("?n=2000"))
    assert ask(page, "map.painter.describe().contours.length") == 0
    page.get_by_role("button", name="Show density contours").click()
    assert ask(page, "map.density.contours.length") == 4
    assert ask(page, "map.painter.describe().contourStrength") == 1
    ask(page, "map.camera.place({x: 0.5, y: 0.5, zoom: 8})")
    assert ask(page, "map.painter.describe().contours.length") == 0


def test_crowded_maps_show_density_contours_by_default(open_map):
    page = drawn(open_map("?n=60000"))
    assert ask(page, "map.painter.describe().contours.length") == 4


def test_the_svg_holds_points_labels_and_legend(open_map, tmp_path):
    page = drawn(open_map("?n=2000&axes=1"))
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    download.value.save_as(tmp_path / "map.svg")
    root = ET.parse(tmp_path / "map.svg").getroot()
    tags = [node.tag.rpartition("}")[2] for node in root.iter()]
    assert tags.count("circle") == 2000 + 7  # and one a row of the key
    texts = {node.text for node in root.iter() if node.tag.endswith("text")}
    assert {"<img src=x>", "king, queen, prince", "sea", "cluster", "she - he", "good - bad", "0.0"} <= texts
    stage = ask(page, "map.camera.width")
    assert float(root.get("width")) > stage + 100
    circles = [node.attrib for node in root.iter() if node.tag.endswith("circle")]
    assert all(float(circle["cx"]) > stage for circle in circles[-7:])
    assert all(float(circle["cx"]) <= stage for circle in circles[:-7])
    assert sum(circle["fill"] == "none" for circle in circles[-7:]) == 1


def test_no_svg_is_offered_for_too_many_points(open_map):
    page = drawn(open_map("?n=20001"))
    assert not page.get_by_role("button", name="Save as SVG").is_visible()


def test_the_view_is_in_the_address_and_a_link_opens_there(open_map):
    page = drawn(open_map("?n=2000&address=1"))
    assert "view=" not in page.url
    ask(page, "map.camera.place({x: 0.25, y: 0.75, zoom: 4}) ?? map.painter.redraw()")
    wait_until(lambda: "view=0.25" in ask(page, "location.href"))
    again = drawn(open_map(page.url.partition("/?")[2].join(["?", ""])))
    assert ask(again, "[map.camera.x, map.camera.y, map.camera.zoom]") == pytest.approx([0.25, 0.75, 4], rel=1e-3)


def test_linked_maps_hover_and_select_together(open_map):
    page = open_map("?n=2000&twin=1")
    page.locator('.stage[data-state="drawn"]').nth(1).wait_for()

    def both(expression):
        return page.evaluate(
            """expression => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].map((node) =>
                 new Function("map", `return ${expression}`)(node.shadowRoot.querySelector(".embedviz-map").mapView))""",
            expression,
        )

    assert both("map.data.link") == ["pair", "pair"]
    page.evaluate(
        """document.querySelectorAll("[data-testid=stBidiComponentIsolated]")[1]
             .shadowRoot.querySelector(".embedviz-map").mapView.pointing.hover(7)"""
    )
    assert both("map.pointing.hovered") == [7, 7]
    box = page.locator(STAGE).nth(1).bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 250, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 600, box["y"] + 400, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    first, second = both("map.selecting.selection.count")
    assert first == second > 100
    page.locator(".chip").nth(1).click()
    assert both("map.selecting.selection.count") == [0, 0]
