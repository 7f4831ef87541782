"""The map component in a real Chromium, on generated points (map_app/): drawing, moving, picking, what comes back."""

import json
import math
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
STAGE = ".stage"


@pytest.fixture(scope="module")
def server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *flags]
    process = subprocess.Popen(command, cwd=HERE / "map_app", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: answers(address + "_stcore/health"), seconds=40)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def open_map(server, chromium):
    contexts, problems = [], []

    def open_page(query="", before=None, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        if before:
            before(page)
        page.goto(server + query)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return outcome


def drawn(page):
    page.wait_for_selector(f'{STAGE}[data-state="drawn"]', timeout=30_000)
    page.wait_for_function("document.querySelector('[data-testid=stText]')")
    settled(page)
    return page


def ask(page, expression):
    """Evaluates an expression in which `map` is the MapView and `stage` its stage."""
    return page.evaluate(
        """expression => {
          const isolated = document.querySelector("[data-testid=stBidiComponentIsolated]");
          const root = isolated.shadowRoot.querySelector(".embedviz-map");
          return new Function("map", "stage", `return ${expression}`)(root.mapView, root.querySelector(".stage"));
        }""",
        expression,
    )


def settled(page):
    wait_until(lambda: ask(page, "!map.camera.flight && !map.painter.request && map.labels.get(0) !== undefined"))


def reported(page):
    """What the script last printed of the map's event."""
    return json.loads(page.locator("[data-testid=stText]").inner_text())


def position(page, point):
    """Where a point is, in pixels of the window."""
    box = page.locator(STAGE).bounding_box()
    x, y = ask(page, f"map.screenPosition({point})")
    return box["x"] + 1 + x, box["y"] + 1 + y


def view(page):
    return ask(page, "[map.camera.x, map.camera.y, map.camera.zoom]")


def lonely_point(page):
    """A point with no other within 25 pixels, so that a click can mean only this one."""
    return ask(
        page,
        """(() => {
          const at = Array.from({length: map.positions.length / 2}, (_, id) => map.screenPosition(id));
          const alone = (id) => at.every(([x, y], o) => o === id || Math.hypot(x - at[id][0], y - at[id][1]) > 25);
          const inside = ([x, y]) => x > 250 && x < map.camera.width - 90 && y > 60 && y < map.camera.height - 60;
          return at.findIndex((place, id) => inside(place) && alone(id));
        })()""",
    )


def pixel(page, x, y):
    """Colour of one pixel of the window: (red, green, blue)."""
    import io

    from PIL import Image

    picture = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    return Image.open(io.BytesIO(picture)).convert("RGB").getpixel((0, 0))


def test_a_point_is_drawn_in_its_colour_where_the_camera_says(open_map):
    page = drawn(open_map("?n=200"))
    point = lonely_point(page)
    legend = ask(page, "map.colours.legend")
    code = ask(page, f"map.colours.codes[{point}]")
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


def test_a_click_beside_all_points_lets_go_of_the_focus(open_map):
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
    hovered = wait_until(lambda: ask(page, "map.hovered === null ? null : [map.hovered, map.labels.get(map.hovered)]"))
    assert tooltip.inner_text() == hovered[1]
    page.mouse.move(0, 0)
    ask(page, "map.hover(14)")
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
    away = ask(page, f"Math.hypot(map.screenPosition({picked})[0] - map.camera.width / 2, 0)")
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
    region = wait_until(lambda: reported(page)["region"])
    assert region["kind"] == "box"
    xs, ys = zip(*region["polygon"], strict=True)
    own = ask(page, "map.worldPosition(7)")
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
    region = wait_until(lambda: reported(page)["region"])
    assert region["kind"] == "lasso"
    assert 12 <= len(region["polygon"]) <= 200
    inside = ask(
        page,
        "Array.from({length: 20000}, (_, id) => map.worldPosition(id)).filter(([x, y]) => {"
        "const [a, b] = map.worldPosition(3); return Math.hypot(x - a, y - b) < 80 / map.camera.scale}).length",
    )
    said = int(page.locator(".chip").inner_text().split(" ")[0].replace(",", ""))
    assert said == pytest.approx(inside, rel=0.03)


def test_escape_puts_down_the_tool_then_the_region(open_map):
    page = drawn(open_map("?n=200"))
    page.get_by_label("Select with a box").click()
    x, y = position(page, 7)
    page.mouse.move(x - 20, y - 20)
    page.mouse.down()
    page.mouse.move(x + 30, y + 40, steps=3)
    page.mouse.up()
    wait_until(lambda: reported(page)["region"])
    page.locator(STAGE).focus()
    page.keyboard.press("Escape")
    assert page.get_by_label("Move the map by dragging").get_attribute("aria-pressed") == "true"
    assert page.locator(".chip").is_visible()
    page.keyboard.press("Escape")
    wait_until(lambda: reported(page)["region"] is None)
    assert not page.locator(".chip").is_visible()


def test_the_page_can_clear_the_region_it_keeps(open_map):
    page = drawn(open_map("?n=200"))
    x, y = position(page, 7)
    page.keyboard.down("Shift")
    page.mouse.move(x - 20, y - 20)
    page.mouse.down()
    page.mouse.move(x + 30, y + 40, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.locator(".chip").wait_for()
    wait_until(lambda: reported(page)["region"])
    page.get_by_role("button", name="Clear region").click()
    page.locator(".chip").wait_for(state="hidden")
    assert ask(page, "map.region") is None


def test_a_rerun_fetches_nothing_and_leaves_the_view(open_map):
    asked = []
    page = drawn(open_map("?n=20000", before=lambda page: page.on("request", lambda r: asked.append(r.url))))
    page.mouse.move(*position(page, 5))
    page.mouse.wheel(0, -240)
    wait_until(lambda: view(page)[2] > 1.2)
    before, fetched = view(page), len([url for url in asked if "/embedviz/" in url])
    assert fetched > 0
    page.get_by_role("button", name="Rerun").click()
    page.get_by_text("Dim the rest").click()
    wait_until(lambda: ask(page, "map.data.dim") is False)
    assert view(page) == before
    assert len([url for url in asked if "/embedviz/" in url]) == fetched


def test_a_search_flies_to_its_point_and_again_when_asked_again(open_map):
    page = drawn(open_map("?n=2000"))
    page.get_by_role("button", name="Search chair").click()
    wait_until(lambda: view(page)[2] > 1.5)
    settled(page)
    middle = ask(page, "[map.camera.width / 2, map.camera.height / 2]")
    assert ask(page, "map.screenPosition(11)") == pytest.approx(middle, abs=1)
    page.locator(STAGE).focus()
    page.keyboard.press("0")
    settled(page)
    assert view(page)[2] == pytest.approx(1)
    page.get_by_role("button", name="Search chair").click()
    wait_until(lambda: view(page)[2] > 1.5)


def test_highlighted_points_are_labelled_first(open_map):
    page = drawn(open_map("?n=2000&highlight=1999,1500"))
    strong = ask(page, "map.overlay.placed.filter(({strong}) => strong).map(({text}) => text)")
    assert strong == ["word1999", "word1500"]


def test_another_map_of_the_same_points_is_glided_to_without_asking_for_colours_again(open_map):
    asked = []
    page = drawn(open_map("?n=2000", before=lambda page: page.on("request", lambda r: asked.append(r.url))))
    before = ask(page, "map.worldPosition(9)")
    ask(page, "void (map.camera.place({x: 0.3, y: 0.3, zoom: 6}), map.painter.redraw())")
    page.get_by_text("Other layout").click()
    wait_until(lambda: ask(page, "map.worldPosition(9)") == pytest.approx(before[::-1]))
    wait_until(lambda: ask(page, "!map.layer.morphing(performance.now())"))
    settled(page)
    assert view(page)[2] == pytest.approx(1)
    assert len([url for url in asked if "/colours/" in url]) == 1
    assert len([url for url in asked if "/labels?" in url]) == 1


def test_a_map_taken_off_the_page_frees_its_context_and_comes_back_as_it_was_left(open_map):
    page = drawn(open_map("?n=2000"))
    page.mouse.move(*position(page, 5))
    page.mouse.wheel(0, -240)
    wait_until(lambda: view(page)[2] > 1.2)
    settled(page)
    before = view(page)
    ask(page, "void (window.left = map)")
    page.get_by_text("Show the map").click()
    wait_until(lambda: page.evaluate("window.left.layer.gl.isContextLost()"))
    page.get_by_text("Show the map").click()
    drawn(page)
    assert view(page) == pytest.approx(before)
    assert page.evaluate("window.left.root.isConnected") is False


def test_without_motion_the_flight_is_a_jump(open_map):
    page = drawn(open_map("?n=2000", reduced_motion="reduce"))
    ask(page, "map.fly({x: 0.5, y: 0.5, zoom: 4})")
    assert view(page) == [0.5, 0.5, 4]


def test_the_legend_leaves_only_the_chosen_category_in_reach(open_map):
    page = drawn(open_map("?n=2000"))
    row = page.get_by_role("button", name="king, queen, prince")
    row.click()
    assert row.get_attribute("aria-pressed") == "true"
    codes, accepted = ask(
        page, "[Array.from(map.colours.codes), Array.from(map.colours.codes, (_, id) => map.accepts(id))]"
    )
    assert accepted == [code == 2 for code in codes]
    palette = ask(page, "[map.layer.palette[4 * 2 + 3], map.layer.palette[4 * 3 + 3]]")
    assert palette[0] == 255
    assert palette[1] < 30
    row.click()
    assert ask(page, "map.chosen.size") == 0


def test_labels_do_not_overlap(open_map):
    page = drawn(open_map("?n=20000"))
    boxes = ask(
        page,
        """map.overlay.placed.map(({id, text, strong, align, dx, dy}) => {
          const [x, y] = [map.screenPosition(id)[0], map.screenPosition(id)[1] + dy];
          const wide = map.overlay.measure(text, strong, map.theme);
          const left = align === "left" ? x + dx : x + dx - wide;
          return [left, y - 7.5, left + wide, y + 7.5];
        })""",
    )
    assert len(boxes) > 30
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_map_of_more_than_20000_points_fetches_labels_as_they_are_needed(open_map):
    asked = []
    page = drawn(open_map("?n=100000", before=lambda page: page.on("request", lambda r: asked.append(r.url))))
    assert any("labels?from=0&to=2000" in url for url in asked)
    assert ask(page, "map.labels.get(70000)") is None
    ask(page, "map.hover(70000)")
    wait_until(lambda: page.locator(".tooltip .label").inner_text() == "word70000")


def test_all_fits_a_phone_and_two_fingers_zoom(open_map):
    page = drawn(open_map("?n=2000", viewport={"width": 390, "height": 844}, has_touch=True))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stage = page.locator(STAGE).bounding_box()
    tools = page.locator(".toolbar").bounding_box()
    assert tools["y"] + tools["height"] <= stage["y"]
    assert tools["x"] + tools["width"] <= 390
    assert page.locator(".legend").bounding_box()["y"] >= stage["y"] + stage["height"]
    touch = page.context.new_cdp_session(page)
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2

    def fingers(kind, apart):
        places = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}] if apart else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    fingers("touchStart", 30)
    fingers("touchMove", 60)
    fingers("touchMove", 90)
    fingers("touchEnd", 0)
    wait_until(lambda: view(page)[2] == pytest.approx(3, rel=0.02))
    assert reported(page)["click"] is None


def test_colours_follow_the_theme(open_map):
    page = drawn(open_map("?n=200", color_scheme="light"))
    light = ask(page, "map.theme.text")
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: ask(page, "map.theme.dark") and ask(page, "map.theme.text") != light)
    assert ask(page, "Array.from(map.layer.palette.slice(24, 27))") == ask(page, "map.theme.text")


def test_the_picture_holds_ground_points_and_labels(open_map, tmp_path):
    from PIL import Image

    page = drawn(open_map("?n=2000"))
    with page.expect_download() as download:
        page.get_by_label("Save as PNG").click()
    picture = tmp_path / "map.png"
    download.value.save_as(picture)
    image = Image.open(picture).convert("RGB")
    assert image.size == tuple(ask(page, "[map.parts.points.width, map.parts.points.height]"))
    colours = {colour: times for times, colour in image.getcolors(1 << 24)}
    assert max(colours, key=colours.get) == (255, 255, 255)
    assert len(colours) > 200


def test_the_map_comes_back_after_the_graphics_context_was_lost(open_map):
    page = drawn(open_map("?n=2000"))
    ask(page, "void (map.lose = map.layer.gl.getExtension('WEBGL_lose_context')).loseContext()")
    wait_until(lambda: ask(page, "map.layer.gl.isContextLost()"))
    ask(page, "void delete stage.dataset.state")
    time.sleep(0.1)
    ask(page, "void map.lose.restoreContext()")
    page.wait_for_selector(f'{STAGE}[data-state="drawn"]')


def test_a_browser_without_webgl2_is_told_so(open_map):
    page = open_map(
        "?n=200",
        before=lambda page: page.add_init_script(
            "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext ="
            " function (kind, ...rest) { return kind === 'webgl2' ? null : get.call(this, kind, ...rest); }"
        ),
    )
    page.get_by_text("it has no WebGL2").wait_for()


def test_points_that_cannot_be_fetched_are_said_and_can_be_tried_again(open_map):
    refuse = True

    def answer(route):
        if refuse:
            route.fulfill(status=200, body="<html>")
        else:
            route.continue_()

    page = open_map("?n=200", before=lambda page: page.route("**/points", answer))
    page.get_by_text("should be 800 bytes, but 6 came").wait_for()
    refuse = False
    page.get_by_role("button", name="Try again").click()
    drawn(page)
