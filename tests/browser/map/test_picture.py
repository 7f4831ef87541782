"""The map component in a real Chromium: what is drawn, when, and what it does without."""

import pytest

from tests.browser.map.asking import STAGE, ask, drawn, position, reported, settled, view, wait_until

pytestmark = pytest.mark.browser


def test_a_rerun_fetches_nothing_and_leaves_the_view(open_map):
    requested_urls = []
    page = drawn(open_map("?n=20000", before=lambda page: page.on("request", lambda r: requested_urls.append(r.url))))
    page.mouse.move(*position(page, 5))
    page.mouse.wheel(0, -240)
    wait_until(lambda: view(page)[2] > 1.2)
    before, fetched = view(page), len([url for url in requested_urls if "/embedviz/" in url])
    assert fetched > 0
    page.get_by_role("button", name="Rerun").click()
    page.get_by_text("Dim the rest").click()
    wait_until(lambda: ask(page, "map.data.dim") is False)
    assert view(page) == before
    assert len([url for url in requested_urls if "/embedviz/" in url]) == fetched


def test_a_search_flies_to_its_point_and_again_when_repeated(open_map):
    page = drawn(open_map("?n=2000"))
    page.get_by_role("button", name="Search chair").click()
    wait_until(lambda: view(page)[2] > 1.5)
    settled(page)
    middle = ask(page, "map.camera.middle")
    assert ask(page, "map.points.screenPosition(11, map.camera)") == pytest.approx(middle, abs=1)
    page.locator(STAGE).focus()
    page.keyboard.press("0")
    settled(page)
    assert view(page)[2] == pytest.approx(1)
    page.get_by_role("button", name="Search chair").click()
    wait_until(lambda: view(page)[2] > 1.5)


def test_highlighted_points_are_labelled_first(open_map):
    page = drawn(open_map("?n=2000&highlight=1999,1500"))
    strong = "map.overlay.placed.filter(({strong}) => strong).map(({text}) => text)"
    wait_until(lambda: ask(page, strong) == ["word1999", "word1500"])


def test_points_glide_to_another_layout_without_fetching_colours_again(open_map):
    requested_urls = []
    page = drawn(open_map("?n=2000", before=lambda page: page.on("request", lambda r: requested_urls.append(r.url))))
    before = ask(page, "map.points.worldPosition(9)")
    ask(page, "void (map.camera.place({x: 0.3, y: 0.3, zoom: 6}), map.painter.redraw())")
    page.get_by_text("Other layout").click()
    wait_until(lambda: ask(page, "map.points.worldPosition(9)") == pytest.approx(before[::-1]))
    wait_until(lambda: ask(page, "!map.layer.morphing(performance.now())"))
    settled(page)
    assert view(page) == pytest.approx([0.3, 0.3, 6], abs=0.01)  # who is close to a part of the map stays there
    assert len([url for url in requested_urls if "/colors/" in url]) == 1
    assert len([url for url in requested_urls if "/labels?" in url]) == 1


def test_a_removed_map_frees_its_context_and_returns_with_its_view(open_map):
    page = drawn(open_map("?n=2000"))
    ask(page, "void (map.painter.onWhole = () => {})")  # as if it were left before the moved map was drawn whole
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
    ask(page, "map.navigation.fly({x: 0.5, y: 0.5, zoom: 4})")
    assert view(page) == [0.5, 0.5, 4]


def in_reach(page):
    """Return the categories that can be hovered and clicked, and how opaque each is drawn."""
    codes, accepted = ask(
        page,
        "[Array.from(map.coloring.colors.codes), Array.from(map.coloring.colors.codes, (_, id) => map.coloring.accepts(id))]",
    )
    assert all(accepted[i] == accepted[codes.index(code)] for i, code in enumerate(codes))
    found = {code for code, reached in zip(codes, accepted, strict=True) if reached}
    opaque = ask(page, "map.coloring.colors.legend.map((_, code) => map.layer.palette[4 * code + 3])")
    assert all((opacity == 255) == (code in found) for code, opacity in enumerate(opaque))
    assert all(opacity < 30 for code, opacity in enumerate(opaque) if code not in found)
    return found


def test_a_click_in_the_legend_hides_a_category_and_another_shows_it(open_map):
    page = drawn(open_map("?n=2000"))
    row = page.get_by_role("button", name="king, queen, prince")
    everything = in_reach(page)
    row.click()
    assert row.get_attribute("aria-pressed") == "false"
    assert in_reach(page) == everything - {2}
    row.click()
    assert row.get_attribute("aria-pressed") == "true"
    assert in_reach(page) == everything


def test_two_clicks_in_the_legend_or_one_with_shift_show_a_category_alone(open_map):
    page = drawn(open_map("?n=2000"))
    row = page.get_by_role("button", name="king, queen, prince")
    everything = in_reach(page)
    row.dblclick()
    assert in_reach(page) == {2}
    row.dblclick()  # alone already: all come back
    assert in_reach(page) == everything
    row.click(modifiers=["Shift"])
    assert in_reach(page) == {2}


def test_labels_do_not_overlap(open_map):
    page = drawn(open_map("?n=20000"))
    wait_until(lambda: ask(page, "map.overlay.placed.length") > 30)
    boxes = ask(
        page,
        """map.overlay.placed.map(({id, text, strong, align, dx, dy}) => {
          const [x, y] = [map.points.screenPosition(id, map.camera)[0], map.points.screenPosition(id, map.camera)[1] + dy];
          const wide = map.overlay.measure(text, strong, map.coloring.theme);
          const left = align === "left" ? x + dx : x + dx - wide;
          return [left, y - 7.5, left + wide, y + 7.5];
        })""",
    )
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_map_of_more_than_20000_points_fetches_labels_as_they_are_needed(open_map):
    requested_urls = []
    page = drawn(open_map("?n=100000", before=lambda page: page.on("request", lambda r: requested_urls.append(r.url))))
    assert any("labels?first=2000" in url for url in requested_urls)
    assert ask(page, "map.labels.get(70000)") is None
    ask(page, "map.pointing.hover(70000)")
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
    light = ask(page, "map.coloring.theme.text")
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: ask(page, "map.coloring.theme.dark") and ask(page, "map.coloring.theme.text") != light)
    assert ask(page, "Array.from(map.layer.palette.slice(24, 27))") == ask(page, "map.coloring.theme.text")


def test_the_picture_is_twice_as_large_with_the_legend_beside_the_map(open_map, tmp_path):
    from PIL import Image

    page = drawn(open_map("?n=2000&axes=1"))
    on_screen = ask(page, "[map.layout.points.width, map.layout.points.height]")
    with page.expect_download() as download:
        page.get_by_label("Save as PNG").click()
    picture = tmp_path / "map.png"
    download.value.save_as(picture)
    image = Image.open(picture).convert("RGB")
    width, height = 2 * ask(page, "map.camera.width"), 2 * ask(page, "map.camera.height")
    assert image.size[1] == height
    assert width + 150 < image.size[0] < width + 700
    legend = {colour for _, colour in image.crop((width, 0, *image.size)).getcolors(1 << 24)}
    assert {(0, 114, 178), (230, 159, 0), (0, 158, 115)} <= legend
    settled(page)
    assert ask(page, "[map.layout.points.width, map.layout.points.height]") == on_screen
    assert ask(page, "map.viewport.pixelRatio") == 1
    colours = {colour: times for times, colour in image.getcolors(1 << 24)}
    assert max(colours, key=colours.get) == (255, 255, 255)
    assert len(colours) > 200


def test_the_map_comes_back_after_the_graphics_context_was_lost(open_map):
    page = drawn(open_map("?n=2000"))
    ask(page, "void map.layer.gl.canvas.addEventListener('webglcontextlost', () => { map.isLossKnown = true; })")
    ask(page, "void (map.lose = map.layer.gl.getExtension('WEBGL_lose_context')).loseContext()")
    wait_until(lambda: ask(page, "map.isLossKnown === true"))  # before that it must not be restored
    ask(page, "void delete stage.dataset.state")
    ask(page, "void map.lose.restoreContext()")
    page.wait_for_selector(f'{STAGE}[data-state="drawn"]')


def test_without_webgl2_a_message_says_so(open_map):
    page = open_map(
        "?n=200",
        before=lambda page: page.add_init_script(
            "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext ="
            " function (kind, ...rest) { return kind === 'webgl2' ? null : get.call(this, kind, ...rest); }"
        ),
    )
    page.get_by_text("it has no WebGL2").wait_for()


def test_a_failed_request_for_points_is_reported_and_can_be_repeated(open_map):
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


def test_a_partial_layout_is_followed_and_nothing_can_be_selected_meanwhile(open_map):
    page = drawn(open_map("?n=2000"))
    x, y = ask(page, "[map.points.positions[0], map.points.positions[1]]")
    page.get_by_text("Points move").click()
    wait_until(
        lambda: (
            ask(page, "map.partialLayout.address !== null && map.points.positions[0]") == pytest.approx(y / 2, abs=1)
        )
    )
    assert ask(page, "map.points.positions[1]") == pytest.approx(x / 2, abs=1)
    home = wait_until(lambda: ask(page, "map.camera.flight === null && Object.values(map.camera.home)"))
    assert view(page) == home  # who saw the whole map sees it still, though it has become smaller
    box = page.locator(STAGE).bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 300, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 600, box["y"] + 400, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert "still moving" in page.locator(".message").inner_text()
    assert ask(page, "map.selecting.selection.isEmpty") is True
    page.get_by_text("Points move").click()
    wait_until(lambda: ask(page, "map.partialLayout.address === null"))


def test_a_category_that_is_no_group_is_drawn_as_rings(open_map):
    page = drawn(open_map("?n=2000"))
    ring, disc = ask(page, "[6, 0].map((code) => map.coloring.colors.codes.indexOf(code))")
    assert ask(page, f"[map.layer.isRing({ring}), map.layer.isRing({disc})]") == [True, False]
    classes = page.locator(".category .swatch").evaluate_all("nodes => nodes.map((node) => node.className)")
    assert classes == ["swatch disc"] * 6 + ["swatch ring"]


def test_the_scale_of_colours_covers_no_ticks_of_named_axes(open_map):
    page = drawn(open_map("?n=200&axes=1&colour=x"))
    stage = page.locator(STAGE).bounding_box()
    assert page.locator(".legend").bounding_box()["y"] >= stage["y"] + stage["height"]
