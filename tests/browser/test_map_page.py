"""The Map page in a real browser: what is looked at is in the address, goes back and forth, and can be taken away."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.acting import choose, fill_number, fill_text, press, settle
from tests.browser.conftest import wait_until
from tests.browser.connection import Connection

pytestmark = pytest.mark.browser
MAP = (
    'Array.from(document.querySelectorAll("[data-testid=stBidiComponentIsolated]"), (host) => host.shadowRoot'
    '.querySelector(".embedviz-map")).find(Boolean).mapView'
)
MEASURE_SHIFTS = """
  globalThis.shifts = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) globalThis.shifts += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def link(server, chromium):
    """The address of the GloVe sample's 2,000 most frequent words, drawn."""
    page = chromium.new_page(viewport={"width": 1440, "height": 1200})
    page.goto(server.address)
    press(page, "Open the GloVe sample")
    expect(page.get_by_text("king – queen: 0.751")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Map", exact=True).click()
    fill_number(page, "Points", "2000")
    press(page, "Draw the map")
    finished(page)
    page.wait_for_url("**method=umap**")
    link = page.url
    page.close()
    return link


@pytest.fixture
def page(link, chromium):
    """The map, opened by its address."""
    page = chromium.new_page(viewport={"width": 1440, "height": 1200}, accept_downloads=True)
    page.connection = Connection(page)
    page.goto(link)
    finished(page)
    yield page
    assert page.get_by_text("Something went wrong").count() == 0
    page.close()


def finished(page):
    expect(page.get_by_text("Trustworthiness")).to_be_visible(timeout=90_000)
    settle(page)
    expect(page.locator('.stage[data-state="drawn"]')).to_have_count(1)


def open_section(page, name):
    """Open a section of the panel."""
    settle(page)
    page.get_by_role("radio", name=name).click()
    settle(page)


def box(page, left, top, right, bottom, key="Shift"):
    """Selects with a box given as shares of the part of the stage that no control lies on."""
    settle(page)
    at_rest(page)
    place = page.locator(".free").bounding_box()
    page.keyboard.down(key)
    page.mouse.move(place["x"] + left * place["width"], place["y"] + top * place["height"])
    page.mouse.down()
    page.mouse.move(place["x"] + right * place["width"], place["y"] + bottom * place["height"], steps=5)
    page.mouse.up()
    page.keyboard.up(key)


def selected_after(page, action):
    """Select, and return how many points are selected once script and address agree with the map."""
    before = page.url
    action()
    page.wait_for_url(lambda url: url != before and "select=" in url)
    count = int(page.locator(".chip").inner_text().split()[0].replace(",", ""))
    expect_selected(page, count)
    return count


def expect_selected(page, count):
    """Wait until script and map both say that this number of points is selected."""
    expect(page.get_by_role("heading", name=f"{count:,} selected", exact=True)).to_be_visible()
    expect(page.locator(".chip")).to_contain_text(f"{count:,} points selected")


def selection_in(address: str) -> list[str]:
    return parse_qs(urlsplit(address).query).get("select", [])


def test_a_selection_is_in_the_address_can_be_undone_and_opens_by_a_link(page, chromium):
    first = selected_after(page, lambda: box(page, 0.3, 0.1, 0.6, 0.9))
    address_of_first = page.url
    assert 50 < first < 2000
    both = selected_after(page, lambda: box(page, 0.6, 0.1, 0.85, 0.9))
    address_of_both = page.url
    assert both > first
    choose(page, "Colour by", "rank")
    page.wait_for_url("**colour=rank**")
    link = page.url

    for button, count, address in (
        ("Undo", both, address_of_both),
        ("Undo", first, address_of_first),
        ("Redo", both, address_of_both),
    ):
        page.get_by_role("button", name=button).click()
        page.wait_for_url(lambda url: selection_in(url) == selection_in(address))  # noqa: B023 - called at once
        expect_selected(page, count)
    page.get_by_role("button", name="Redo").click()
    page.wait_for_url("**colour=rank**")
    settle(page)
    page.get_by_role("button", name="Undo").evaluate("(button) => (button.click(), button.click())")
    expect_selected(page, first)
    page.get_by_role("button", name="Redo").click()
    expect_selected(page, both)
    page.go_back()  # the browser's own way
    expect_selected(page, first)

    other = chromium.new_page(viewport={"width": 1440, "height": 1200})
    other.goto(link)
    finished(other)
    expect_selected(other, both)
    expect(other.get_by_role("combobox", name="Colour by")).to_have_value("rank")
    other.close()


def test_a_map_drawn_again_starts_from_the_layout_of_the_last_one(page):
    assert "init=" not in page.url
    open_section(page, "Settings")
    fill_number(page, "Neighbours", "30")
    press(page, "Draw again")
    page.wait_for_url("**init=**")
    finished(page)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("() => !location.search.includes('init=')")
    finished(page)
    expect(page.get_by_role("spinbutton", name="Neighbours")).to_have_value("15")


def test_what_is_done_before_the_browser_has_the_new_address_takes_nothing_back(page):
    open_section(page, "Settings")
    fill_number(page, "Neighbours", "30")
    draw = page.get_by_role("button", name="Draw again")
    expect(draw).to_be_visible()
    settle(page)
    page.connection.hold()
    draw.click()
    page.connection.wait_for("n_neighbors=30")  # the server has drawn the page and sent its address
    find = page.get_by_role("textbox", name="Find words")
    find.fill("king")
    find.press("Enter")  # sent with the address that the browser still has
    page.connection.wait_for("9 found")
    page.connection.release()
    page.wait_for_url("**init=**")
    finished(page)
    expect(page.get_by_text("Nearest to “king” in the original space")).to_be_visible()
    assert "n_neighbors=30" in page.url


def test_the_map_is_a_table_for_keys_and_screen_readers_and_is_exported(page, tmp_path):
    open_section(page, "Table")
    expect(page.get_by_text("All 2,000 words on the map")).to_be_visible()
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    table.click(position={"x": 60, "y": 52})  # the first row; from there by key
    expect(page.get_by_text("Nearest to “the” in the original space")).to_be_visible()
    open_section(page, "Export")
    for button, check in (("CSV", csv_has_all), ("Offline web page", lambda path: path.stat().st_size > 50_000)):
        with page.expect_download() as download:
            press(page, button)
        download.value.save_as(tmp_path / "taken")
        assert check(tmp_path / "taken")


def test_the_map_covers_the_window_with_legend_and_fidelity_in_sight(page):
    page.set_viewport_size({"width": 1440, "height": 900})
    at_rest(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") == 900
    stage = page.locator(".stage").bounding_box()
    assert stage["width"] * stage["height"] / (1440 * 900) >= 0.65
    assert page.locator(".st-key-map-section").count() == 0  # none of it lies under the panel
    for part in (page.locator(".legend"), page.locator(".toolbar"), page.get_by_text("Trustworthiness")):
        box = part.bounding_box()
        assert box["x"] >= 300
        assert box["x"] + box["width"] <= 1440
        assert box["y"] + box["height"] <= 900
    for width, height in ((1920, 1080), (1100, 700)):
        page.set_viewport_size({"width": width, "height": height})
        at_rest(page)
        stage, status = (page.locator(part).bounding_box() for part in (".stage", ".st-key-map-status"))
        assert stage["x"] + stage["width"] == width
        assert status["y"] + status["height"] == height
        assert stage["y"] + stage["height"] <= status["y"] + 1
        assert all_in_free_part(page)


def test_the_panel_lies_over_the_edge_and_points_and_tools_keep_clear_of_it(page):
    page.set_viewport_size({"width": 1440, "height": 900})
    at_rest(page)
    before = page.locator(".stage").bounding_box()
    assert all_in_free_part(page)
    open_section(page, "Settings")
    at_rest(page)
    panel = page.locator(".st-key-map-panel").bounding_box()
    assert page.locator(".stage").bounding_box() == before
    assert panel["x"] + panel["width"] == 1440
    tools = page.locator(".toolbar").bounding_box()
    assert tools["x"] + tools["width"] <= panel["x"]
    assert all_in_free_part(page)
    expect(page.get_by_role("button", name="Draw again")).to_be_in_viewport()
    open_section(page, "Settings")  # a second click closes it
    expect(page.locator(".st-key-map-section")).to_have_count(0)
    at_rest(page)
    assert all_in_free_part(page)


def test_the_method_in_the_bar_draws_at_once_and_can_be_undone(page):
    choose(page, "Method", "PCA")
    page.wait_for_url("**method=pca**")
    finished(page)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**method=umap**")
    expect(page.get_by_role("combobox", name="Method")).to_have_value("UMAP")
    choose(page, "Method", "named axes")  # needs more than the name
    expect(page.get_by_role("textbox", name="Horizontal axis")).to_be_visible()
    assert "method=umap" in page.url


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_jumps_from_load_to_drawn_map(link, chromium, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.add_init_script(MEASURE_SHIFTS)
    page.goto(re.sub("&method=.*", "", link))
    draw = page.get_by_role("button", name="Draw the map")
    expect(draw).to_be_in_viewport()
    settle(page)
    assert page.evaluate("shifts") < 0.1
    fill_number(page, "Points", "1000")
    draw.click()
    finished(page)
    at_rest(page)
    assert page.evaluate("shifts") < 0.1
    page.reload()
    finished(page)
    assert page.evaluate("shifts") < 0.1
    context.close()


def test_on_a_phone_the_panel_is_a_sheet_below_the_map(link, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(link)
    finished(page)
    at_rest(page)
    assert all_in_free_part(page)
    legend = page.locator(".legend").bounding_box()
    assert legend["y"] + legend["height"] <= 844
    open_section(page, "Settings")
    at_rest(page)
    sheet, stage = (page.locator(part).bounding_box() for part in (".st-key-map-panel", ".stage"))
    assert (sheet["x"], sheet["width"]) == (0, 390)
    assert stage["y"] + stage["height"] <= sheet["y"]
    assert stage["height"] > 200
    assert all_in_free_part(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    page.close()


def test_filters_act_on_map_selection_and_table_together_and_can_be_undone(page):
    open_section(page, "Filters")
    page.get_by_role("combobox", name="Filter by").click()
    page.get_by_role("option", name="label", exact=True).click()
    settle(page)
    page.keyboard.press("Escape")
    fill_text(page, "label contains", "ing")
    page.wait_for_url("**filter=**")
    shown = page.get_by_text(re.compile(r"^\d+ of 2,000 words shown"))
    expect(shown).to_be_visible()
    count = int(shown.inner_text().split()[0])
    assert 20 < count < 300
    passing = f"Array.from({{ length: 2000 }}, (_, id) => id).filter((id) => {MAP}.coloring.accepts(id))"
    wait_until(lambda: page.evaluate(f"{passing}.length") == count, 10, "the map shows other points")
    assert page.evaluate(f"{passing}.every((id) => {MAP}.labels.get(id).includes('ing'))")
    assert page.evaluate(f"{MAP}.overlay.placed.every(({{ text }}) => text.includes('ing'))")
    selected_after(page, lambda: box(page, 0.01, 0.01, 0.99, 0.99))
    expect_selected(page, count)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(lambda url: "filter=" not in url)
    wait_until(lambda: page.evaluate(f"{passing}.length") == 2000, 10, "points are missing")


def place_of(page, label):
    """Return where a word's point is in the window."""
    at_rest(page)
    stage = page.locator(".stage").bounding_box()
    x, y = page.evaluate(
        f"(label) => {MAP}.points.screenPosition({MAP}.labels.known.indexOf(label), {MAP}.camera)", label
    )
    return stage["x"] + x, stage["y"] + y


def test_hovering_shows_all_columns_and_a_click_the_card_ahead_of_the_script(page):
    wait_until(lambda: page.evaluate(f"{MAP}.labels.known.includes('president')"), 10, "there are no labels")
    find = page.get_by_role("textbox", name="Find words")
    find.fill("president")
    find.press("Enter")  # so that no other point is near
    expect(page.get_by_text("Nearest to “president” in the original space")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Close the card").click()
    expect(page.get_by_text("Nearest to “president” in the original space")).to_have_count(0)
    page.wait_for_url(lambda url: "focus=" not in url)
    settle(page)
    at = place_of(page, "president")
    page.mouse.move(*at)
    hover = page.locator(".tooltip")
    expect(hover.locator("dt")).to_have_text(["cluster", "rank", "neighbours kept"])
    assert hover.locator(".label").inner_text() == "president"
    page.connection.hold()
    page.mouse.click(*at)
    card = page.locator(".embedviz-card")
    expect(card.get_by_role("heading", name="president")).to_be_visible()
    expect(card.locator(".neighbor")).to_have_count(12)
    expect(card.locator("dt")).to_have_text(["cluster", "rank", "neighbours kept"])
    assert "focus=" not in page.url  # the script has not answered
    page.connection.wait_for("focus=president")
    page.connection.release()
    page.wait_for_url("**focus=president**")
    settle(page)
    neighbor = card.locator(".neighbor:enabled .name").first.inner_text()
    card.locator(".neighbor:enabled").first.click()
    expect(card.get_by_role("heading", name=neighbor, exact=True)).to_be_visible()
    page.wait_for_url(f"**focus={neighbor}**")
    card.get_by_role("combobox", name="Metric").select_option("euclidean")
    settle(page)
    expect(card.get_by_role("combobox", name="Metric")).to_have_value("euclidean")
    values = card.locator(".value")
    is_sorted = lambda: (found := [float(text) for text in values.all_inner_texts()]) == sorted(found)  # noqa: E731
    wait_until(is_sorted, 10, "the nearest by distance do not come first")


def at_rest(page):
    """Wait until the map has taken its size and moves no more."""
    page.wait_for_timeout(100)  # for the observers of sizes
    wait_until(lambda: page.evaluate(f"!{MAP}.camera.flight && !{MAP}.painter.request"), 10, "the map still moves")


def all_in_free_part(page):
    """Return True when no point lies under a control or out of sight."""
    return page.evaluate(f"""() => {{
      const {{ points, camera, layout }} = {MAP};
      const [stage, free] = [layout.stage, layout.free].map((node) => node.getBoundingClientRect());
      return Array.from({{ length: points.count }}, (_, id) => points.screenPosition(id, camera)).every(([x, y]) => (
        x > free.left - stage.left && x < free.right - stage.left && y > free.top - stage.top && y < free.bottom - stage.top
      ));
    }}""")


def csv_has_all(path):
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return lines[0].startswith("label,x,y") and len(lines) >= 2001
